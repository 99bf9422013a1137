package io.sagara.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.sagara.api.v1.PoolPhase;
import io.sagara.csi.v1.Volume;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The main job through the sockets and files a user sees: a pool from YAML, a volume through CSI, on real
/// GlusterFS.
class MainJobIT {
    private static final long MIB = Scene.MIB;

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

    @Test
    void aVolumeIsCreatedPublishedLimitedExpandedAndDeleted() throws Exception {
        Standalone sagara = scene.up("state", scene.yaml(Scene.replica1("p1", "path: " + scene.newDirectory("d"))));
        CsiClient csi = scene.csi(sagara);
        Volume volume = csi.create("pvc-1", "p1", 64 * MIB);
        Path pod = scene.path("pod");
        csi.publish(volume, scene.newDirectory("staging"), pod);

        assertThat(Files.getFileStore(pod).getTotalSpace()).isEqualTo(64 * MIB);
        long written = Load.write(pod.resolve("a"), 128 * MIB);
        // what stock quota lets through beyond the limit with both timeouts 0, one writer
        assertThat(written).isBetween(60 * MIB, 72 * MIB);
        Load.verify(pod.resolve("a"), written);
        assertThatThrownBy(() -> Files.write(pod.resolve("b"), new byte[(int) MIB]))
                .isInstanceOf(FileSystemException.class);

        csi.expand("pvc-1", 128 * MIB);
        assertThat(Load.write(pod.resolve("c"), 32 * MIB)).isEqualTo(32 * MIB);
        assertThat(Files.getFileStore(pod).getTotalSpace()).isEqualTo(128 * MIB);
        assertThat(csi.stats("pvc-1", pod).getUsage(0).getTotal()).isEqualTo(128 * MIB);

        csi.unpublish("pvc-1", pod);
        assertThat(pod).doesNotExist();
        csi.unstage("pvc-1", scene.path("staging"));
        csi.delete("pvc-1");
        assertThat(csi.list()).isEmpty();
    }

    @Test
    void requestsMayBeRepeatedAndContradictionsAreRefused() throws Exception {
        Standalone sagara = scene.up("state", scene.yaml(Scene.replica1("p1", "path: " + scene.newDirectory("d"))));
        CsiClient csi = scene.csi(sagara);
        Volume first = csi.create("pvc-1", "p1", 8 * MIB);
        assertThat(csi.create("pvc-1", "p1", 8 * MIB)).isEqualTo(first);
        assertCode(Status.Code.ALREADY_EXISTS, () -> csi.create("pvc-1", "p1", 16 * MIB));
        Path pod = scene.path("pod");
        csi.publish(first, scene.newDirectory("staging"), pod);
        csi.publish(first, scene.path("staging"), pod);
        assertThat(Traces.mounts(pod)).hasSize(1);
        csi.unpublish("pvc-1", pod);
        csi.unpublish("pvc-1", pod);
        csi.unstage("pvc-1", scene.path("staging"));
        csi.unstage("pvc-1", scene.path("staging"));
        csi.delete("pvc-1");
        csi.delete("pvc-1");
        assertCode(Status.Code.NOT_FOUND, () -> csi.expand("pvc-1", 32 * MIB));
        assertCode(Status.Code.NOT_FOUND, () -> csi.publish(first, scene.path("staging"), pod));
        assertThat(pod).doesNotExist();
    }

    @Test
    void theWrittenLayoutIsKadalus() throws Exception {
        Path storage = scene.newDirectory("d");
        Standalone sagara = scene.up("state", scene.yaml(Scene.replica1("p1", "path: " + storage)));
        CsiClient csi = scene.csi(sagara);
        var _ = csi.create("pvc-1", "p1", 8 * MIB);
        // xxh64("pvc-1") computed with xxhsum -H64
        String hash = Shell.check("sh", "-c", "printf pvc-1 | xxhsum -H64 2>/dev/null || true")
                .strip();
        Path brick = storage.resolve("data/brick");
        if (!hash.isEmpty()) {
            String bucket = hash.substring(0, 2) + "/" + hash.substring(2, 4);
            assertThat(brick.resolve("subvol/" + bucket + "/pvc-1")).isDirectory();
            assertThat(brick.resolve("info/subvol/" + bucket + "/pvc-1.json"))
                    .content()
                    .contains("\"size\": " + 8 * MIB)
                    .contains("\"path_prefix\": \"subvol/" + bucket + "\"");
        }
        if (Scene.installed("sqlite3")) {
            assertThat(Shell.check(
                                    "sqlite3",
                                    sagara.state()
                                            .resolve("mounts/p1.management/stat.db")
                                            .toString(),
                                    "select count(pvname), sum(size) from pv_stats")
                            .strip())
                    .isEqualTo("1|" + 8 * MIB);
        }
        csi.delete("pvc-1");
    }

