package io.sagara.csi;

import io.sagara.api.v1.PoolPhase;
import io.sagara.api.v1.PoolStatus;
import io.sagara.api.v1.Volume;
import io.sagara.api.v1.VolumeKind;
import io.sagara.csi.request.VolumeContext;
import io.sagara.csi.v1.VolumeCondition;

/// The agent's volumes in the words of CSI.
final class CsiVolume {
    private CsiVolume() {}

    static io.sagara.csi.v1.Volume of(Volume volume) {
        return io.sagara.csi.v1.Volume.newBuilder()
                .setVolumeId(volume.getName())
                .setCapacityBytes(volume.getSizeBytes())
                .putAllVolumeContext(VolumeContext.of(volume))
                .build();
    }

    /// Whether something is left to do on the node when the volume grew: a directory's limit is all there is,
    /// but a file system or loop device inside a pool's file has a size of its own.
    static boolean growsOnNode(Volume volume) {
        return volume.getKind() == VolumeKind.VIRTBLOCK || volume.getKind() == VolumeKind.RAWBLOCK;
    }

    /// The condition of the volumes of a pool, seen from the pool.
    static VolumeCondition condition(PoolStatus pool) {
        String name = "pool " + pool.getSpec().getName();
        String detail = pool.getMessage().isEmpty() ? "" : ": " + pool.getMessage();
        String state =
                switch (pool.getPhase()) {
                    case READY -> " is ready";
                    case STARTING -> " is being taken up";
                    case DEGRADED -> " is usable and needs attention";
                    case FAILED -> " cannot be used";
                    case POOL_PHASE_UNSPECIFIED, UNRECOGNIZED -> " has no known state";
                };
        return VolumeCondition.newBuilder()
                .setAbnormal(pool.getPhase() != PoolPhase.READY)
                .setMessage(name + state + detail)
                .build();
    }

    /// The condition of the volumes of a pool that the agent does not have.
    static VolumeCondition withoutPool(String pool) {
        return VolumeCondition.newBuilder()
                .setAbnormal(true)
                .setMessage("pool " + pool + " is not served by this agent; apply it again")
                .build();
    }
}
