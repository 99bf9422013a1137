package io.sagara.spi;

import java.util.List;
import java.util.Map;

/// Role 4, for a backend whose bricks are run by someone else: what the agent has to know of that cluster.
/// Every method has the answer that is right where all bricks are ours, so other backends leave it out.
///
/// The agent calls [#refresh] before it asks for graphs, and again every few seconds while it serves the
/// pool. In between, graphs stay as they are.
public interface Cluster {
    /// The role of those whose bricks are ours.
    Cluster NONE = new Cluster() {};

    /// Learns what the graphs of the pool depend on besides its description, such as the graph that the
    /// cluster hands out. Returns sentences about what is not as it should be although the pool can be
    /// served.
    ///
    /// `changed`: to be called, from any thread and as soon as possible, when a refresh would learn something
    /// new; the agent refreshes then and publishes the graphs anew.
    ///
    /// Throws UNAVAILABLE (nobody in the cluster answers, and nothing is remembered), NOT_FOUND (the cluster
    /// knows no such volume), INVALID_ARGUMENT (an option that cannot be used, named). Bounded by 20 seconds.
    default List<String> refresh(Pool pool, Runnable changed) {
        return List.of();
    }

    /// Whether a client that is connected to those of the pool's bricks which `connected` says shows all
    /// there is and can write. A tiebreaker has the index [Tiebreaker#INDEX]. Any number of threads may call.
    default boolean enough(Pool pool, Map<Integer, Boolean> connected) {
        return pool.enough(connected);
    }

    /// Further arguments of the glusterfs process that volumes are bound from.
    default List<String> mountArguments(Pool pool) {
        return List.of();
    }

    /// Looks why clients of the pool cannot connect to its bricks: a sentence for each reason found, with
    /// what to do. Bounded by 10 seconds.
    default List<String> explain(Pool pool) {
        return List.of();
    }

    /// Ends what [#refresh] has begun. Repeating it succeeds, and so does a later refresh.
    default void forget(Pool pool) {}
}
