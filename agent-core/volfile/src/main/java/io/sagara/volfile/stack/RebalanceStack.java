package io.sagara.volfile.stack;

import io.sagara.volfile.Graph;
import io.sagara.volfile.option.Role;
import java.util.List;

/// The graph of a process that moves files between sets: a client with nothing that caches.
public final class RebalanceStack {
    private RebalanceStack() {}

    /// Everything below io-stats and distribute.
    public static Graph graph(PoolShape pool) {
        var sets = new Sets(pool, Role.REBALANCE);
        return new Graph(sets.ioStats(List.of(sets.distribute(pool.name("dht")))));
    }
}
