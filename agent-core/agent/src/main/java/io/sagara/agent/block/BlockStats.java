package io.sagara.agent.block;

import io.sagara.agent.mount.PoolClient;
import io.sagara.agent.posix.LoopDevice;
import io.sagara.agent.posix.Posix;
import io.sagara.api.v1.VolumeStats;
import io.sagara.spi.PoolName;
import io.sagara.spi.StorageException;
import io.sagara.spi.Volume;
import io.sagara.spi.VolumeUsage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/// Space and condition of a block volume that is in use.
record BlockStats(Posix posix, Function<PoolName, PoolClient> clients, Holders holders) {
    /// A loop device cannot be given another file, so this does not heal by itself.
    static final String DEAD = "its loop device has lost the pool's GlusterFS client, which has ended; what was"
            + " synchronised to the volume is kept. Delete its pods on this node: it works again when it is unstaged"
            + " and staged anew";

    private static final Duration DEADLINE = Duration.ofSeconds(5);

    /// A volume that does not answer is an abnormal condition, no failure.
    VolumeStats of(BlockUse use) {
        try {
            Optional<LoopDevice.State> loop = use.present();
            PoolClient client = clients.apply(use.pool());
            Path root = client.root();
            return client.threads().call("look at volume " + use.volume(), DEADLINE, () -> {
                if (loop.isEmpty()
                        || use.loop()
                                .filter(one -> one.client() == device(root))
                                .isEmpty()) {
                    return abnormal(DEAD);
                }
                if (!holders.holds(root.resolve(use.file()))) {
                    return abnormal(
                            "node " + holders.node(root.resolve(use.file())).orElse("(unknown)")
                                    + " has taken it while it is in use here; end its pods on one of both nodes");
                }
                return use.kind() == Volume.Kind.VIRTBLOCK
                        ? space(posix.usage(use.target()))
                        : VolumeStats.newBuilder()
                                .setTotalBytes(loop.get().size())
                                .setCondition("healthy")
                                .build();
            });
        } catch (IOException | StorageException e) {
            return abnormal("the volume does not answer at " + use.target() + ": " + e.getMessage()
                    + "; where that stays so, delete its pods on this node, and it is staged anew");
        }
    }

    private long device(Path root) {
        try {
            return posix.device(root);
        } catch (IOException e) {
            return -1;
        }
    }

    private static VolumeStats space(VolumeUsage usage) {
        return VolumeStats.newBuilder()
                .setTotalBytes(usage.total().value())
                .setUsedBytes(usage.used().value())
                .setAvailableBytes(usage.free().value())
                .setTotalInodes(usage.inodes())
                .setUsedInodes(usage.usedInodes())
                .setFreeInodes(Math.max(0, usage.inodes() - usage.usedInodes()))
                .setCondition("healthy")
                .build();
    }

    private static VolumeStats abnormal(String condition) {
        return VolumeStats.newBuilder()
                .setAbnormal(true)
                .setCondition(condition)
                .build();
    }
}
