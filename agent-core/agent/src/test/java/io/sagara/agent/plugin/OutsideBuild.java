package io.sagara.agent.plugin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagara.spi.BackendProvider;
import io.sagara.testkit.FakeHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/// Builds a project from outside with Maven, as a vendor does who has Sagara's SPI and testkit in a repository:
/// one made here in front of the user's own, which is only read.
final class OutsideBuild {
    private static final Path HOME = Path.of(property("sagara.home"));
    private static final String VERSION = "0.1.0-SNAPSHOT";
    private static final long MINUTES = 5;

    private final Path work;
    private final Path repository;

    /// `work`: an empty directory for all that is written.
    OutsideBuild(Path work) throws IOException {
        this.work = work;
        repository = Files.createDirectory(work.resolve("repository"));
    }

    /// Publishes the SPI and the testkit of this checkout under `version`, the package of the SPI as `spi`.
    void publish(String version, String spi) throws IOException {
        publishPom("sagara", version, HOME.resolve("pom.xml"));
        publishPom("agent-core", version, HOME.resolve("agent-core/pom.xml"));
        for (Class<?> part : List.of(BackendProvider.class, FakeHost.class)) {
            String module = part.getPackageName().replace("io.sagara.", "");
            String artifact = "sagara-" + module;
            publishPom(artifact, version, HOME.resolve("agent-core/" + module + "/pom.xml"));
            VendorJar.edit(
                    jar(Path.of(part.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .getPath())),
                    target(artifact, version, "jar"),
                    JarFile.MANIFEST_NAME,
                    bytes -> new String(bytes, UTF_8)
                            .replace("io.sagara.spi;version=\"1.0.0\"", "io.sagara.spi;version=\"" + spi + "\"")
                            .getBytes(UTF_8));
        }
    }

    /// Builds a copy of the project and returns its jar. `arguments`: more for Maven.
    Path mvn(String project, String jar, String... arguments) throws IOException, InterruptedException {
        Path copy = Files.createTempDirectory(work, "project");
        copy(HOME.resolve(project), copy);
        Path log = work.resolve("mvn.log");
        List<String> command = new ArrayList<>(List.of(
                property("maven.home") + "/bin/mvn",
                "--batch-mode",
                "--no-transfer-progress",
                "-Dmaven.repo.local=" + repository,
                "-Dmaven.repo.local.tail=" + property("maven.repository"),
                "-Dmaven.repo.local.tail.ignoreAvailability=true",
                "package"));
        command.addAll(List.of(arguments));
        command.add("--offline");
        int exit = run(command, copy, log);
        if (exit != 0 && Files.readString(log).contains("offline mode")) {
            // on a new machine the libraries of the project are not there yet
            command.removeLast();
            exit = run(command, copy, log);
        }
        assertThat(exit).as(Files.readString(log)).isZero();
        return copy.resolve("target").resolve(jar);
    }

    private static int run(List<String> command, Path directory, Path log) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment()
                .putAll(Map.of("JAVA_HOME", property("java.home"), "MAVEN_OPTS", "-XX:TieredStopAtLevel=1"));
        Process process = builder.start();
        try {
            assertThat(process.waitFor(MINUTES, TimeUnit.MINUTES)).isTrue();
            return process.exitValue();
        } finally {
            process.destroyForcibly();
        }
    }

    private void publishPom(String artifact, String version, Path pom) throws IOException {
        String text = Files.readString(pom);
        assertThat(text).contains("<version>" + VERSION + "</version>");
        Files.writeString(target(artifact, version, "pom"), text.replace(VERSION, version));
    }

    private Path target(String artifact, String version, String type) throws IOException {
        Path directory = repository.resolve("io/sagara").resolve(artifact).resolve(version);
        return Files.createDirectories(directory).resolve(artifact + "-" + version + "." + type);
    }

    /// In a build that has not packed its modules, they are directories.
    private Path jar(Path module) throws IOException {
        if (Files.isRegularFile(module)) {
            return module;
        }
        Path jar = Files.createTempDirectory(work, "jar").resolve("module.jar");
        List<String> arguments = new ArrayList<>(List.of("--create", "--file", jar.toString()));
        if (Files.exists(module.resolve(JarFile.MANIFEST_NAME))) {
            arguments.addAll(
                    List.of("--manifest", module.resolve(JarFile.MANIFEST_NAME).toString()));
        }
        arguments.addAll(List.of("-C", module.toString(), "."));
        int result = ToolProvider.findFirst("jar")
                .orElseThrow()
                .run(System.out, System.err, arguments.toArray(String[]::new));
        assertThat(result).isZero();
        return jar;
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path relative = from.relativize(file);
                // what somebody has built there by hand is not part of the project
                if (!relative.startsWith("target")) {
                    Path target = to.resolve(relative.toString());
                    Files.createDirectories(Objects.requireNonNull(target.getParent()));
                    Files.copy(file, target);
                }
            }
        }
    }

    private static String property(String name) {
        return Objects.requireNonNull(System.getProperty(name), name);
    }
}