    @Test
    void statusSaysWhatIsThere() throws Exception {
        Path disk = scene.newDisk("disk.img", "1G");
        Standalone sagara = scene.up(
                "state",
                scene.yaml(
                        Scene.replica1("on-path", "path: " + scene.newDirectory("d")),
                        Scene.replica1("on-disk", "device: " + disk)));
        assertThat(sagara.pool("on-path").getPhase()).isEqualTo(PoolPhase.READY);
        Shell.Result table = sagara.sagara("status");
        assertThat(table.exitCode()).as(table.output()).isZero();
        assertThat(table.output()).contains("on-path", "on-disk", "RUNNING", disk.toString());
        Shell.Result json = sagara.sagara("status", "-o", "json");
        assertThat(json.exitCode()).isZero();
        assertThat(json.output()).contains("\"READY\"", "on-path");
    }

    @Test
    void aDeviceKeepsItsDataOverDownAndUp() throws Exception {
        Path yaml = scene.yaml(Scene.replica1("p1", "device: " + scene.newDisk("disk.img", "1G")));
        Standalone sagara = scene.up("state", yaml);
        Path pod = scene.path("pod");
        try (CsiClient csi = new CsiClient(sagara.csiSocket())) {
            Volume volume = csi.create("pvc-1", "p1", 64 * MIB);
            csi.publish(volume, scene.newDirectory("staging"), pod);
            Load.write(pod.resolve("a"), 16 * MIB);
            csi.unpublish("pvc-1", pod);
            csi.unstage("pvc-1", scene.path("staging"));
        }
        assertThat(sagara.sagara("down").exitCode()).isZero();
        assertThat(Traces.processes(scene.path("state"))).isEmpty();
        assertThat(Traces.mounts(scene.path("state"))).isEmpty();
        sagara.restart();
        CsiClient csi = scene.csi(sagara);
        assertThat(csi.list()).containsExactly("pvc-1");
        Volume volume = csi.create("pvc-1", "p1", 64 * MIB);
        csi.publish(volume, scene.path("staging"), pod);
        Load.verify(pod.resolve("a"), 16 * MIB);
        csi.unpublish("pvc-1", pod);
        csi.unstage("pvc-1", scene.path("staging"));
    }

    @Test
    void twoAgentsOnOneMachineDoNotMeet() throws Exception {
        Standalone one = scene.up("state", scene.yaml(Scene.replica1("p1", "path: " + scene.newDirectory("d1"))));
        Standalone two = scene.up("state2", scene.yaml(Scene.replica1("p1", "path: " + scene.newDirectory("d2"))));
        CsiClient first = scene.csi(one);
        CsiClient second = scene.csi(two);
        Volume here = first.create("pvc-1", "p1", 8 * MIB);
        Volume there = second.create("pvc-1", "p1", 16 * MIB);
        first.publish(here, scene.newDirectory("s1"), scene.path("pod1"));
        second.publish(there, scene.newDirectory("s2"), scene.path("pod2"));
        assertThat(Load.write(scene.path("pod1").resolve("a"), 64 * MIB)).isLessThan(16 * MIB);
        assertThat(Load.write(scene.path("pod2").resolve("a"), 12 * MIB)).isEqualTo(12 * MIB);
        first.unpublish("pvc-1", scene.path("pod1"));
        second.unpublish("pvc-1", scene.path("pod2"));
        first.unstage("pvc-1", scene.path("s1"));
        second.unstage("pvc-1", scene.path("s2"));
        first.delete("pvc-1");
        assertThat(second.list()).containsExactly("pvc-1");
    }

    private static void assertCode(Status.Code code, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(code));
    }
}
