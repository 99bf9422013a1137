package io.sagara.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagara.csi.v1.CapacityRange;
import io.sagara.csi.v1.CreateVolumeRequest;
import io.sagara.csi.v1.NodePublishVolumeRequest;
import io.sagara.csi.v1.NodeStageVolumeRequest;
import io.sagara.csi.v1.Snapshot;
import io.sagara.csi.v1.Volume;
import io.sagara.csi.v1.VolumeCapability;
import io.sagara.csi.v1.VolumeContentSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Snapshots, and copies of block volumes, on real GlusterFS.
class SnapshotIT {
    private static final long MIB = Scene.MIB;
    private static final VolumeCapability.AccessMode MODE = VolumeCapability.AccessMode.newBuilder()
            .setMode(VolumeCapability.AccessMode.Mode.SINGLE_NODE_WRITER)
            .build();
    private static final VolumeCapability MOUNT = VolumeCapability.newBuilder()
            .setMount(VolumeCapability.MountVolume.getDefaultInstance())
            .setAccessMode(MODE)
            .build();
    private static final VolumeCapability DEVICE = VolumeCapability.newBuilder()
            .setBlock(VolumeCapability.BlockVolume.getDefaultInstance())
            .setAccessMode(MODE)
            .build();

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
    void aSnapshotOutlivesItsSourceAndACrashAndVolumesBeginWithIt() throws Exception {
        Standalone sagara = scene.up("state", scene.yaml(Scene.replica1("p1", "path: " + scene.newDirectory("d"))));
        CsiClient csi = scene.csi(sagara);
        Volume source = csi.create("source", "p1", 64 * MIB);
        Path pod = scene.path("pod-source");
        csi.publish(source, scene.newDirectory("staging-source"), pod);
        Load.write(pod.resolve("data"), 8 * MIB);

        Snapshot snapshot = csi.snapshot("source", "snap");
        assertThat(snapshot.getReadyToUse()).isTrue();
        assertThat(snapshot.getSizeBytes()).isEqualTo(64 * MIB);
        assertThat(csi.snapshot("source", "snap")).isEqualTo(snapshot);
        assertThatThrownBy(() -> csi.snapshot("source", "source")).hasMessageContaining("ALREADY_EXISTS");
        assertThatThrownBy(() -> csi.create("snap", "p1", 64 * MIB)).hasMessageContaining("ALREADY_EXISTS");
        assertThatThrownBy(() -> csi.expand("snap", 128 * MIB)).hasMessageContaining("NOT_FOUND");
        Files.delete(pod.resolve("data"));
        csi.unpublish("source", pod);
        csi.unstage("source", scene.path("staging-source"));
        csi.delete("source");
        csi.delete("snap");
        assertThat(csi.list()).isEmpty();

        sagara.kill();
        sagara.restart();
        assertThat(csi.snapshots()).containsExactly(snapshot);
        assertThatThrownBy(() -> csi.restore("snap", "small", 32 * MIB)).hasMessageContaining("OUT_OF_RANGE");
        Volume restored = csi.restore("snap", "restored", 96 * MIB);
        assertThat(csi.restore("snap", "restored", 96 * MIB)).isEqualTo(restored);
        csi.deleteSnapshot("snap");
        csi.deleteSnapshot("snap");
        assertThat(csi.snapshots()).isEmpty();
        assertThatThrownBy(() -> csi.restore("snap", "late", 96 * MIB)).hasMessageContaining("NOT_FOUND");

        Path other = scene.path("pod-restored");
        csi.publish(restored, scene.newDirectory("staging-restored"), other);
        Load.verify(other.resolve("data"), 8 * MIB);
        assertThat(Files.getFileStore(other).getTotalSpace()).isEqualTo(96 * MIB);
        csi.unpublish("restored", other);
        csi.unstage("restored", scene.path("staging-restored"));
    }

