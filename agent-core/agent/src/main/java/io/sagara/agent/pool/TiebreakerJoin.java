package io.sagara.agent.pool;

import io.sagara.agent.mount.PoolClient;
import io.sagara.api.v1.PoolSpec;
import io.sagara.spi.Pool;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;

/// Gives a tiebreaker to a pool that is in use.
///
/// A new tiebreaker takes both copies for good ones. So it may come only while both are: with one that has missed
/// something, it would let that one be read from.
record TiebreakerJoin(PoolRuntime.Surroundings around, Consumer<String> progress) {
    private static final Duration LOOK = Duration.ofSeconds(20);

    static boolean isOne(PoolSpec was, PoolSpec asked) {
        return !was.hasTiebreaker() && asked.hasTiebreaker();
    }

    /// Runs it, where it is of this node, and returns the pool as it is to be served. Throws what speaks against it;
    /// the pool is as it was then.
    PoolSpec begin(PoolSpec was, PoolSpec asked) {
        PoolSpec next = around.bricks().withPorts(asked, around.port());
        Pool pool = PoolSpecs.pool(next);
        if (Expansion.isOne(was, asked)) {
            throw refused(pool, "units are added at the same time; add the tiebreaker first, then the units");
        }
        if (around.bricks().pendingHeals() > 0) {
            throw refused(pool, "heals are pending; wait until 'sagara status -o json' shows none, then repeat it");
        }
        if (!whole(PoolSpecs.pool(was))) {
            throw refused(pool, "not all of its bricks are connected; look at 'sagara status', then repeat it");
        }
        around.graphs().check(pool);
        try {
            around.tiebreaker()
                    .serve(
                            pool,
                            true,
                            () -> around.tiebreaker()
                                    .directory()
                                    .ifPresent(directory -> around.graphs().publishTiebreaker(pool, directory)),
                            progress);
        } catch (StorageException e) {
            around.tiebreaker().release(pool, false, progress);
            throw e;
        }
        return next;
    }

    private boolean whole(Pool pool) {
        PoolClient client = around.clients().management();
        try {
            return client.threads().call("looking at its bricks", LOOK, client::bricks).values().stream()
                    .allMatch(connected -> connected);
        } catch (IOException e) {
            throw new StorageException(
                    Problem.UNAVAILABLE,
                    "pool " + pool.name() + ": the connections to its bricks cannot be seen: " + e.getMessage()
                            + "; look at 'sagara status', then repeat it",
                    e);
        }
    }

    private static StorageException refused(Pool pool, String why) {
        return new StorageException(
                Problem.IN_USE, "pool " + pool.name() + " cannot get a tiebreaker now, because " + why);
    }
}
