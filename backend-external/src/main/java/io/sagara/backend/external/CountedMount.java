package io.sagara.backend.external;

import io.sagara.spi.Bytes;
import io.sagara.spi.Pool;
import io.sagara.spi.PoolMount;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import io.sagara.spi.VolumeUsage;
import java.nio.file.Path;
import java.util.Optional;

/// The agent's mount of a volume with quota. Bricks without quota keep a limit like any attribute, and it can
/// be read back; that they count what a directory holds says that it means something.
record CountedMount(PoolMount mount) implements PoolMount {
    @Override
    public Pool pool() {
        return mount.pool();
    }

    @Override
    public Path root() {
        return mount.root();
    }

    @Override
    public VolumeUsage usage() {
        return mount.usage();
    }

    @Override
    public void limit(Path directory, Bytes hard) {
        mount.limit(directory, hard);
        try {
            var _ = mount.usage(directory);
        } catch (StorageException e) {
            mount.unlimit(directory);
            throw new StorageException(
                    Problem.UNAVAILABLE,
                    "pool " + pool().name() + ": the bricks keep the limit " + hard + " of " + directory
                            + " and do not count what is in it (" + e.getMessage() + "); look at 'gluster volume quota'"
                            + " of the cluster's volume",
                    e);
        }
    }

    @Override
    public Optional<Bytes> limit(Path directory) {
        return mount.limit(directory);
    }

    @Override
    public void unlimit(Path directory) {
        mount.unlimit(directory);
    }

    @Override
    public VolumeUsage usage(Path directory) {
        return mount.usage(directory);
    }
}
