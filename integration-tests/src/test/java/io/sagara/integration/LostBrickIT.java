package io.sagara.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagara.api.v1.BrickStatus;
import io.sagara.api.v1.PoolPhase;
import io.sagara.api.v1.PoolStatus;
import io.sagara.csi.v1.Volume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A node starts, and a disk is not there: what its mount point shows instead is never taken for the brick.
class LostBrickIT {
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
    void anEmptyDirectoryInPlaceOfTheOnlyBrickIsRefusedUntilTheBrickIsBack() throws Exception {
        Path storage = scene.newDirectory("d");
        Standalone sagara = scene.up("state", scene.yaml(Scene.replica1("p1", "path: " + storage)));
        Path pod = scene.path("pod");
        try (CsiClient csi = new CsiClient(sagara.csiSocket())) {
            Volume volume = csi.create("pvc-1", "p1", 64 * MIB);
            csi.publish(volume, scene.newDirectory("staging"), pod);
            Load.write(pod.resolve("kept"), 8 * MIB);
            csi.unpublish("pvc-1", pod);
            csi.unstage("pvc-1", scene.path("staging"));
        }
        assertThat(sagara.sagara("down").exitCode()).isZero();
        Files.move(storage.resolve("data"), scene.path("unmounted"));

        sagara.restart();
        PoolStatus lost = sagara.pool("p1");
        assertThat(lost.getPhase()).isEqualTo(PoolPhase.FAILED);
        assertThat(lost.getMessage()).contains("holds no brick", "mount its file system");
        assertThat(storage).isEmptyDirectory();

        Files.move(scene.path("unmounted"), storage.resolve("data"));
        Await.until("the pool is back", () -> sagara.pool("p1"), pool -> pool.getPhase() == PoolPhase.READY);
        CsiClient csi = scene.csi(sagara);
        assertThat(csi.list()).containsExactly("pvc-1");
        csi.publish(csi.create("pvc-1", "p1", 64 * MIB), scene.path("staging"), pod);
        Load.verify(pod.resolve("kept"), 8 * MIB);
        csi.unpublish("pvc-1", pod);
        csi.unstage("pvc-1", scene.path("staging"));
    }

    @Test
    void aPoolWithCopiesIsServedWithoutABrickAndHealsItWhenItIsBack() throws Exception {
        Standalone sagara = scene.up("state", scene.yaml(scene.pool("type: Replica3", 3)));
        try (CsiClient csi = new CsiClient(sagara.csiSocket())) {
            var _ = csi.create("pvc-1", "p1", 64 * MIB);
        }
        assertThat(sagara.sagara("down").exitCode()).isZero();
        Files.move(scene.path("d1").resolve("data"), scene.path("unmounted"));

        sagara.restart();
        PoolStatus lacking = sagara.pool("p1");
        assertThat(lacking.getPhase()).as(lacking.getMessage()).isEqualTo(PoolPhase.DEGRADED);
        assertThat(lacking.getMessage()).contains("unit 1", "holds no brick");
        CsiClient csi = scene.csi(sagara);
        Volume volume = csi.create("pvc-1", "p1", 64 * MIB);
        Path pod = scene.path("pod");
        csi.publish(volume, scene.newDirectory("staging"), pod);
        Load.write(pod.resolve("meanwhile"), 8 * MIB);
        assertThat(pending(sagara)).isPositive();

        Files.move(scene.path("unmounted"), scene.path("d1").resolve("data"));
        Await.until(
                "the brick serves again",
                () -> sagara.pool("p1").getBricks(1),
                brick -> brick.getState().equals("RUNNING"));
        Await.until("it is healed", () -> pending(sagara), count -> count == 0);
        Path healed = scene.path("d1").resolve("data/brick").resolve(volume.getVolumeContextOrThrow("path"));
        Load.verify(healed.resolve("meanwhile"), 8 * MIB);
        csi.unpublish("pvc-1", pod);
        csi.unstage("pvc-1", scene.path("staging"));
    }

    @Test
    void aPoolIsErasedThoughOneOfItsBricksIsLost() throws Exception {
        Standalone sagara = scene.up("state", scene.yaml(scene.pool("type: Replica2", 2)));
        assertThat(sagara.sagara("down").exitCode()).isZero();
        Traces.remove(scene.path("d1").resolve("data"));
        sagara.restart();
        Shell.Result down = sagara.sagara("down", "--purge");
        assertThat(down.output()).contains("unit 1", "holds no brick");
        assertThat(down.exitCode()).as(down.output()).isZero();
        assertThat(scene.path("d0").resolve("data")).doesNotExist();
    }

    private static long pending(Standalone sagara) {
        return sagara.pool("p1").getBricksList().stream()
                .mapToLong(BrickStatus::getPendingHeals)
                .sum();
    }
}
