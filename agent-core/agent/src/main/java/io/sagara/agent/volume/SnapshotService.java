package io.sagara.agent.volume;

import io.sagara.agent.volume.VolumeService.Origin;
import io.sagara.agent.volume.VolumeService.Placed;
import io.sagara.spi.Pool;
import io.sagara.spi.PoolName;
import io.sagara.spi.Problem;
import io.sagara.spi.Provisioning.Snapshot;
import io.sagara.spi.StorageException;
import io.sagara.spi.Volume;
import io.sagara.spi.VolumeName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Requests for snapshots, over all pools of the node. A snapshot is in the pool of its source, and shares its names
/// with the volumes. Any number of threads may call, as with [VolumeService].
public final class SnapshotService {
    private final VolumeService volumes;

    /// `volumes`: of the same pools.
    public SnapshotService(VolumeService volumes) {
        this.volumes = volumes;
    }

    /// A snapshot and the pool it is in.
    public record Kept(Snapshot snapshot, Pool pool) {}

    /// What was found, and sentences about what could not be read.
    public record Listing(List<Kept> snapshots, Optional<VolumeName> next, List<String> problems) {}

    /// Makes a snapshot of the volume `source`, or finds it made. Throws ALREADY_EXISTS (a volume, or a snapshot of
    /// another one, has the name), NOT_FOUND (no source), IN_USE (a block volume that a node has), NO_SPACE,
    /// UNAVAILABLE, BUSY while it is being copied, which goes on: to be repeated.
    public Kept create(VolumeName name, VolumeName source) {
        return volumes.alone(name, () -> {
            Optional<Placed> present = volumes.findAny(name);
            if (present.isPresent()) {
                return same(present.get(), source);
            }
            volumes.refuseWhileClosed(name);
            Placed in = volumes.require(source);
            Snapshot made =
                    volumes.set(in).takeSnapshot(source, name, in.volume().size());
            return new Kept(made, in.pool());
        });
    }

    private Kept same(Placed present, VolumeName source) {
        VolumeName name = present.volume().name();
        Optional<Kept> kept = kept(present);
        if (kept.isEmpty()) {
            throw new StorageException(
                    Problem.ALREADY_EXISTS,
                    "a volume has the name " + name + ", so no snapshot can have it; choose another name");
        }
        Snapshot there = kept.get().snapshot();
        if (!there.source().equals(source)) {
            throw new StorageException(
                    Problem.ALREADY_EXISTS,
                    "snapshot " + name + " exists and is of volume " + there.source() + ", not of " + source
                            + "; choose another name");
        }
        return kept.get();
    }

    private Optional<Kept> kept(Placed placed) {
        return placed.volume().kind() == Volume.Kind.SNAPSHOT
                ? volumes.set(placed)
                        .snapshot(placed.volume().name())
                        .map(snapshot -> new Kept(snapshot, placed.pool()))
                : Optional.empty();
    }

    /// Deletes the snapshot, also while it is being made. Deleting an absent one succeeds. Throws UNAVAILABLE where it
    /// may be in a pool that cannot be read, BUSY.
    public void delete(VolumeName name) {
        var _ = volumes.alone(name, () -> {
            volumes.giveUpCopying(name);
            Optional<Placed> present = volumes.findAny(name);
            if (present.isEmpty()) {
                volumes.refuseWhileClosed(name);
            }
            present.filter(placed -> placed.volume().kind() == Volume.Kind.SNAPSHOT)
                    .ifPresent(placed -> volumes.set(placed).deleteSnapshot(name));
            return name;
        });
    }

    /// The snapshot; NOT_FOUND where no open pool has it, UNAVAILABLE where it may be in one that is not open.
    public Kept require(VolumeName name) {
        return volumes.findAny(name).flatMap(this::kept).orElseThrow(() -> {
            volumes.refuseWhileClosed(name);
            return new StorageException(Problem.NOT_FOUND, "no snapshot '" + name + "' in any pool of this node");
        });
    }

    /// Makes a volume with the content of the snapshot `source`, as [VolumeService#copy] does with a volume.
    public Placed restore(VolumeRequest request, VolumeName source) {
        return volumes.copy(request, source, () -> {
            Kept kept = require(source);
            return new Origin(
                    new Placed(kept.snapshot().volume(), kept.pool()),
                    kept.snapshot().content());
        });
    }

    /// At most `most` snapshots (0 = all) after `after`, in the order of names; of one pool or of all, of one volume
    /// or of all. Throws INVALID_ARGUMENT where `most` is negative.
    public Listing list(Optional<PoolName> pool, Optional<VolumeName> source, Optional<VolumeName> after, int most) {
        List<String> problems = new ArrayList<>();
        List<Placed> all = volumes.snapshots(pool, problems::add);
        if (source.isEmpty()) {
            // the rest is asked for on the pages that follow
            PoolListing.Page<Placed> page =
                    PoolListing.page(all, placed -> placed.volume().name(), after, most);
            return new Listing(read(page.entries(), problems), page.next(), problems);
        }
        List<Kept> chosen = read(all, problems).stream()
                .filter(kept -> kept.snapshot().source().equals(source.get()))
                .toList();
        PoolListing.Page<Kept> page =
                PoolListing.page(chosen, kept -> kept.snapshot().volume().name(), after, most);
        return new Listing(page.entries(), page.next(), problems);
    }

    private List<Kept> read(List<Placed> placed, List<String> problems) {
        List<Kept> read = new ArrayList<>();
        for (Placed each : placed) {
            try {
                // gone meanwhile where there is none
                kept(each).ifPresent(read::add);
            } catch (StorageException e) {
                if (e.problem() == Problem.UNAVAILABLE) {
                    throw e;
                }
                problems.add(String.valueOf(e.getMessage()));
            }
        }
        return read;
    }
}
