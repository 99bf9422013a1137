package io.sagara.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagara.api.UnixClient;
import io.sagara.api.v1.AgentGrpc;
import io.sagara.api.v1.ApplyPoolRequest;
import io.sagara.api.v1.PoolPhase;
import io.sagara.api.v1.PoolSpec;
import io.sagara.api.v1.PoolStatus;
import io.sagara.api.v1.RebalanceAction;
import io.sagara.api.v1.RebalancePhase;
import io.sagara.api.v1.RebalancePoolRequest;
import io.sagara.api.v1.RebalanceStatus;
import io.sagara.csi.v1.Volume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A pool gets a second set while it is written: nobody notices, files spread, and limits hold.
class ExpandIT {
    private static final long MIB = Scene.MIB;
    private static final int FOLDERS = 4;
    private static final int FILES = 90;
    private static final int SMALL = 10_000;
    private static final Duration MOVE = Duration.ofSeconds(90);

    private Scene scene;
    private Path pod;

    @BeforeEach
    void open() throws IOException {
        scene = new Scene();
        pod = scene.path("pod");
    }

    @AfterEach
    void close() throws Exception {
        if (scene != null) {
            scene.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"Replica1, 1", "Replica3, 3"})
    void aPoolGrowsUnderLoad(String type, int set) throws Exception {
        Path yaml = scene.yaml(scene.pool("type: " + type, set));
        Standalone sagara = scene.up("state", yaml);
        CsiClient csi = scene.csi(sagara);
        Volume volume = csi.create("pvc-1", "p1", 64 * MIB);
        csi.publish(volume, scene.newDirectory("staging"), pod);
        fill();

        try (Load load = new Load(pod.resolve("load"))) {
            load.awaitRounds(2);
            PoolStatus grown = apply(sagara, larger(sagara.pool("p1").getSpec(), set));
            Path _ = Files.writeString(yaml, scene.pool("type: " + type, 2 * set));
            assertThat(grown.getBricksCount()).isEqualTo(2 * set);
            if (set == 1) {
                pauseAndGoOn(sagara, load);
            }
            RebalanceStatus done = Await.until(
                    MOVE,
                    "files have moved",
                    () -> sagara.pool("p1").getRebalance(),
                    now -> now.getPhase() == RebalancePhase.DONE || now.getPhase() == RebalancePhase.REBALANCE_FAILED);
            assertThat(done.getPhase()).as(done.getDetail()).isEqualTo(RebalancePhase.DONE);
            assertThat(done.getFailures()).isZero();
            load.awaitRounds(2);
        }
        check();
        assertThat(moved(set, volume)).as("files on the new set").isGreaterThan(FOLDERS * FILES / 4L);
        PoolStatus status =
                Await.until("the pool is well", () -> sagara.pool("p1"), now -> now.getPhase() == PoolPhase.READY);
        assertThat(status.getSpec().getBricksList().subList(0, set))
                .extracting(brick -> brick.getSource())
                .containsExactlyElementsOf(Stream.iterate(0, i -> i + 1)
                        .limit(set)
                        .map(i -> scene.path("d" + i).toString())
                        .toList());
        theLimitHolds();

        csi.unpublish("pvc-1", pod);
        csi.unstage("pvc-1", scene.path("staging"));
        csi.delete("pvc-1");
    }

    /// While it is paused nothing moves, also with another agent.
    private void pauseAndGoOn(Standalone sagara, Load load) throws Exception {
        RebalanceStatus paused = rebalance(sagara, RebalanceAction.PAUSE);
        assertThat(paused.getPhase()).as(paused.toString()).isEqualTo(RebalancePhase.PAUSED);
        long before = newSet("d1");
        assertThat(before).isLessThan(FOLDERS * FILES / 3L);
        sagara.kill();
        sagara.restart();
        load.awaitRounds(2);
        assertThat(sagara.pool("p1").getRebalance().getPhase()).isEqualTo(RebalancePhase.PAUSED);
        // the copy of a file that was on its way goes away again
        assertThat(newSet("d1")).as("files on the new set").isLessThanOrEqualTo(before);
        assertThat(sagara.sagara("pool", "rebalance", "p1", "resume").output()).contains("RUNNING");
    }

    /// Many writers' worth of files, over both sets: together they get what the volume has and no more.
    private void theLimitHolds() throws IOException {
        long written = 0;
        for (int i = 0; i < 12; i++) {
            written += Load.write(pod.resolve("limit-" + i), 8 * MIB);
        }
        assertThat(written).isBetween(40 * MIB, 64 * MIB);
        for (int i = 0; i < 12; i++) {
            Files.deleteIfExists(pod.resolve("limit-" + i));
        }
    }

    private PoolSpec larger(PoolSpec spec, int set) throws IOException {
        PoolSpec.Builder larger = spec.toBuilder();
        for (int i = 0; i < set; i++) {
            larger.addBricksBuilder()
                    .setNode("localhost")
                    .setType("path")
                    .setSource(scene.newDirectory("d" + (set + i)).toString());
        }
        return larger.build();
    }

    private static RebalanceStatus rebalance(Standalone sagara, RebalanceAction action) {
        try (UnixClient client = new UnixClient(sagara.agentSocket())) {
            return AgentGrpc.newBlockingStub(client.channel())
                    .withDeadlineAfter(60, TimeUnit.SECONDS)
                    .rebalancePool(RebalancePoolRequest.newBuilder()
                            .setPool("p1")
                            .setAction(action)
                            .build());
        }
    }

    private static PoolStatus apply(Standalone sagara, PoolSpec spec) {
        try (UnixClient client = new UnixClient(sagara.agentSocket())) {
            AgentGrpc.newBlockingStub(client.channel())
                    .withDeadlineAfter(90, TimeUnit.SECONDS)
                    .applyPool(ApplyPoolRequest.newBuilder().setPool(spec).build())
                    .forEachRemaining(_ -> {});
        }
        return sagara.pool("p1");
    }

    private void fill() throws IOException {
        for (int folder = 0; folder < FOLDERS; folder++) {
            Path directory = Files.createDirectory(pod.resolve("folder-" + folder));
            for (int i = 0; i < FILES; i++) {
                Files.writeString(directory.resolve("file-" + i), content(folder, i));
            }
        }
    }

    private void check() throws IOException {
        for (int folder = 0; folder < FOLDERS; folder++) {
            Path directory = pod.resolve("folder-" + folder);
            TreeSet<String> names = new TreeSet<>();
            for (int i = 0; i < FILES; i++) {
                names.add("file-" + i);
                assertThat(Files.readString(directory.resolve("file-" + i))).isEqualTo(content(folder, i));
            }
            try (Stream<Path> listed = Files.list(directory)) {
                assertThat(listed.map(file -> file.getFileName().toString()).sorted())
                        .containsExactlyElementsOf(names);
            }
        }
    }

    private static String content(int folder, int number) {
        return ("file " + folder + "." + number + " ").repeat(SMALL / 12);
    }

    private long moved(int set, Volume volume) throws IOException {
        assertThat(scene.path("d" + set + "/data/brick/" + volume.getVolumeContextOrThrow("path")))
                .isDirectory();
        return newSet("d" + set);
    }

    /// Whole files on a brick; what points at another set is empty there.
    private long newSet(String unit) throws IOException {
        try (Stream<Path> files = Files.walk(scene.path(unit).resolve("data/brick"))) {
            return files.filter(file -> file.getFileName().toString().startsWith("file-"))
                    .filter(file -> file.toFile().length() > 0)
                    .count();
        }
    }
}
