package io.sagara.volfile.stack;

import io.sagara.volfile.Graph;
import io.sagara.volfile.option.Role;
import java.util.Optional;

/// The graph of a pool's self-heal daemon: the sets side by side below io-stats, without distribute, because
/// each set is healed by itself.
public final class HealStack {
    private HealStack() {}

    /// Empty for Replica1, which has nothing to heal from.
    public static Optional<Graph> graph(PoolShape pool) {
        if (pool.layout() instanceof SetLayout.Replica1) {
            return Optional.empty();
        }
        var sets = new Sets(pool, Role.HEAL);
        return Optional.of(new Graph(sets.ioStats(sets.sets())));
    }
}
