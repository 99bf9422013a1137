package io.sagara.operator.node;

import io.sagara.api.v1.PoolSpec;
import io.sagara.api.v1.PoolStatus;
import io.sagara.api.v1.TlsMaterial;
import java.util.List;
import java.util.Optional;

/// The agent of this node. Any number of threads may call; throws what the agent throws, and UNAVAILABLE
/// where it does not answer.
public interface Agent {
    /// What it serves.
    List<PoolStatus> pools();

    /// Serves the pool as planned; returns when it does. May take minutes. `certificates`: what the Secret that it
    /// names holds.
    void apply(PoolSpec plan, Optional<TlsMaterial> certificates);

    /// Lets go of the pool, and leaves its data alone.
    void remove(String pool);
}
