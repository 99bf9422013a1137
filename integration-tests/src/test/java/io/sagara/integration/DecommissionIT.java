package io.sagara.integration;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagara.api.UnixClient;
import io.sagara.api.v1.AgentGrpc;
import io.sagara.api.v1.ApplyPoolRequest;
import io.sagara.api.v1.BrickSpec;
import io.sagara.api.v1.BrickStatus;
import io.sagara.api.v1.PoolPhase;
import io.sagara.api.v1.PoolSpec;
import io.sagara.api.v1.PoolStatus;
import io.sagara.api.v1.RebalancePhase;
import io.sagara.csi.v1.Volume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A set leaves a pool that is written all the time: nobody notices, nothing is lost, and limits hold.
class DecommissionIT {
    private static final long MIB = Scene.MIB;
    private static final int FOLDERS = 4;
    private static final int FILES = 60;
    private static final int LOADS = 4;
    private static final Duration LEAVE = Duration.ofMinutes(3);

    private Scene scene;
    private Path pod;
    private Path uncached;

    @BeforeEach
    void open() throws IOException {
        // a rename that finds no name, and links that cannot be read, under load: decision 0031
        LongTests.only();
        scene = new Scene();
        pod = scene.path("pod");
        uncached = pod;
    }

    private Standalone up(Path yaml) {
        return scene.keep(new Standalone(
                Scene.home(), scene.path("state"), yaml, Map.of("JDK_JAVA_OPTIONS", "-Dsagara.decommission=true")));
    }

    @AfterEach
    void close() throws Exception {
        if (scene != null) {
            scene.close();
        }
    }

    /// `size`: of a set. `sets`: at first. `leaves`: the number of the set that does.
    @ParameterizedTest
    @CsvSource({"Replica1, 1, 3, 1", "Replica3, 3, 2, 0"})
    void aSetLeavesUnderLoad(String type, int size, int sets, int leaves) throws Exception {
        Path yaml = scene.yaml(scene.pool("type: " + type, size * sets));
        Standalone sagara = up(yaml);
        CsiClient csi = scene.csi(sagara);
        Volume volume = csi.create("pvc-1", "p1", 128 * MIB);
        csi.publish(volume, scene.newDirectory("staging"), pod);
        fill(volume);
        List<String> before = clients(sagara.pool("p1"));
        List<Long> pids = pids(sagara.pool("p1"));
        List<Load> loads = new ArrayList<>();
        String churned;
        try (Churn churn = new Churn(pod.resolve("churn"))) {
            for (int i = 0; i < LOADS; i++) {
                loads.add(new Load(pod.resolve("load-" + i)));
            }
            churn.awaitSteps(200);
            Shell.Result said = sagara.sagara("pool", "decommission", "p1", "--unit", String.valueOf(leaves * size));
            assertThat(said.exitCode()).as(said.output()).isZero();
            Files.writeString(yaml, decommissioned(scene.pool("type: " + type, size * sets), leaves, size));
            assertThat(sagara.pool("p1").getBricks(leaves * size).getLeaving()).isTrue();
            assertThat(sagara.pool("p1").getBricks(leaves * size).getLeftFiles())
                    .isPositive();
            if (size == 1) {
                // another agent goes on with it
                sagara.kill();
                sagara.restart();
            }
            PoolStatus without = awaitDeparture(sagara, (sets - 1) * size);
            System.out.println(type + ": moved " + without.getRebalance());
            churn.awaitSteps(200);
            for (Load load : loads) {
                load.awaitRounds(2);
            }
            churned = churn.verify();
        } finally {
            for (Load load : loads) {
                load.close();
            }
        }
        int checked = check();
        System.out.println(type + ": without set " + leaves + " all is as it was: " + checked + " files of "
                + checked * (long) content(0, 0).length() + " bytes; written meanwhile: " + churned);

        PoolStatus status =
                Await.until("the pool is well", () -> sagara.pool("p1"), now -> now.getPhase() == PoolPhase.READY);
        List<Integer> gone =
                IntStream.range(leaves * size, (leaves + 1) * size).boxed().toList();
        assertThat(status.getBricksList()).extracting(BrickStatus::getIndex).doesNotContainAnyElementsOf(gone);
        assertThat(clients(status)).as("names and order of the others").isEqualTo(without(before, gone));
        assertThat(pids(status)).as("bricks that stay never end").isEqualTo(without(pids, gone));
        for (int unit : gone) {
            assertThat(ProcessHandle.of(pids.get(unit)).filter(ProcessHandle::isAlive))
                    .isEmpty();
            assertThat(scene.path("d" + unit + "/data/brick/.glusterfs"))
                    .as("what was the brick")
                    .isDirectory();
            assertThat(wholeFiles("d" + unit)).isZero();
        }
        theLimitHolds();
        numbersAreNotGivenAgain(sagara, size, sets);

        csi.unpublish("pvc-1", pod);
        csi.unstage("pvc-1", scene.path("staging"));
        csi.delete("pvc-1");
    }

