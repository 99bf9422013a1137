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
///
/// `ssh`: sets limits in place of the mount, where the pool's owner wants them in glusterd's list. What they are is
/// read back here all the same.
record CountedMount(PoolMount mount, Optional<SshLimits> ssh) implements PoolMount {
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
        if (ssh.isPresent()) {
            ssh.get().limit(inVolume(directory), hard);
            requireLimit(directory, hard);
        } else {
            mount.limit(directory, hard);
        }
        try {
            var _ = mount.usage(directory);
        } catch (StorageException e) {
            unlimit(directory);
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
        if (ssh.isPresent() && mount.limit(directory).isPresent()) {
            ssh.get().unlimit(inVolume(directory));
        }
        mount.unlimit(directory);
    }

    /// Limits are given by directories below the root, or by whole paths of this node.
    private Path inVolume(Path directory) {
        return directory.isAbsolute() ? root().relativize(directory) : directory;
    }

    private void requireLimit(Path directory, Bytes hard) {
        Optional<Bytes> set = mount.limit(directory);
        if (!set.equals(Optional.of(hard))) {
            throw new StorageException(
                    Problem.UNAVAILABLE,
                    "pool " + pool().name() + ": gluster says that it has set the limit " + hard + " of " + directory
                            + ", and bricks have " + set.map(Bytes::toString).orElse("none")
                            + "; look at 'gluster volume quota' of the cluster's volume, and whether gluster_hosts"
                            + " are servers of it");
        }
    }

    @Override
    public VolumeUsage usage(Path directory) {
        return mount.usage(directory);
    }
}
