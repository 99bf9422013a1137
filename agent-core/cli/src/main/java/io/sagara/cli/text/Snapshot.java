package io.sagara.cli.text;

import io.sagara.api.v1.AgentInfo;
import io.sagara.api.v1.PoolPhase;
import io.sagara.api.v1.PoolStatus;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Everything that `sagara status` learned. `agent` is absent where none answers; then there are no pools
/// either. `csiListening`: whether a CSI sidecar answers; `csiExpected`: whether one should, because `sagara
/// up` runs.
public record Snapshot(
        Path state, Optional<AgentInfo> agent, boolean csiListening, boolean csiExpected, List<PoolStatus> pools) {
    /// Copies the list.
    public Snapshot {
        pools = List.copyOf(pools);
    }

    /// Whether everything that should serve does.
    public boolean ready() {
        return agent.isPresent()
                && agent.get().getReady()
                && (csiListening || !csiExpected)
                && pools.stream().allMatch(pool -> pool.getPhase() == PoolPhase.READY);
    }
}
