package io.sagara.agent.volume.disk;

import io.sagara.spi.Problem;
import io.sagara.spi.Provisioning.Snapshot;
import io.sagara.spi.Volume;
import io.sagara.spi.VolumeName;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;

/// Snapshots as their info files tell of them. They are made by [VolumeCopy].
final class Snapshots {
    private Snapshots() {}

    /// The snapshot of this name. Throws INTERNAL where its info file is damaged, or its data is gone.
    static Optional<Snapshot> find(PoolDisk disk, VolumeName name) throws IOException {
        return disk.find(name)
                .filter(found -> found.volume().kind() == Volume.Kind.SNAPSHOT)
                .map(found -> of(disk, found));
    }

    static Snapshot of(PoolDisk disk, PoolDisk.Found found) {
        Optional<VolumeName> source = found.info().source().flatMap(VolumeLayout::parse);
        Optional<Instant> takenAt = found.info().takenAt();
        if (source.isEmpty() || takenAt.isEmpty() || found.info().contentKind() == Volume.Kind.SNAPSHOT) {
            throw disk.problem(
                    Problem.INTERNAL,
                    "the info file of snapshot " + found.volume().name()
                            + " does not say of what it is and when it was taken; correct it, or delete the snapshot");
        }
        return new Snapshot(found.volume(), source.get(), found.info().contentKind(), takenAt.get());
    }
}
