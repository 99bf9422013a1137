package io.sagara.agent.volume;

import io.sagara.spi.Bytes;
import io.sagara.spi.PoolMount;
import io.sagara.spi.Volume;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;

/// Sets the limits of volumes anew. A limit is an attribute on every brick, so bricks that were added have
/// none.
record LimitRenewal(PoolAccess access) {
    private static final Duration REQUEST = Duration.ofSeconds(30);

    /// Throws UNAVAILABLE where the pool cannot be used; it may be repeated then.
    void of(Collection<Volume> volumes) {
        if (!access.pool().quota()) {
            return;
        }
        for (Volume volume : volumes) {
            if (volume.kind() == Volume.Kind.VIRTBLOCK || volume.kind() == Volume.Kind.RAWBLOCK) {
                // a file cannot become larger than it is
                continue;
            }
            var _ = access.work("setting the limit of volume " + volume.name(), REQUEST, () -> {
                renew(access.mount(), volume);
                return volume;
            });
        }
    }

    private void renew(PoolMount mount, Volume volume) {
        if (volume.kind() == Volume.Kind.SNAPSHOT
                && !Files.isDirectory(mount.root().resolve(volume.path()))) {
            return;
        }
        Optional<Bytes> size = size(mount, volume);
        while (size.isPresent()) {
            mount.limit(mount.root().resolve(volume.path()), size.get());
            Optional<Bytes> now = size(mount, volume);
            if (now.equals(size)) {
                return;
            }
            // it was expanded meanwhile
            size = now;
        }
    }

    private Optional<Bytes> size(PoolMount mount, Volume volume) {
        return access.provisioning()
                .find(mount, volume.name())
                .filter(found -> found.path().equals(volume.path()))
                .map(Volume::size);
    }
}