    @Test
    void aSetThatIsTakenBackStays() throws Exception {
        Path yaml = scene.yaml(scene.pool("type: Replica1", 3));
        Standalone sagara = up(yaml);
        CsiClient csi = scene.csi(sagara);
        Volume volume = csi.create("pvc-1", "p1", 128 * MIB);
        csi.publish(volume, scene.newDirectory("staging"), pod);
        fill(volume);
        try (Churn churn = new Churn(pod.resolve("churn"))) {
            assertThat(decommission(sagara, "--unit", "2").exitCode()).isZero();
            assertThat(sagara.sagara("pool", "rebalance", "p1", "pause").exitCode())
                    .isZero();
            Shell.Result undone = decommission(sagara, "--unit", "2", "--undo");
            assertThat(undone.exitCode()).as(undone.output()).isZero();
            PoolStatus done = Await.until(
                    LEAVE,
                    "files are where they belong",
                    () -> sagara.pool("p1"),
                    now -> now.getRebalance().getPhase() == RebalancePhase.DONE);
            assertThat(done.getBricksList()).hasSize(3).noneMatch(BrickStatus::getLeaving);
            churn.awaitSteps(300);
            System.out.println("taken back: " + check() + " files as they were; written meanwhile: " + churn.verify());
        }
        assertThat(wholeFiles("d2")).as("files on the set that was to leave").isGreaterThan(FOLDERS * FILES / 6L);
        csi.unpublish("pvc-1", pod);
        csi.unstage("pvc-1", scene.path("staging"));
        csi.delete("pvc-1");
    }

    @Test
    void whatCannotLeaveIsRefused() throws Exception {
        Standalone sagara = up(scene.yaml(scene.pool("type: Replica3", 3)));
        assertThat(decommission(sagara, "--unit", "0").output()).contains("last set cannot leave");
        assertThat(decommission(sagara, "--unit", "3").output()).contains("has no unit 3");
        PoolStatus grown = apply(sagara, larger(sagara.pool("p1").getSpec(), 3, 3));
        assertThat(grown.getBricksCount()).isEqualTo(6);
        Await.until(
                "files have moved",
                () -> sagara.pool("p1"),
                now -> now.getRebalance().getPhase() == RebalancePhase.DONE);
        try (HeldDown _ = new HeldDown(sagara, "p1", Set.of(1))) {
            Shell.Result refused = decommission(sagara, "--unit", "4");
            assertThat(refused.exitCode()).isNotZero();
            assertThat(refused.output()).contains("unit 1 does not serve");
        }
    }

    private static Shell.Result decommission(Standalone sagara, String... options) {
        return sagara.sagara(
                "pool",
                Stream.concat(Stream.of("decommission", "p1"), Stream.of(options))
                        .toArray(String[]::new));
    }

    private static PoolStatus awaitDeparture(Standalone sagara, int bricks) throws Exception {
        return Await.until(
                LEAVE,
                "the set has left",
                () -> {
                    PoolStatus now = sagara.pool("p1");
                    assertThat(now.getRebalance().getPhase())
                            .as(now.toString())
                            .isNotEqualTo(RebalancePhase.REBALANCE_FAILED);
                    return now;
                },
                now -> now.getBricksCount() == bricks);
    }

    /// An expansion after it begins with the number after the last that there ever was.
    private void numbersAreNotGivenAgain(Standalone sagara, int size, int sets) throws Exception {
        PoolSpec spec = sagara.pool("p1").getSpec();
        assertThat(spec.getBricksList().stream().filter(BrickSpec::getRetired)).hasSize(size);
        PoolStatus grown = apply(sagara, larger(spec, size * sets, size));
        assertThat(grown.getBricksList())
                .extracting(BrickStatus::getIndex)
                .endsWith(
                        IntStream.range(size * sets, size * (sets + 1)).boxed().toArray(Integer[]::new))
                .hasSize(size * sets);
        Await.until(
                LEAVE,
                "files have moved",
                () -> sagara.pool("p1"),
                now -> now.getRebalance().getPhase() == RebalancePhase.DONE);
        check();
    }

