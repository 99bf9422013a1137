package io.sagara.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.grpc.Status;
import io.sagara.api.v1.PoolPhase;
import io.sagara.csi.v1.NodeGetVolumeStatsResponse;
import io.sagara.csi.v1.Volume;
import io.sagara.csi.v1.VolumeUsage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A limit is a limit: whatever dies, whoever writes, and however it is attacked from inside of a pod.
// each test sets the rest by start()
@SuppressWarnings("NullAway.Init")
class QuotaTruthIT {
    private static final long MIB = Scene.MIB;
    private static final long SIZE = 64 * MIB;
    /// What four writers on two clients may write beyond a limit: what is on its way to the bricks when the limit
    /// is reached.
    private static final long BOUND = 16 * MIB;

    private Scene scene;
    private Standalone sagara;
    private CsiClient csi;
    private Volume volume;
    private Path pod;

    @BeforeEach
    void open() throws IOException {
        scene = new Scene();
    }

    @AfterEach
    void close() throws Exception {
        if (scene != null) {
            if (pod != null) {
                csi.unpublish("pvc-1", pod);
                csi.unstage("pvc-1", scene.path("staging"));
            }
            scene.close();
        }
    }

    private void start(String type) throws IOException {
        int units = type.startsWith("Replica1") ? 1 : 3;
        sagara = scene.up("state", scene.yaml(scene.pool("type: " + type, units)));
        csi = scene.csi(sagara);
        volume = csi.create("pvc-1", "p1", SIZE);
        csi.publish(volume, scene.newDirectory("staging"), scene.path("pod"));
        pod = scene.path("pod");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Replica1", "Replica3", "Disperse\n  disperse:\n    data: 2\n    redundancy: 1"})
    void writersOnTwoClientsStopAtTheLimitThoughBricksAndQuotadDie(String type) throws Exception {
        if (!type.equals("Replica1")) {
            LongTests.only();
        }
        start(type);
        Path other = secondClient();
        List<GreedyWriter> writers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            writers.add(scene.keep(new GreedyWriter(pod.resolve("one-" + i))));
            writers.add(scene.keep(new GreedyWriter(other.resolve("two-" + i))));
        }
        for (String victim : List.of("--volfile-id p1.brick-0", "--process-name quotad", "--volfile-id p1.brick-0")) {
            long before = written(writers);
            Await.until("something is written", () -> written(writers), now -> now > before + 2 * MIB || full(writers));
            kill(victim);
            // a killed brick is started again at once, but on a slow disk its clients take their time
            Await.until(
                    Duration.ofMinutes(2),
                    "all processes run",
                    () -> sagara.pool("p1"),
                    status -> status.getPhase() == PoolPhase.READY);
        }
        for (GreedyWriter writer : writers) {
            writer.awaitFull();
            System.out.println(type.lines().findFirst().orElseThrow() + ": " + writer.told());
        }
        Await.until("the volume can be read", () -> readable(pod), ok -> ok);
        long real = real(pod);
        System.out.printf("%d MiB of %d MiB%n", real / MIB, SIZE / MIB);
        assertThat(real).isBetween(SIZE / 4, SIZE + BOUND);
        if (!type.startsWith("Disperse")) {
            // there, what single bricks have taken of writes that failed counts, too, until the files are removed
            agree(real);
        }

        for (String name : List.of("one-0", "one-1", "two-0", "two-1")) {
            // one that began late may have found the volume full
            Files.deleteIfExists(pod.resolve(name));
        }
        agree(0);
        assertThat(Load.write(pod.resolve("again"), 2 * SIZE)).isBetween(SIZE - 2 * MIB, SIZE + BOUND);
    }

