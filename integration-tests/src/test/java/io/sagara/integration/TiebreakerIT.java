package io.sagara.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagara.api.v1.BrickStatus;
import io.sagara.api.v1.PoolPhase;
import io.sagara.api.v1.PoolStatus;
import io.sagara.csi.v1.Volume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Replica2 with a tiebreaker, on real bricks: the copy that has missed something is never taken for the good one.
@Timeout(value = 7, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TiebreakerIT {
    private static final long MIB = Scene.MIB;
    private static final int FILES = 40;
    private static final int SMALL = 10_000;
    private static final Duration HEAL = Duration.ofSeconds(150);
    /// A brick that was killed again and again is started again after a minute.
    private static final Duration RETURN = Duration.ofSeconds(90);

    private Scene scene;

    @BeforeEach
    void open() throws IOException {
        scene = new Scene();
    }

    @AfterEach
    void close() throws Exception {
        if (scene != null) {
            scene.close();
        }
    }

    private String fields() throws IOException {
        return "type: Replica2\n  tiebreaker:\n    node: localhost\n    path: " + scene.newDirectory("third");
    }

    /// The volume through the agent's own client, of which the kernel keeps nothing.
    private static Path uncached(Standalone sagara, Volume volume) {
        return sagara.state()
                .resolve("mounts/p1.management")
                .resolve(Objects.requireNonNull(volume.getVolumeContextMap().get("path")));
    }

    @Test
    void aStaleCopyIsRefusedUntilTheGoodOneIsBack() throws Exception {
        Standalone sagara = scene.up("state", scene.yaml(scene.pool(fields(), 2)));
        CsiClient csi = scene.csi(sagara);
        Volume volume = csi.create("pvc-1", "p1", 64 * MIB);
        Path pod = scene.path("pod");
        csi.publish(volume, scene.newDirectory("staging"), pod);
        Path uncached = uncached(sagara, volume);
        write(pod, "kept", "old");
        write(pod, "changed", "old");
        assertThat(stale(sagara)).isEmpty();

        try (HeldDown a = new HeldDown(sagara, "p1", Set.of(0))) {
            write(pod, "changed", "new");
            write(pod, "made", "new");
            Await.until("the tiebreaker knows", () -> stale(sagara), units -> units.equals(Set.of(0)));
            try (HeldDown b = new HeldDown(sagara, "p1", Set.of(1))) {
                a.end();
                Await.until(
                        RETURN,
                        "the stale copy serves",
                        () -> sagara.pool("p1").getBricks(0).getState(),
                        "RUNNING"::equals);
                Await.until("both clients have it", () -> connected(sagara, 0), ok -> ok);
                int refused = 0;
                for (int i = 0; i < FILES; i++) {
                    Path file = uncached.resolve("changed-" + i);
                    assertThatThrownBy(() -> Files.readString(file)).isInstanceOf(IOException.class);
                    assertThatThrownBy(() -> Files.writeString(file, "stale")).isInstanceOf(IOException.class);
                    refused++;
                }
                System.out.println("stale copy alone: " + refused + " of " + FILES + " reads and writes refused");
                b.release();
            }
        }
        Await.until(HEAL, "everything is healed", () -> pending(sagara), count -> count == 0);
        Await.until(HEAL, "the tiebreaker trusts both again", () -> stale(sagara), Set::isEmpty);
        eachCopy(volume);
        csi.unpublish("pvc-1", pod);
        csi.unstage("pvc-1", scene.path("staging"));
    }

    @Test
    void withoutItsTiebreakerAPoolGoesOnAndStopsWithTheFirstCopyThatIsLost() throws Exception {
        Standalone sagara = scene.up("state", scene.yaml(scene.pool(fields(), 2)));
        CsiClient csi = scene.csi(sagara);
        Volume volume = csi.create("pvc-1", "p1", 64 * MIB);
        Path pod = scene.path("pod");
        csi.publish(volume, scene.newDirectory("staging"), pod);
        Path uncached = uncached(sagara, volume);
        write(pod, "kept", "old");

        try (HeldDown third = HeldDown.tiebreaker(sagara, "p1")) {
            write(pod, "changed", "old");
            PoolStatus status = Await.until(
                    "it is said",
                    () -> sagara.pool("p1"),
                    pool -> !pool.getMessage().isEmpty());
            assertThat(status.getPhase()).isEqualTo(PoolPhase.READY);
            assertThat(status.getMessage()).contains("its tiebreaker on", "is away");
            for (String mount : Set.of("p1", "p1.management")) {
                Await.until(
                        "clients know",
                        () -> state(sagara, mount, "p1-replicate-0"),
                        text -> text.contains("quorum-count = 2"));
            }
            try (HeldDown a = new HeldDown(sagara, "p1", Set.of(0))) {
                Await.until("it is noticed", () -> connected(sagara, 0), ok -> !ok);
                long before = System.nanoTime();
                assertThatThrownBy(() -> Files.writeString(pod.resolve("lost"), "x"))
                        .isInstanceOf(IOException.class);
                assertThatThrownBy(() -> Files.readString(uncached.resolve("changed-0")))
                        .isInstanceOf(IOException.class);
                long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - before);
                System.out.println("tiebreaker and one copy away: write and read refused after " + millis + " ms");
                assertThat(millis).isLessThan(5_000);
                third.end();
                Await.until(RETURN, "the pool can be written again", () -> written(pod.resolve("again")), ok -> ok);
                write(pod, "changed", "new");
                write(pod, "made", "new");
                a.release();
            }
        }
        Await.until(HEAL, "everything is healed", () -> pending(sagara), count -> count == 0);
        Await.until(HEAL, "the tiebreaker trusts both again", () -> stale(sagara), Set::isEmpty);
        eachCopy(volume);
        Await.until(
                "the pool is well",
                () -> sagara.pool("p1"),
                pool -> pool.getPhase() == PoolPhase.READY && pool.getMessage().isEmpty());
        csi.unpublish("pvc-1", pod);
        csi.unstage("pvc-1", scene.path("staging"));
    }

    /// What is on each brick's own disk.
    private void eachCopy(Volume volume) throws IOException {
        String path = Objects.requireNonNull(volume.getVolumeContextMap().get("path"));
        for (String unit : List.of("d0", "d1")) {
            Path copy = scene.path(unit).resolve("data/brick").resolve(path);
            check(copy, "kept", "old");
            check(copy, "changed", "new");
            check(copy, "made", "new");
        }
        System.out.println("both copies: " + 3 * FILES + " files equal, " + 3L * FILES * SMALL + " bytes each");
    }

    private static boolean written(Path file) {
        try {
            Files.writeString(file, "x");
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static void write(Path directory, String prefix, String version) throws IOException {
        for (int i = 0; i < FILES; i++) {
            Files.writeString(directory.resolve(prefix + "-" + i), content(prefix, version, i));
        }
    }

    private static void check(Path directory, String prefix, String version) throws IOException {
        for (int i = 0; i < FILES; i++) {
            assertThat(Files.readString(directory.resolve(prefix + "-" + i))).isEqualTo(content(prefix, version, i));
        }
    }

    private static String content(String prefix, String version, int number) {
        String line = prefix + version + number + " ";
        return line.repeat(SMALL / line.length() + 1).substring(0, SMALL);
    }

    private static boolean connected(Standalone sagara, int brick) throws IOException {
        for (String mount : Set.of("p1", "p1.management")) {
            if (!ConnectedBricks.has(sagara, mount, "p1", brick)) {
                return false;
            }
        }
        return true;
    }

    private static String state(Standalone sagara, String mount, String translator) throws IOException {
        return Files.readString(
                sagara.state().resolve("mounts/" + mount + "/.meta/graphs/active/" + translator + "/private"));
    }

    private static Set<Integer> stale(Standalone sagara) {
        return Set.copyOf(sagara.pool("p1").getTiebreaker().getStaleUnitsList());
    }

    private static long pending(Standalone sagara) {
        return sagara.pool("p1").getBricksList().stream()
                .mapToLong(BrickStatus::getPendingHeals)
                .sum();
    }
}
