package io.sagara.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagara.api.v1.BrickStatus;
import io.sagara.api.v1.PoolPhase;
import io.sagara.csi.v1.Volume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every pool type with copies or fragments, on real bricks: written while as many bricks are away as the type can
/// bear, healed when they are back, and read from the healed bricks alone.
class RedundancyIT {
    private static final long MIB = Scene.MIB;
    private static final int FILES = 40;
    private static final int SMALL = 10_000;
    /// The daemon looks again after a minute where it could not heal all at once.
    private static final Duration HEAL = Duration.ofSeconds(150);

    private Scene scene;

    /// A type, how many storage units, and which bricks may be away at the same time: first some, then others.
    record Type(String name, String yaml, int units, Set<Integer> first, Set<Integer> second) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Type> types() {
        return List.of(
                new Type("Replica2", "type: Replica2", 2, Set.of(0), Set.of(1)),
                new Type("Replica3", "type: Replica3", 3, Set.of(2), Set.of(0)),
                new Type("Arbiter", "type: Arbiter", 3, Set.of(0), Set.of(1)),
                new Type("Disperse 2+1", disperse(2, 1), 3, Set.of(1), Set.of(0)),
                new Type("Disperse 4+2", disperse(4, 2), 6, Set.of(0, 5), Set.of(1, 2)),
                new Type("Replica3, two sets", "type: Replica3", 6, Set.of(0, 4), Set.of(1, 5)));
    }

    private static String disperse(int data, int redundancy) {
        return "type: Disperse\n  disperse:\n    data: " + data + "\n    redundancy: " + redundancy;
    }

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

    @ParameterizedTest
    @MethodSource("types")
    void aPoolLosesBricksHealsAndLosesTheOthers(Type type) throws Exception {
        Standalone sagara = scene.up("state", scene.yaml(scene.pool(type.yaml, type.units)));
        CsiClient csi = scene.csi(sagara);
        Volume volume = csi.create("pvc-1", "p1", 64 * MIB);
        Path pod = scene.path("pod");
        csi.publish(volume, scene.newDirectory("staging"), pod);
        long written = Load.write(pod.resolve("limit"), 128 * MIB);
        assertThat(written).isBetween(60 * MIB, 72 * MIB);
        Files.delete(pod.resolve("limit"));
        Await.until("the space is free again", () -> Files.getFileStore(pod).getUsableSpace(), free -> free > 60 * MIB);
        files(pod, "before");

        try (HeldDown away = new HeldDown(sagara, "p1", type.first)) {
            files(pod, "during");
            Load.write(pod.resolve("large"), 8 * MIB);
            Files.delete(pod.resolve("before-0"));
            check(pod, "before", 1);
            Await.until("heals are pending", () -> pending(sagara), count -> count > 0);
            away.release();
        }
        Await.until(HEAL, "everything is healed", () -> pending(sagara), count -> count == 0);

        ConnectedBricks.await(sagara, "p1");

        // what was away is now needed
        try (HeldDown away = new HeldDown(sagara, "p1", type.second)) {
            check(pod, "before", 1);
            check(pod, "during", 0);
            Load.verify(pod.resolve("large"), 8 * MIB);
            assertThat(pod.resolve("before-0")).doesNotExist();
            away.release();
        }
        Await.until(HEAL, "everything is healed again", () -> pending(sagara), count -> count == 0);

        // more than it can bear: an error, never wrong data
        try (Frozen _ = new Frozen(sagara, "p1")) {
            assertThatThrownBy(() -> Files.write(pod.resolve("lost"), new byte[SMALL]))
                    .isInstanceOf(IOException.class);
        }
        Await.until("all sets of the volume are back", () -> readable(pod), ok -> ok);

        // the agent has a client of its own, which comes back in its own time
        Await.until("the pool is well", () -> sagara.pool("p1"), pool -> pool.getPhase() == PoolPhase.READY);

        csi.unpublish("pvc-1", pod);
        csi.unstage("pvc-1", scene.path("staging"));
        csi.delete("pvc-1");
    }

    private static void files(Path directory, String prefix) throws IOException {
        for (int i = 0; i < FILES; i++) {
            Files.writeString(directory.resolve(prefix + "-" + i), content(prefix, i));
        }
    }

    private static void check(Path directory, String prefix, int from) throws IOException {
        for (int i = from; i < FILES; i++) {
            assertThat(Files.readString(directory.resolve(prefix + "-" + i))).isEqualTo(content(prefix, i));
        }
    }

    private static String content(String prefix, int number) {
        return (prefix + number + " ").repeat(SMALL / (prefix.length() + 1));
    }

    /// Whether every file can be read; fails where what is read is not what was written.
    private static boolean readable(Path pod) {
        try {
            check(pod, "before", 1);
            check(pod, "during", 0);
            Load.verify(pod.resolve("large"), 8 * MIB);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static long pending(Standalone sagara) {
        return sagara.pool("p1").getBricksList().stream()
                .mapToLong(BrickStatus::getPendingHeals)
                .sum();
    }
}
