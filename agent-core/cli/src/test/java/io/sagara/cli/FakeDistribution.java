package io.sagara.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A distribution whose services are [FakeAgentMain] and [FakeCsiMain], run from this test's own classes.
final class FakeDistribution {
    private FakeDistribution() {}

    /// Makes it in `home` and returns the environment that names it.
    static Map<String, String> in(Path home) throws IOException {
        Files.createDirectories(home.resolve("lib/agent"));
        Files.createDirectories(home.resolve("lib/csi"));
        Files.createDirectories(home.resolve("conf"));
        conf(home, "agent", "io.sagara.cli.FakeAgentMain");
        conf(home, "csi", "io.sagara.cli.FakeCsiMain");
        return Map.of("SAGARA_HOME", home.toString(), "PATH", System.getenv("PATH"));
    }

    private static void conf(Path home, String service, String main) throws IOException {
        Files.write(home.resolve("conf").resolve(service + ".jvm"), flags(main));
    }

    /// What `java` needs to run a class of this test.
    static List<String> flags(String main) {
        // the module is patched with the tests, so its two halves are found where their classes are
        String own = Stream.of("classes", "test-classes")
                .map(directory -> Path.of("target", directory).toAbsolutePath().toString())
                .collect(Collectors.joining(":"));
        String dependencies = Stream.of("jdk.module.path", "java.class.path")
                .map(name -> System.getProperty(name, ""))
                .collect(Collectors.joining(":"));
        return List.of(
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx64m",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "--class-path=" + own + ":" + dependencies,
                main);
    }
}