    @Test
    void aBrickThatHasMiscountedCountsAnew() throws Exception {
        start("Replica1");
        Files.createDirectories(pod.resolve("a/b"));
        Load.write(pod.resolve("a/b/file"), 20 * MIB);
        agree(20 * MIB);
        Path brick = scene.path("d0/data/brick").resolve(volume.getVolumeContextOrThrow("path"));
        try (HeldDown away = new HeldDown(sagara, "p1", Set.of(0))) {
            // as a brick leaves it that is killed between two of the attributes which one change sets
            for (Path wrong : List.of(brick, brick.resolve("a"), brick.resolve("a/b"))) {
                Shell.check(
                        "setfattr",
                        "-n",
                        "trusted.glusterfs.quota.size.1",
                        "-v",
                        "0x0000000000100000" + "0000000000000001" + "0000000000000001",
                        wrong.toString());
            }
            away.release();
        }
        Await.until(
                Duration.ofMinutes(2),
                "the directories are counted anew",
                () -> used(csi.stats("pvc-1", pod)),
                used -> used == 20 * MIB);
        assertThat(sagara.pool("p1").getDirectoriesRecounted()).isPositive();
        agree(20 * MIB);
    }

    @Test
    void withoutQuotadNoVolumeIsMadeAndNothingIsWrittenBeyondALimit() throws Exception {
        start("Replica1");
        Path socket = sagara.state().resolve("run/p1/gluster/quotad.socket");
        try (GreedyWriter writer = new GreedyWriter(pod.resolve("file"))) {
            Await.until("something is written", writer::written, now -> now > 2 * MIB);
            // nobody can listen there
            Files.delete(socket);
            Files.createDirectory(socket);
            kill("--process-name quotad");
            Await.until("the pool says so", () -> sagara.pool("p1").getPhase(), phase -> phase == PoolPhase.FAILED);
            long start = System.nanoTime();
            assertThatThrownBy(() -> csi.create("pvc-2", "p1", SIZE))
                    .extracting(failure -> Status.fromThrowable(failure).getCode())
                    .isEqualTo(Status.Code.UNAVAILABLE);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(40));
            Files.delete(socket);
            writer.awaitFull();
            System.out.println("without quotad: " + writer.told());
        }
        assertThat(real(pod)).isBetween(SIZE / 2, SIZE + BOUND);
        Await.until("the pool is well", () -> sagara.pool("p1").getPhase(), phase -> phase == PoolPhase.READY);
        csi.create("pvc-2", "p1", SIZE);
        csi.delete("pvc-2");
    }

    @Test
    void whoRunsInAPodCannotChangeWhatAVolumeMayHold() throws Exception {
        assumeTrue(Scene.installed("capsh"), "SKIPPED: capsh is not installed");
        start("Replica1");
        // what is above the pod is private to root
        Files.setPosixFilePermissions(scene.path(""), PosixFilePermissions.fromString("rwxr-xr-x"));
        Path own = Files.createDirectory(pod.resolve("own"));
        Load.write(own.resolve("file"), 20 * MIB);
        Shell.check("chown", "-R", "1000:1000", own.toString(), pod.toString());
        for (String attribute : List.of(
                "trusted.glusterfs.quota.limit-set",
                "trusted.glusterfs.quota.limit-set.1",
                "trusted.glusterfs.quota.size",
                "trusted.glusterfs.quota.size.1",
                "trusted.glusterfs.quota.dirty",
                "trusted.anything",
                "glusterfs.quota-xattr-cleanup",
                "glusterfs.quota.disable-check")) {
            for (Path target : List.of(pod, own, own.resolve("file"))) {
                for (String change : List.of("-v 0x0000010000000000ffffffffffffffff -n ", "-x ")) {
                    asTenants("setfattr " + change + attribute + " " + target, attribute.startsWith("trusted."));
                }
            }
        }
        agree(20 * MIB);
        asTenants("fallocate --keep-size --length 30M " + own.resolve("file"), true);
        asTenants("fallocate --zero-range --keep-size --length 30M " + own.resolve("file"), true);
        Load.write(own.resolve("more"), 2 * SIZE);
        assertThat(real(pod)).isLessThan(SIZE + BOUND);
        assertThat(blocks(scene.path("d0"))).isLessThan(SIZE + BOUND);
        agree(real(pod));
    }

    /// As user 1000, as root without CAP_SYS_ADMIN, and as root of a user namespace. `refused`: each must fail.
    private static void asTenants(String command, boolean refused) {
        for (List<String> who : List.of(
                List.of("setpriv", "--reuid", "1000", "--regid", "1000", "--clear-groups", "sh", "-c"),
                List.of("capsh", "--drop=cap_sys_admin", "--", "-c"),
                List.of("unshare", "--user", "--map-root-user", "--mount", "sh", "-c"))) {
            List<String> argv = new ArrayList<>(who);
            argv.add(command);
            Shell.Result result = Shell.run(Duration.ofSeconds(20), argv);
            if (refused) {
                assertThat(result.exitCode()).as(argv + ": " + result.output()).isNotZero();
            }
        }
    }

    /// What is there, df, NodeGetVolumeStats and the ledger say the same.
    private void agree(long held) throws Exception {
        // df shows no more than the limit
        long used = Math.min(held, SIZE);
        long slack = 2 * MIB;
        Await.until("stats say " + used, () -> used(csi.stats("pvc-1", pod)), now -> Math.abs(now - used) < slack);
        VolumeUsage stats = csi.stats("pvc-1", pod).getUsageList().stream()
                .filter(usage -> usage.getUnit() == VolumeUsage.Unit.BYTES)
                .findFirst()
                .orElseThrow();
        FileStore df = Files.getFileStore(pod);
        assertThat(stats.getTotal()).isEqualTo(SIZE).isEqualTo(df.getTotalSpace());
        assertThat(Math.abs(stats.getAvailable() - df.getUsableSpace())).isLessThan(slack);
        assertThat(Math.abs(Math.max(0, SIZE - used) - df.getUsableSpace())).isLessThan(slack);
        assertThat(sagara.pool("p1").getPromisedBytes()).isEqualTo(SIZE);
        assertThat(Shell.check(
                                "sqlite3",
                                "-readonly",
                                sagara.state()
                                        .resolve("mounts/p1.management/stat.db")
                                        .toString(),
                                "SELECT sum(size) FROM pv_stats")
                        .strip())
                .isEqualTo(String.valueOf(SIZE));
    }

    private static long used(NodeGetVolumeStatsResponse stats) {
        return stats.getUsageList().stream()
                .filter(usage -> usage.getUnit() == VolumeUsage.Unit.BYTES)
                .mapToLong(VolumeUsage::getUsed)
                .sum();
    }

    /// The lengths of all files together.
    private static long real(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }

    private static boolean readable(Path directory) {
        try {
            return real(directory) >= 0;
        } catch (IOException | UncheckedIOException e) {
            return false;
        }
    }

    /// What a directory takes on the disk, preallocated space too.
    private static long blocks(Path directory) {
        return Long.parseLong(
                Shell.check("du", "-s", "-B1", directory.toString()).split("\t", -1)[0]);
    }

    private static long written(List<GreedyWriter> writers) {
        return writers.stream().mapToLong(GreedyWriter::written).sum();
    }

    private static boolean full(List<GreedyWriter> writers) {
        return written(writers) > SIZE / 2;
    }

    private void kill(String argument) {
        kill(sagara.state(), argument);
    }

    private static void kill(Path named, String argument) {
        for (long pid : Traces.processes(named)) {
            if (Traces.commandLine(pid).contains(argument)) {
                ProcessHandle.of(pid).ifPresent(process -> {
                    process.destroyForcibly();
                    process.onExit().join();
                });
            }
        }
    }

    /// The volume as another node would see it: through a client process of its own.
    private Path secondClient() throws IOException {
        Path mount = scene.newDirectory("other");
        Shell.check(
                "glusterfs",
                "--volfile-id",
                "p1",
                "-l",
                scene.path("other.log").toString(),
                "-s",
                sagara.state().resolve("volfiles.sock").toString(),
                "--volfile-server-transport",
                "unix",
                mount.toString());
        scene.keep(() -> {
            Shell.check("umount", "--lazy", mount.toString());
            // it is this test's own and need not end in good order
            kill(scene.path("other.log"), "--volfile-id p1");
        });
        return mount.resolve(volume.getVolumeContextOrThrow("path"));
    }
}
