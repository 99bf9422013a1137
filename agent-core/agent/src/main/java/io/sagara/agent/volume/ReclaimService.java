package io.sagara.agent.volume;

import io.sagara.spi.PoolName;
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
}
