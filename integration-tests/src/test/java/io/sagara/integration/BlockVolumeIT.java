package io.sagara.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.sagara.csi.v1.CapacityRange;
import io.sagara.csi.v1.ControllerExpandVolumeRequest;
import io.sagara.csi.v1.CreateVolumeRequest;
import io.sagara.csi.v1.NodeExpandVolumeRequest;
import io.sagara.csi.v1.NodePublishVolumeRequest;
import io.sagara.csi.v1.NodeStageVolumeRequest;
import io.sagara.csi.v1.Volume;
import io.sagara.csi.v1.VolumeCapability;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Block volumes through CSI on real GlusterFS and real loop devices, on one node.
class BlockVolumeIT {
    private static final long MIB = Scene.MIB;
    private static final VolumeCapability MOUNT = VolumeCapability.newBuilder()
            .setMount(VolumeCapability.MountVolume.getDefaultInstance())
            .setAccessMode(mode())
            .build();
    private static final VolumeCapability DEVICE = VolumeCapability.newBuilder()
            .setBlock(VolumeCapability.BlockVolume.getDefaultInstance())
            .setAccessMode(mode())
            .build();

    private Scene scene;

    private static VolumeCapability.AccessMode mode() {
        return VolumeCapability.AccessMode.newBuilder()
                .setMode(VolumeCapability.AccessMode.Mode.SINGLE_NODE_WRITER)
                .build();
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

    @Test
    void aFileSystemInAFileIsWrittenGrownKeptOverACrashAndLeavesNoLoopDevice() throws Exception {
        Standalone sagara = scene.up("state", scene.yaml(Scene.replica1("p1", "path: " + scene.newDirectory("d"))));
        CsiClient csi = scene.csi(sagara);
        Volume volume = create(csi, "pvc-1", MOUNT, 400 * MIB);
        assertThat(create(csi, "pvc-1", MOUNT, 400 * MIB)).isEqualTo(volume);
        assertThat(volume.getVolumeContextMap()).containsEntry("pvtype", "virtblock");
        assertThat(volume.getVolumeContextOrThrow("path")).matches("virtblock/[0-9a-f]{2}/[0-9a-f]{2}/pvc-1");
        Path pod = scene.path("pod");
        publish(csi, volume, MOUNT, pod);
        publish(csi, volume, MOUNT, pod);
        assertThat(Traces.mounts(pod)).singleElement().asString().contains(" xfs ");
        Load.write(pod.resolve("a"), 32 * MIB);
        assertThat(csi.stats("pvc-1", pod).getVolumeCondition().getAbnormal()).isFalse();

        expand(csi, volume, pod, 800 * MIB);
        assertThat(Files.getFileStore(pod).getTotalSpace()).isBetween(700 * MIB, 800 * MIB);

        sagara.kill();
        sagara.restart();
        Load.verify(pod.resolve("a"), 32 * MIB);
        Load.write(pod.resolve("b"), 32 * MIB);
        assertThat(csi.stats("pvc-1", pod).getVolumeCondition().getAbnormal()).isFalse();
        publish(csi, volume, MOUNT, pod);
        csi.unpublish("pvc-1", pod);
        assertThat(pod).doesNotExist();
        assertCode(Status.Code.FAILED_PRECONDITION, () -> csi.delete("pvc-1"));
        csi.unstage("pvc-1", scene.path("staging"));
        awaitNoLoop();

        publish(csi, volume, MOUNT, pod);
        Load.verify(pod.resolve("a"), 32 * MIB);
        Load.verify(pod.resolve("b"), 32 * MIB);
        takeAway(csi, pod);
        csi.delete("pvc-1");
        assertThat(csi.list()).isEmpty();
    }

    @Test
    void aBlockDeviceIsWrittenGrownKeptOverACrashAndLeavesNoLoopDevice() throws Exception {
        Standalone sagara = scene.up("state", scene.yaml(Scene.replica1("p1", "path: " + scene.newDirectory("d"))));
        CsiClient csi = scene.csi(sagara);
        Volume volume = create(csi, "pvc-1", DEVICE, 64 * MIB);
        assertThat(volume.getVolumeContextMap()).containsEntry("pvtype", "rawblock");
        Path pod = scene.path("pod");
        publish(csi, volume, DEVICE, pod);
        publish(csi, volume, DEVICE, pod);
        assertThat(size(pod)).isEqualTo(64 * MIB);
        Load.write(pod, 32 * MIB);

        sagara.kill();
        sagara.restart();
        Load.verify(pod, 32 * MIB);
        expand(csi, volume, pod, 128 * MIB);
        assertThat(size(pod)).isEqualTo(128 * MIB);
        assertThat(csi.stats("pvc-1", pod).getUsage(0).getTotal()).isEqualTo(128 * MIB);
        takeAway(csi, pod);
        assertThat(pod).doesNotExist();
        awaitNoLoop();

        publish(csi, volume, DEVICE, pod);
        Load.verify(pod, 32 * MIB);
        takeAway(csi, pod);
        csi.delete("pvc-1");
    }

    @Test
    void aDeadClientIsTellableAndStagingAnewBringsTheVolumeBack() throws Exception {
        Standalone sagara = scene.up("state", scene.yaml(Scene.replica1("p1", "path: " + scene.newDirectory("d"))));
        CsiClient csi = scene.csi(sagara);
        Volume volume = create(csi, "pvc-1", MOUNT, 400 * MIB);
        Path pod = scene.path("pod");
        publish(csi, volume, MOUNT, pod);
        Load.write(pod.resolve("a"), 16 * MIB);
        long client = sagara.pool("p1").getProcessesList().stream()
                .filter(process -> process.getRole().equals("client"))
                .findFirst()
                .orElseThrow()
                .getPid();
        ProcessHandle.of(client).orElseThrow().destroyForcibly();
        String told = Await.until(
                        "the condition to be abnormal",
                        () -> csi.stats("pvc-1", pod).getVolumeCondition(),
                        condition -> condition.getAbnormal()
                                && condition.getMessage().contains("Delete its pods"))
                .getMessage();
        assertThat(told).contains("staged anew");
        takeAway(csi, pod);
        awaitNoLoop();
        publish(csi, volume, MOUNT, pod);
        Load.verify(pod.resolve("a"), 16 * MIB);
        takeAway(csi, pod);
    }

    @Test
    void aFullPoolFailsTheWriterAndKeepsTheFileSystem() throws Exception {
        Path disk = scene.newDisk("disk.img", "1G");
        Standalone sagara = scene.up("state", scene.yaml(Scene.replica1("p1", "device: " + disk)));
        CsiClient csi = scene.csi(sagara);
        Volume volume = create(csi, "pvc-1", MOUNT, 600 * MIB);
        Path pod = scene.path("pod");
        publish(csi, volume, MOUNT, pod);
        Load.write(pod.resolve("a"), 16 * MIB);
        // what no account counts takes the space that was promised
        Path filler = sagara.state().resolve("mounts/p1.management/filler");
        long filled = Load.write(filler, 2048 * MIB);
        assertThat(filled).isLessThan(1024 * MIB);
        assertThatThrownBy(() -> writeThrough(pod.resolve("b"), 300 * MIB)).isInstanceOf(IOException.class);
        Files.delete(filler);
        takeAway(csi, pod);
        awaitNoLoop();
        publish(csi, volume, MOUNT, pod);
        Load.verify(pod.resolve("a"), 16 * MIB);
        takeAway(csi, pod);
        Path file = sagara.state().resolve("mounts/p1").resolve(volume.getVolumeContextOrThrow("path"));
        Shell.check("xfs_repair", "-n", "-f", file.toString());
    }

    @Test
    void whatABlockVolumeCannotBeIsRefused() throws Exception {
        Standalone sagara = scene.up("state", scene.yaml(Scene.replica1("p1", "path: " + scene.newDirectory("d"))));
        CsiClient csi = scene.csi(sagara);
        assertCode(Status.Code.OUT_OF_RANGE, () -> create(csi, "small", MOUNT, 100 * MIB));
        assertCode(Status.Code.OUT_OF_RANGE, () -> create(csi, "odd", DEVICE, 64 * MIB + 1));
        assertThat(csi.list()).isEmpty();
        Volume volume = create(csi, "pvc-1", DEVICE, 64 * MIB);
        assertCode(Status.Code.ALREADY_EXISTS, () -> csi.create("pvc-1", "p1", 64 * MIB));
        assertCode(Status.Code.INVALID_ARGUMENT, () -> csi.publish(volume, scene.newDirectory("s"), scene.path("pod")));
        csi.delete("pvc-1");
        assertThat(scene.path("pod")).doesNotExist();
        // its directory may be used again at once, and the agent forgets the mark of what was not finished
        try (var marks = Files.list(sagara.state().resolve("mounts/p1.management/.sagara-making"))) {
            assertThat(marks).isEmpty();
        }
    }

    private static void writeThrough(Path file, long bytes) throws IOException {
        Load.write(file, bytes);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        if (Files.size(file) < bytes) {
            throw new IOException("the write ended early");
        }
    }

    private static long size(Path device) throws IOException {
        try (FileChannel channel = FileChannel.open(device, StandardOpenOption.READ)) {
            return channel.size();
        }
    }

    private void takeAway(CsiClient csi, Path pod) {
        csi.unpublish("pvc-1", pod);
        csi.unstage("pvc-1", scene.path("staging"));
    }

    private void awaitNoLoop() throws Exception {
        Await.until(
                Duration.ofSeconds(10),
                "no loop device over a file of this test's pool",
                () -> Shell.check("losetup", "--noheadings", "--output", "BACK-FILE")
                        .lines()
                        .filter(line -> line.contains("pvc-1"))
                        .filter(line -> line.contains(scene.path("state").toString()) || line.startsWith("/virtblock"))
                        .toList(),
                List::isEmpty);
    }

    private static Volume create(CsiClient csi, String name, VolumeCapability capability, long bytes) {
        return csi.controller()
                .createVolume(CreateVolumeRequest.newBuilder()
                        .setName(name)
                        .setCapacityRange(CapacityRange.newBuilder().setRequiredBytes(bytes))
                        .addVolumeCapabilities(capability)
                        .putParameters("storage_name", "p1")
                        .putParameters("pv_type", "Block")
                        .build())
                .getVolume();
    }

    private void publish(CsiClient csi, Volume volume, VolumeCapability capability, Path pod) throws IOException {
        Path staging = scene.newDirectory("staging");
        var _ = csi.node()
                .nodeStageVolume(NodeStageVolumeRequest.newBuilder()
                        .setVolumeId(volume.getVolumeId())
                        .setStagingTargetPath(staging.toString())
                        .setVolumeCapability(capability)
                        .putAllVolumeContext(volume.getVolumeContextMap())
                        .build());
        var _ = csi.node()
                .nodePublishVolume(NodePublishVolumeRequest.newBuilder()
                        .setVolumeId(volume.getVolumeId())
                        .setStagingTargetPath(staging.toString())
                        .setTargetPath(pod.toString())
                        .setVolumeCapability(capability)
                        .putAllVolumeContext(volume.getVolumeContextMap())
                        .build());
    }

    private void expand(CsiClient csi, Volume volume, Path pod, long bytes) {
        CapacityRange range = CapacityRange.newBuilder().setRequiredBytes(bytes).build();
        assertThat(csi.controller()
                        .controllerExpandVolume(ControllerExpandVolumeRequest.newBuilder()
                                .setVolumeId(volume.getVolumeId())
                                .setCapacityRange(range)
                                .build())
                        .getNodeExpansionRequired())
                .isTrue();
        var _ = csi.node()
                .nodeExpandVolume(NodeExpandVolumeRequest.newBuilder()
                        .setVolumeId(volume.getVolumeId())
                        .setVolumePath(pod.toString())
                        .setStagingTargetPath(scene.path("staging").toString())
                        .setCapacityRange(range)
                        .build());
    }

    private static void assertCode(Status.Code code, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode())
                                .as(e.getMessage())
                                .isEqualTo(code));
    }
}