    @Test
    void aFileSystemInAFileIsCopiedWhileNoNodeHasItAndBothAreMountedBesideEachOther() throws Exception {
        Standalone sagara = scene.up("state", scene.yaml(Scene.replica1("p1", "path: " + scene.newDirectory("d"))));
        CsiClient csi = scene.csi(sagara);
        Volume source = create(csi, "source", MOUNT, 400 * MIB, VolumeContentSource.getDefaultInstance());
        publish(csi, source, MOUNT);
        Load.write(pod("source").resolve("data"), 32 * MIB);
        assertThatThrownBy(() -> csi.snapshot("source", "snap"))
                .hasMessageContaining("FAILED_PRECONDITION")
                .hasMessageContaining("end its pods");
        assertThatThrownBy(() -> create(csi, "clone", MOUNT, 400 * MIB, volume("source")))
                .hasMessageContaining("FAILED_PRECONDITION");
        takeAway(csi, "source");

        csi.snapshot("source", "snap");
        Volume clone = create(csi, "clone", MOUNT, 800 * MIB, volume("source"));
        Volume restored = create(csi, "restored", MOUNT, 400 * MIB, snapshot("snap"));
        for (Volume each : new Volume[] {source, clone, restored}) {
            publish(csi, each, MOUNT);
            Load.verify(pod(each.getVolumeId()).resolve("data"), 32 * MIB);
        }
        assertThat(Files.getFileStore(pod("clone")).getTotalSpace()).isBetween(700 * MIB, 800 * MIB);
        assertThat(Files.getFileStore(pod("restored")).getTotalSpace()).isBetween(300 * MIB, 400 * MIB);
        Load.write(pod("clone").resolve("more"), 500 * MIB);
        assertThat(pod("source").resolve("more")).doesNotExist();
        for (String each : new String[] {"source", "clone", "restored"}) {
            takeAway(csi, each);
            csi.delete(each);
        }
        csi.deleteSnapshot("snap");
    }

    @Test
    void aBlockDeviceIsCopied() throws Exception {
        Standalone sagara = scene.up("state", scene.yaml(Scene.replica1("p1", "path: " + scene.newDirectory("d"))));
        CsiClient csi = scene.csi(sagara);
        Volume source = create(csi, "source", DEVICE, 64 * MIB, VolumeContentSource.getDefaultInstance());
        publish(csi, source, DEVICE);
        Load.write(pod("source"), 16 * MIB);
        takeAway(csi, "source");
        csi.snapshot("source", "snap");
        assertThatThrownBy(() -> csi.restore("snap", "directory", 64 * MIB)).hasMessageContaining("INVALID_ARGUMENT");
        Volume restored = create(csi, "restored", DEVICE, 128 * MIB, snapshot("snap"));
        publish(csi, restored, DEVICE);
        Load.verify(pod("restored"), 16 * MIB);
        takeAway(csi, "restored");
    }

    private Path pod(String volume) {
        return scene.path("pod-" + volume);
    }

    private static VolumeContentSource volume(String id) {
        return VolumeContentSource.newBuilder()
                .setVolume(VolumeContentSource.VolumeSource.newBuilder().setVolumeId(id))
                .build();
    }

    private static VolumeContentSource snapshot(String id) {
        return VolumeContentSource.newBuilder()
                .setSnapshot(VolumeContentSource.SnapshotSource.newBuilder().setSnapshotId(id))
                .build();
    }

    private static Volume create(
            CsiClient csi, String name, VolumeCapability as, long bytes, VolumeContentSource source) {
        CreateVolumeRequest.Builder request = CreateVolumeRequest.newBuilder()
                .setName(name)
                .setCapacityRange(CapacityRange.newBuilder().setRequiredBytes(bytes))
                .addVolumeCapabilities(as)
                .putParameters("storage_name", "p1")
                .putParameters("pv_type", "Block");
        if (source.getTypeCase() != VolumeContentSource.TypeCase.TYPE_NOT_SET) {
            request.setVolumeContentSource(source);
        }
        return csi.controller().createVolume(request.build()).getVolume();
    }

    private void publish(CsiClient csi, Volume volume, VolumeCapability as) throws IOException {
        Path staging = scene.newDirectory("staging-" + volume.getVolumeId());
        var _ = csi.node()
                .nodeStageVolume(NodeStageVolumeRequest.newBuilder()
                        .setVolumeId(volume.getVolumeId())
                        .setStagingTargetPath(staging.toString())
                        .setVolumeCapability(as)
                        .putAllVolumeContext(volume.getVolumeContextMap())
                        .build());
        var _ = csi.node()
                .nodePublishVolume(NodePublishVolumeRequest.newBuilder()
                        .setVolumeId(volume.getVolumeId())
                        .setStagingTargetPath(staging.toString())
                        .setTargetPath(pod(volume.getVolumeId()).toString())
                        .setVolumeCapability(as)
                        .putAllVolumeContext(volume.getVolumeContextMap())
                        .build());
    }

    private void takeAway(CsiClient csi, String volume) {
        csi.unpublish(volume, pod(volume));
        csi.unstage(volume, scene.path("staging-" + volume));
    }
}
