package io.sagara.spi;

import java.nio.file.Path;
import java.util.Optional;

/// Role 1: which GlusterFS graphs serve a pool. Pure: no method touches anything outside its arguments and
/// what the last [Cluster#refresh] has learnt, and equal arguments give equal text until the next, so that an
/// unchanged pool never restarts anything. Any number of threads may call.
///
/// All methods throw [Problem#INVALID_ARGUMENT] for an option that they do not know or cannot use.
public interface Volfiles {
    /// The graph of one brick whose data is in `directory` on this node. Its id is `<pool>.brick-<index>`.
    /// `sharing`: how many bricks of the pool lie on that file system, this one included; each tells clients
    /// of its share of the space only, or they would count it several times.
    Volfile brick(Pool pool, Brick brick, Path directory, int sharing);

    /// The graph of the pool's tiebreaker, which the agent of this node runs on `directory`. Its id is
    /// `<pool>.tiebreaker`. Empty, as by default, where the graphs of the pool know none: the agent refuses a
    /// tiebreaker then.
    default Optional<Volfile> tiebreaker(Pool pool, Path directory) {
        return Optional.empty();
    }

    /// The graph of a client that mounts the whole pool. Its id is the pool's name.
    Volfile client(Pool pool);

    /// The graph of the agent's own client, through which it makes volumes and keeps the account of them. Its
    /// id is `<pool>.management`. Agents of other nodes change the same files and do not tell, so it must keep
    /// nothing of what it has read. The default, [#client], is for pools that one node alone works on.
    default Volfile management(Pool pool) {
        return new Volfile(pool.name() + ".management", client(pool).text());
    }

    /// The graph of the self-heal daemon, id `shd/<pool>`; empty for a layout with nothing to heal.
    Optional<Volfile> selfHeal(Pool pool);

    /// The graph of the quota daemon, id `quotad/<pool>`; empty where the pool has no quota.
    Optional<Volfile> quota(Pool pool);

    /// The graph of a process that moves files between sets, id `rebalance/<pool>`; in it, cluster/distribute is
    /// named `<pool>-dht`. Empty, as by default, where files of the pool cannot be moved; it can still grow.
    default Optional<Volfile> rebalance(Pool pool) {
        return Optional.empty();
    }
}
