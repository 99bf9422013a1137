package io.sagara.agent.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagara.spi.Bricks;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

final class ShutdownTest {
    @TempDir
    Path root;

    @Test
    @Timeout(30)
    void afterTheEndNoCallGetsInAndNoThreadIsLeft() {
        List<String> before = pluginThreads();
        Bricks bricks;
        try (PluginsFixture fixture = new PluginsFixture(root)) {
            new VendorJar().build(fixture.jar("scratch.jar"));
            bricks = fixture.load("scratch").backend().bricks();
        }
        assertThatThrownBy(() -> bricks.attach(Lent.POOL, Lent.BRICK))
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.problem()).isEqualTo(Problem.UNAVAILABLE));
        // the thread that ends Felix tells us before it ends itself
        while (!pluginThreads().equals(before)) {
            Thread.onSpinWait();
        }
    }

    @Test
    void theEndMayComeBeforeAnythingIsLoadedAndTwice() {
        PluginsFixture fixture = new PluginsFixture(root);
        fixture.close();
        fixture.close();
    }

    @Test
    @Timeout(60)
    void aProcessThatDoesNotCloseThemEndsAllTheSame() throws IOException, InterruptedException {
        Path plugins = Files.createDirectory(root.resolve("plugins"));
        new VendorJar().build(plugins.resolve("scratch.jar"));
        Path output = root.resolve("output");
        Process process = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "--sun-misc-unsafe-memory-access=allow",
                        "--module-path",
                        System.getProperty("jdk.module.path"),
                        "--patch-module",
                        "io.sagara.agent=" + testClasses(),
                        "--module",
                        "io.sagara.agent/" + LoadAndReturn.class.getName(),
                        plugins.toString(),
                        root.resolve("work").toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(30, TimeUnit.SECONDS))
                    .as("the process ends")
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(output).hasContent("loaded [scratch]");
    }

    private static List<String> pluginThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("Felix") || name.startsWith("plugins-"))
                .sorted()
                .toList();
    }

    private static String testClasses() {
        Path own = Path.of(ShutdownTest.class.getResource("ShutdownTest.class").getPath());
        return own.toString()
                .substring(0, own.toString().indexOf("io" + File.separator + "sagara" + File.separator + "agent"));
    }
}
