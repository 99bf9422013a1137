package io.sagara.agent.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import io.sagara.agent.plugin.LoadedBackends.Refusal;
import io.sagara.spi.Brick;
import io.sagara.spi.BrickHealth;
import io.sagara.spi.NativeBricks;
import io.sagara.spi.Pool;
import io.sagara.spi.StorageUnit;
import io.sagara.testkit.FakeHost;
import io.sagara.testkit.FakeNativeBricks;
import io.sagara.testkit.Pools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The project outside of Sagara, as it stands: built by Maven with its own tests against the SPI and the
/// testkit alone, and loaded. And its twin, built from the same sources against an SPI 2.0.
final class ThirdPartyBackendIT {
    private static final String PROJECT = "integration-tests/third-party-backend";
    private static final String JAR = "scratch-backend-1.0.0.jar";

    @TempDir
    static Path builds;

    private static Path plugins;

    @TempDir
    Path root;

    @BeforeAll
    static void buildBoth() throws IOException, InterruptedException {
        OutsideBuild build = new OutsideBuild(builds);
        build.publish("0.1.0-SNAPSHOT", "1.0.0");
        build.publish("2.0.0", "2.0.0");
        plugins = Files.createDirectory(builds.resolve("plugins"));
        Files.copy(build.mvn(PROJECT, JAR), plugins.resolve(JAR));
        Files.copy(
                build.mvn(PROJECT, JAR, "-Dsagara.version=2.0.0", "-Dmaven.test.skip=true"),
                plugins.resolve("scratch-for-spi-2.jar"));
    }

    @Test
    void itServesWithItsOwnGsonAndItsTwinForAnotherSpiIsRefused() throws IOException {
        Path disk = Files.createDirectory(root.resolve("nvme"));
        Path state = Files.createDirectory(root.resolve("state"));
        Files.writeString(state.resolve("disks.json"), "{\"disks\": {\"fast\": \"" + disk + "\"}}");
        Witness witness = new Witness(new FakeNativeBricks(), new AtomicReference<>());
        FakeHost host = new FakeHost(state).lending(witness);
        try (BackendPlugins installed = new BackendPlugins(root.resolve("work"), type -> host)) {
            LoadedBackends loaded = installed.load(plugins);
            assertThat(loaded.refusals())
                    .extracting(Refusal::toString)
                    .containsExactly(
                            "scratch-for-spi-2.jar: needs SPI [2.0,3), this agent has 1.0.0; use a build of this"
                                    + " backend for that SPI, or another agent");
            LoadedBackend scratch = Objects.requireNonNull(loaded.byType().get("scratch"));
            assertThat(scratch.version()).isEqualTo("1.0.0");

            Pool pool = Pools.replica1("p1", new StorageUnit(FakeHost.NODE, "scratch", "fast/one", Map.of()));
            Path directory =
                    scratch.backend().bricks().attach(pool, pool.bricks().getFirst());
            assertThat(directory).isEqualTo(disk.resolve("one")).isDirectory();
            assertThat(gsonSeenBy(Objects.requireNonNull(witness.loader().get())))
                    .isEqualTo("2.10.1");
            assertThat(gsonSeenBy(Gson.class.getClassLoader())).startsWith("2.").isNotEqualTo("2.10.1");
        }
    }

    private static String gsonSeenBy(ClassLoader loader) {
        try {
            Class<?> gson = loader.loadClass(Gson.class.getName());
            return gson.getModule().getDescriptor().rawVersion().orElseThrow();
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    /// Keeps the class loader of the backend that calls.
    private record Witness(NativeBricks bricks, AtomicReference<ClassLoader> loader) implements NativeBricks {
        @Override
        public Path prepare(Pool pool, Brick brick, Path root, Path directory) {
            loader.set(Thread.currentThread().getContextClassLoader());
            return bricks.prepare(pool, brick, root, directory);
        }

        @Override
        public void start(Pool pool, Brick brick, Path directory) {
            bricks.start(pool, brick, directory);
        }

        @Override
        public void stop(Pool pool, Brick brick) {
            bricks.stop(pool, brick);
        }

        @Override
        public BrickHealth check(Pool pool, Brick brick, Path directory) {
            return bricks.check(pool, brick, directory);
        }

        @Override
        public void erase(Pool pool, Brick brick, Path directory) {
            bricks.erase(pool, brick, directory);
        }
    }
}
