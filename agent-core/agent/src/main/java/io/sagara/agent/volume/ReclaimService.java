package io.sagara.agent.volume;

import io.sagara.spi.PoolName;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import io.sagara.spi.VolumeName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Requests of operators about what pools keep: whether their accounts are right, and what became of volumes that
/// were deleted. Any number of threads may call. Throws NOT_FOUND for a pool that is not served here.
public final class ReclaimService {
    private final VolumeService volumes;

    /// For the pools of `volumes`.
    public ReclaimService(VolumeService volumes) {
        this.volumes = volumes;
    }

    /// Compares account, info files, directories and limits of a pool. `repair`: puts right what can be without
    /// touching data. Throws UNAVAILABLE.
    public CheckReport check(PoolName pool, boolean repair, Consumer<String> progress) {
        return volumes.pool(pool).check(repair, progress);
    }

    /// Brings back the volume that was archived in the pool, or else the one that was deleted last. Throws NOT_FOUND
    /// where there is none, ALREADY_EXISTS where a volume of this name exists, NO_SPACE, BUSY, UNAVAILABLE.
    public VolumeService.Placed undelete(PoolName pool, VolumeName name) {
        return volumes.alone(name, () -> {
            PoolVolumeSet set = volumes.pool(pool);
            volumes.findAny(name)
                    .filter(there -> !there.pool().name().equals(pool))
                    .ifPresent(there -> {
                        throw new StorageException(
                                Problem.ALREADY_EXISTS,
                                "volume " + name + " exists in pool "
                                        + there.pool().name() + ", so it cannot come back in pool " + pool
                                        + "; delete the one that exists first");
                    });
            return new VolumeService.Placed(set.restore(name), set.pool());
        });
    }

    /// What was purged, and sentences about what was not.
    public record Purged(List<VolumeName> names, List<String> problems) {}

    /// Takes away the archived volume that had this name, or all archived ones; nothing else. Purging an absent one
    /// succeeds.
    public Purged purgeArchived(PoolName pool, Optional<VolumeName> name) {
        PoolVolumeSet set = volumes.pool(pool);
        List<VolumeName> names = name.map(List::of)
                .orElseGet(() -> set.kept().stream()
                        .filter(kept -> kept.deletedAt().isEmpty())
                        .map(kept -> kept.volume().name())
                        .toList());
        List<VolumeName> purged = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (VolumeName each : names) {
            try {
                if (volumes.alone(each, () -> set.purgeArchived(each))) {
                    purged.add(each);
                }
            } catch (StorageException e) {
                if (name.isPresent()) {
                    throw e;
                }
                problems.add(String.valueOf(e.getMessage()));
            }
        }
        return new Purged(List.copyOf(purged), List.copyOf(problems));
    }

    /// The volumes that can come back, of one pool.
    public List<Kept> kept(PoolName pool) {
        return volumes.pool(pool).kept();
    }
}
