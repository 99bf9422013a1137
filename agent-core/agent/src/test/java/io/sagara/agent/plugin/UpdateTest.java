package io.sagara.agent.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagara.spi.Bricks;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

final class UpdateTest {
    @TempDir
    Path root;

    private PluginsFixture fixture;

    @BeforeEach
    void start() {
        fixture = new PluginsFixture(root);
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    private static VendorJar version(String version) {
        return new VendorJar().header("Plugin-Version", version).attach("return Path.of(\"/" + version + "\");");
    }

    private static Path attach(Bricks bricks) {
        return bricks.attach(Lent.POOL, Lent.BRICK);
    }

    @Test
    void anUpdatedBackendServesFromTheNewJarThroughTheSameObject() {
        version("1").build(fixture.jar("scratch-1.jar"));
        LoadedBackend old = fixture.load("scratch");
        Path jar = version("2").build(root.resolve("scratch-2.jar"));
        LoadedBackend updated = fixture.plugins.update(jar);
        assertThat(updated.version()).isEqualTo("2");
        assertThat(updated.jar()).isEqualTo(jar);
        assertThat(updated.backend()).isSameAs(old.backend());
        assertThat(attach(old.backend().bricks())).isEqualTo(Path.of("/2"));
    }

    @Test
    void theOldOneServesOnWhereTheNewOneFails() throws IOException {
        version("1").build(fixture.jar("scratch-1.jar"));
        Bricks bricks = fixture.load("scratch").backend().bricks();
        Path fails = version("2")
                .create("if (true) throw new IllegalStateException(\"boom\");")
                .build(root.resolve("fails.jar"));
        Path future = version("3")
                .header("Import-Package", "io.sagara.spi;version=\"[2.0,3)\"")
                .build(root.resolve("future.jar"));
        Path other = version("4").type("\"other\"").build(root.resolve("other.jar"));
        Path broken = Files.write(root.resolve("broken.jar"), Lent.noise(300));
        assertRefused(fails, "fails.jar fails: create(host) throws java.lang.IllegalStateException: boom");
        assertRefused(future, "future.jar needs SPI [2.0,3), this agent has 1.0.0");
        assertRefused(
                other, "other.jar has the type 'other', but scratch-1.jar, which it is to replace, has 'scratch'");
        assertRefused(broken, "broken.jar is broken or no jar at all");
        assertThat(attach(bricks)).isEqualTo(Path.of("/1"));
        fixture.plugins.update(version("5").build(root.resolve("good.jar")));
        assertThat(attach(bricks)).isEqualTo(Path.of("/5"));
    }

    private void assertRefused(Path jar, String message) {
        assertThatThrownBy(() -> fixture.plugins.update(jar))
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.problem()).isEqualTo(Problem.INVALID_ARGUMENT))
                .hasMessageStartingWith(message);
    }

    @Test
    void anUpdateOfWhatIsNotLoadedIsNotFound() {
        version("1").build(fixture.jar("scratch-1.jar"));
        fixture.load("scratch");
        Path jar = version("2").header("Plugin-Id", "stranger").build(root.resolve("stranger.jar"));
        assertThatThrownBy(() -> fixture.plugins.update(jar))
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.problem()).isEqualTo(Problem.NOT_FOUND))
                .hasMessageContaining("stranger.jar");
    }

    @Test
    @Timeout(30)
    void callsThatHaveBegunEndInTheOldJarWhileNewOnesGoToTheNew() throws Exception {
        new VendorJar()
                .attach("host.progress(\"" + Lent.WAIT + "\"); return Path.of(\"/1\");")
                .build(fixture.jar("scratch-1.jar"));
        Bricks bricks = fixture.load("scratch").backend().bricks();
        Path jar = version("2").build(root.resolve("scratch-2.jar"));
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Path> begun = threads.submit(() -> attach(bricks));
            fixture.lent.awaitWaiting();
            Future<LoadedBackend> update = threads.submit(() -> fixture.plugins.update(jar));
            while (!attach(bricks).equals(Path.of("/2"))) {
                Thread.onSpinWait();
            }
            assertThat(begun.isDone()).isFalse();
            assertThat(update.isDone())
                    .as("the update waits for the call that has begun")
                    .isFalse();
            fixture.lent.letGo();
            assertThat(begun.get()).isEqualTo(Path.of("/1"));
            assertThat(update.get().version()).isEqualTo("2");
        }
    }

    @Test
    @Timeout(30)
    void anUpdateDoesNotWaitForeverForACallThatHangs() throws Exception {
        try (PluginsFixture hasty =
                new PluginsFixture(root.resolve("hasty"), Duration.ofSeconds(20), Duration.ofMillis(50))) {
            new VendorJar()
                    .attach("host.progress(\"" + Lent.WAIT + "\"); return Path.of(\"/1\");")
                    .build(hasty.jar("scratch-1.jar"));
            Bricks bricks = hasty.load("scratch").backend().bricks();
            Path jar = version("2").build(root.resolve("scratch-2.jar"));
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                Future<Path> begun = threads.submit(() -> attach(bricks));
                hasty.lent.awaitWaiting();
                assertThat(hasty.plugins.update(jar).version()).isEqualTo("2");
                assertThat(attach(bricks)).isEqualTo(Path.of("/2"));
                hasty.lent.letGo();
                assertThat(begun.get()).isEqualTo(Path.of("/1"));
            }
        }
    }

    @Test
    @Timeout(60)
    void noCallFailsDuringUpdatesUnderLoad() throws Exception {
        version("0").build(fixture.jar("scratch-0.jar"));
        Bricks bricks = fixture.load("scratch").backend().bricks();
        List<Path> jars = new ArrayList<>();
        for (int i = 1; i <= 5; i++) {
            jars.add(version(String.valueOf(i)).build(root.resolve("scratch-" + i + ".jar")));
        }
        AtomicBoolean stop = new AtomicBoolean();
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<Integer>> callers = new ArrayList<>();
            for (int caller = 0; caller < 4; caller++) {
                callers.add(threads.submit(() -> callUntil(stop, bricks)));
            }
            try {
                for (Path jar : jars) {
                    fixture.plugins.update(jar);
                }
            } finally {
                stop.set(true);
            }
            for (Future<Integer> caller : callers) {
                assertThat(caller.get()).as("calls of one caller").isPositive();
            }
        }
        assertThat(attach(bricks)).isEqualTo(Path.of("/5"));
    }

    /// Calls, checks that versions never go back, and returns how many calls there were.
    private static int callUntil(AtomicBoolean stop, Bricks bricks) {
        int calls = 0;
        int newest = 0;
        while (!stop.get()) {
            int version = Integer.parseInt(attach(bricks).getFileName().toString());
            assertThat(version).isGreaterThanOrEqualTo(newest);
            newest = version;
            calls++;
            Thread.onSpinWait();
        }
        return calls;
    }

    @Test
    @Timeout(30)
    void theClassesOfTheOldJarAreCollected() {
        version("1")
                .create("System.getProperties().put(\"loader\", new java.lang.ref.WeakReference<>("
                        + "Provider.class.getClassLoader()));")
                .build(fixture.jar("scratch-1.jar"));
        try {
            fixture.load("scratch");
            WeakReference<?> loader = (WeakReference<?>)
                    Objects.requireNonNull(System.getProperties().get("loader"));
            assertThat(loader.get()).isNotNull();
            fixture.plugins.update(version("2").build(root.resolve("scratch-2.jar")));
            while (loader.get() != null) {
                System.gc();
            }
        } finally {
            System.getProperties().remove("loader");
        }
    }
}
