package io.sagara.operator.node;

import io.sagara.api.v1.PoolSpec;
import io.sagara.api.v1.PoolStatus;
import java.util.List;

/// The agent of this node. Any number of threads may call; throws what the agent throws, and UNAVAILABLE
/// where it does not answer.
public interface Agent {
    /// What it serves.
    List<PoolStatus> pools();

    /// Serves the pool as planned; returns when it does. May take minutes.
    void apply(PoolSpec plan);

    /// Lets go of the pool, and leaves its data alone.
    void remove(String pool);
}
