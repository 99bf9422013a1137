package io.sagara.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagara.api.UnixClient;
import io.sagara.api.v1.AgentGrpc;
import io.sagara.api.v1.BrickStatus;
import io.sagara.api.v1.PoolPhase;
import io.sagara.api.v1.ReplaceBrickRequest;
import io.sagara.csi.v1.Volume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The disk of a unit is lost, and an empty one takes its place while the pool is written.
class ReplaceIT {
    private static final long MIB = Scene.MIB;
    private static final int FILES = 40;
    private static final Duration HEAL = Duration.ofSeconds(150);

    private Scene scene;

    /// `lost`, `other`: units.
    record Type(String yaml, int units, int lost, int other) {
        @Override
        public String toString() {
            return yaml.lines().findFirst().orElse("");
        }
    }

    static List<Type> types() {
        return List.of(
                new Type("type: Replica2", 2, 0, 1),
                new Type("type: Replica3", 3, 1, 0),
                new Type("type: Disperse\n  disperse:\n    data: 2\n    redundancy: 1", 3, 2, 0));
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
    void anEmptyDiskGetsEverythingFromTheOthers(Type type) throws Exception {
        if (type.yaml.contains("Disperse")) {
            // on a busy machine one heal of it has stayed pending for longer than the test waits
            LongTests.only();
        }
        Standalone sagara = scene.up("state", scene.yaml(scene.pool(type.yaml, type.units)));
        CsiClient csi = scene.csi(sagara);
        Volume volume = csi.create("pvc-1", "p1", 64 * MIB);
        Path pod = scene.path("pod");
        csi.publish(volume, scene.newDirectory("staging"), pod);
        for (int i = 0; i < FILES; i++) {
            Files.writeString(pod.resolve("file-" + i), content(i));
        }
        refusesWhereDataWouldBeLost(sagara, type);
        try (Load load = new Load(pod.resolve("load"))) {
            load.awaitRounds(1);
            loseDisk(sagara, type.lost);
            load.awaitRounds(1);
            assertThat(replace(sagara, type.lost)).anyMatch(line -> line.contains("is being healed"));
            load.awaitRounds(1);
        }
        Path healed = scene.path("d" + type.lost).resolve("data/brick").resolve(volume.getVolumeContextOrThrow("path"));
        Await.until(HEAL, "all files are there", () -> count(healed), count -> count == FILES);
        Await.until(HEAL, "everything is healed", () -> pending(sagara), count -> count == 0);

        ConnectedBricks.await(sagara, "p1");
        // what another one has is not needed any more
        try (HeldDown _ = new HeldDown(sagara, "p1", Set.of(type.other))) {
            for (int i = 0; i < FILES; i++) {
                assertThat(Files.readString(pod.resolve("file-" + i))).isEqualTo(content(i));
            }
        }
        // a brick that was killed again and again is waited for longer and longer
        Await.until(HEAL, "the pool is well", () -> sagara.pool("p1").getPhase(), phase -> phase == PoolPhase.READY);
        csi.unpublish("pvc-1", pod);
        csi.unstage("pvc-1", scene.path("staging"));
        csi.delete("pvc-1");
    }

    private static void refusesWhereDataWouldBeLost(Standalone sagara, Type type) throws Exception {
        try (HeldDown away = new HeldDown(sagara, "p1", Set.of(type.other))) {
            assertThatThrownBy(() -> replace(sagara, type.lost))
                    .hasMessageContaining("unit " + type.other)
                    .hasMessageContaining("--force");
            away.release();
        }
        Await.until(
                HEAL,
                "all is well again",
                () -> sagara.pool("p1"),
                pool -> pool.getPhase() == PoolPhase.READY && pending(sagara) == 0);
        ConnectedBricks.await(sagara, "p1");
    }

    /// Its brick ends, and what is mounted in its place is empty.
    private void loseDisk(Standalone sagara, int unit) throws Exception {
        try (HeldDown _ = new HeldDown(sagara, "p1", Set.of(unit))) {
            Path _ = Files.move(scene.path("d" + unit).resolve("data"), scene.path("dead"));
        }
        Await.until(
                "the brick is missed",
                () -> sagara.pool("p1").getBricks(unit).getDetail(),
                detail -> detail.contains("is gone"));
    }

    /// What the agent says. Not by the command line, which may take longer to begin than all of it.
    private static List<String> replace(Standalone sagara, int unit) {
        List<String> said = new ArrayList<>();
        try (UnixClient client = new UnixClient(sagara.agentSocket())) {
            AgentGrpc.newBlockingStub(client.channel())
                    .withDeadlineAfter(60, TimeUnit.SECONDS)
                    .replaceBrick(ReplaceBrickRequest.newBuilder()
                            .setPool("p1")
                            .setUnit(unit)
                            .build())
                    .forEachRemaining(progress -> said.add(progress.getLine()));
        }
        return said;
    }

    private static long count(Path directory) {
        String[] names = directory.toFile().list((_, name) -> name.startsWith("file-"));
        return names == null ? 0 : names.length;
    }

    private static String content(int number) {
        return ("file " + number + " ").repeat(1_000);
    }

    private static long pending(Standalone sagara) {
        return sagara.pool("p1").getBricksList().stream()
                .mapToLong(BrickStatus::getPendingHeals)
                .sum();
    }
}