    private PoolSpec larger(PoolSpec spec, int from, int count) throws IOException {
        PoolSpec.Builder larger = spec.toBuilder();
        for (int i = from; i < from + count; i++) {
            larger.addBricksBuilder()
                    .setNode("localhost")
                    .setType("path")
                    .setSource(scene.newDirectory("d" + i).toString());
        }
        return larger.build();
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

    private static String decommissioned(String yaml, int set, int size) {
        String changed = yaml;
        for (int unit = set * size; unit < (set + 1) * size; unit++) {
            changed = changed.replaceFirst("(/d" + unit + ")\n", "$1\n      decommissioned: true\n");
        }
        return changed;
    }

    private static List<String> clients(PoolStatus status) {
        return status.getBricksList().stream()
                .map(brick ->
                        brick.getIndex() + " " + brick.getSource() + " " + brick.getAddress() + ":" + brick.getPort())
                .toList();
    }

    private static List<Long> pids(PoolStatus status) {
        return status.getBricksList().stream().map(BrickStatus::getPid).toList();
    }

    private static <T> List<T> without(List<T> all, List<Integer> places) {
        return IntStream.range(0, all.size())
                .filter(i -> !places.contains(i))
                .mapToObj(all::get)
                .toList();
    }

    /// Files over all sets: together they get what the volume has and no more.
    private void theLimitHolds() throws IOException {
        long written = 0;
        for (int i = 0; i < 20; i++) {
            written += Load.write(pod.resolve("limit-" + i), 8 * MIB);
        }
        assertThat(written).isBetween(40 * MIB, 128 * MIB);
        for (int i = 0; i < 20; i++) {
            Files.deleteIfExists(pod.resolve("limit-" + i));
        }
    }

    private void fill(Volume volume) throws IOException {
        uncached = scene.path("state/mounts/p1.management")
                .resolve(requireNonNull(volume.getVolumeContextMap().get("path")));
        for (int folder = 0; folder < FOLDERS; folder++) {
            Path directory = Files.createDirectory(pod.resolve("folder-" + folder));
            Files.createDirectory(directory.resolve("empty"));
            for (int i = 0; i < FILES; i++) {
                Files.writeString(directory.resolve("file-" + i), content(folder, i));
            }
            for (int i = 0; i < 5; i++) {
                Files.createLink(directory.resolve("second-" + i), directory.resolve("file-" + i));
                Files.createSymbolicLink(directory.resolve("link-" + i), Path.of("file-" + i));
            }
        }
    }

    /// Returns the number of files that were compared.
    private int check() throws IOException {
        int checked = 0;
        for (int folder = 0; folder < FOLDERS; folder++) {
            Path directory = pod.resolve("folder-" + folder);
            for (int i = 0; i < FILES; i++) {
                assertThat(Files.readString(directory.resolve("file-" + i))).isEqualTo(content(folder, i));
                checked++;
            }
            for (int i = 0; i < 5; i++) {
                assertThat(Files.readString(directory.resolve("second-" + i))).isEqualTo(content(folder, i));
                assertThat(Files.isSameFile(directory.resolve("second-" + i), directory.resolve("file-" + i)))
                        .isTrue();
                assertThat(link(directory.resolve("link-" + i))).isEqualTo(Path.of("file-" + i));
                checked++;
            }
            try (Stream<Path> listed = Files.list(directory)) {
                assertThat(listed).hasSize(FILES + 10 + 1);
            }
        }
        return checked;
    }

    /// A link that has moved is none for a client that knows where it was (decision 0031): the agent's own client,
    /// which does not, reads it then.
    private Path link(Path path) throws IOException {
        try {
            return Files.readSymbolicLink(path);
        } catch (NotLinkException e) {
            System.out.println(path.getFileName() + " has moved, and the pod's client looks where it was");
            return Files.readSymbolicLink(uncached.resolve(pod.relativize(path)));
        }
    }

    private static String content(int folder, int number) {
        return "file %02d.%04d ".formatted(folder, number).repeat(800);
    }

    /// Whole files on a brick; what points at another set is empty there.
    private long wholeFiles(String unit) throws IOException {
        Path brick = scene.path(unit).resolve("data/brick");
        try (Stream<Path> files = Files.walk(brick)) {
            return files.filter(file -> !file.startsWith(brick.resolve(".glusterfs")))
                    .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .filter(file -> file.toFile().length() > 0)
                    .count();
        }
    }
}
