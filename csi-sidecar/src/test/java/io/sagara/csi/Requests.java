package io.sagara.csi;

import io.sagara.csi.v1.CapacityRange;
import io.sagara.csi.v1.CreateVolumeRequest;
import io.sagara.csi.v1.NodePublishVolumeRequest;
import io.sagara.csi.v1.NodeStageVolumeRequest;
import io.sagara.csi.v1.VolumeCapability;
import io.sagara.csi.v1.VolumeCapability.AccessMode;
import io.sagara.csi.v1.VolumeCapability.AccessMode.Mode;
import io.sagara.csi.v1.VolumeCapability.BlockVolume;
import io.sagara.csi.v1.VolumeCapability.MountVolume;

/// Requests that are good as they are; a test spoils the one thing it is about.
final class Requests {
    static final long MIB = 1 << 20;

    private Requests() {}

    static VolumeCapability mounted(Mode mode) {
        return VolumeCapability.newBuilder()
                .setMount(MountVolume.getDefaultInstance())
                .setAccessMode(AccessMode.newBuilder().setMode(mode))
                .build();
    }

    static VolumeCapability block(Mode mode) {
        return VolumeCapability.newBuilder()
                .setBlock(BlockVolume.getDefaultInstance())
                .setAccessMode(AccessMode.newBuilder().setMode(mode))
                .build();
    }

    static CapacityRange range(long required, long limit) {
        return CapacityRange.newBuilder()
                .setRequiredBytes(required)
                .setLimitBytes(limit)
                .build();
    }

    static CreateVolumeRequest newVolume(String name) {
        return CreateVolumeRequest.newBuilder()
                .setName(name)
                .setCapacityRange(range(64 * MIB, 0))
                .addVolumeCapabilities(mounted(Mode.MULTI_NODE_MULTI_WRITER))
                .build();
    }

    static NodeStageVolumeRequest stage(String volume, String path) {
        return NodeStageVolumeRequest.newBuilder()
                .setVolumeId(volume)
                .setStagingTargetPath(path)
                .setVolumeCapability(mounted(Mode.SINGLE_NODE_WRITER))
                .putVolumeContext("hostvol", "p1")
                .build();
    }

    static NodePublishVolumeRequest publish(String volume, String staging, String target) {
        return NodePublishVolumeRequest.newBuilder()
                .setVolumeId(volume)
                .setStagingTargetPath(staging)
                .setTargetPath(target)
                .setVolumeCapability(mounted(Mode.SINGLE_NODE_WRITER))
                .putVolumeContext("hostvol", "p1")
                .build();
    }
}
