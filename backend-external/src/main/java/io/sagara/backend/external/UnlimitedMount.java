package io.sagara.backend.external;

import io.sagara.spi.Bytes;
import io.sagara.spi.Pool;
import io.sagara.spi.PoolMount;
import io.sagara.spi.VolumeUsage;
import java.nio.file.Path;
import java.util.Optional;

/// The agent's mount of a volume without quota, for a pool whose owner has chosen to do without limits.
record UnlimitedMount(PoolMount mount) implements PoolMount {
    @Override
    public Pool pool() {
        Pool pool = mount.pool();
        return new Pool(
                pool.name(),
                pool.id(),
                pool.layout(),
                pool.bricks(),
                pool.options(),
                false,
                pool.clients(),
                pool.tls(),
                pool.tiebreaker());
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
        // nobody would keep it
    }

    @Override
    public Optional<Bytes> limit(Path directory) {
        return Optional.empty();
    }

    @Override
    public void unlimit(Path directory) {
        // there is none
    }

    @Override
    public VolumeUsage usage(Path directory) {
        return mount.usage(directory);
    }
}
