package io.sagara.agent.pool;

import io.sagara.api.v1.PoolSpec;
import io.sagara.api.v1.RebalancePhase;
import io.sagara.spi.Brick;
import io.sagara.spi.Pool;
import io.sagara.spi.StorageException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Adds whole sets to a pool that is in use.
///
/// No client may know of a set before its bricks serve, and none may forget one again. So the bricks are
/// started first, then the pool is saved with them, and only then get its processes the new graphs. What is to
/// be done after that is repeated until it succeeds, also by the next agent.
final class Expansion {
    private static final Logger LOG = LoggerFactory.getLogger(Expansion.class);

    private final PoolRuntime.Surroundings around;
    private final Consumer<String> progress;

    Expansion(PoolRuntime.Surroundings around, Consumer<String> progress) {
        this.around = around;
        this.progress = progress;
    }

    static boolean isOne(PoolSpec was, PoolSpec asked) {
        return asked.getBricksCount() > was.getBricksCount();
    }

    /// Starts the new bricks of this node, waits for those of others, and saves the pool. Returns it as it is
    /// to be served. Throws what speaks against it; the pool is as it was then.
    PoolSpec begin(PoolSpec was, PoolSpec asked) {
        PoolSpec next = around.bricks().withPorts(asked, around.port());
        Pool pool = PoolSpecs.pool(next);
        around.graphs().check(pool);
        try {
            Map<Integer, Path> directories = around.bricks().attach(pool, true, progress);
            around.graphs().publishBricks(pool, directories);
            around.bricks().start(pool, true, progress);
        } catch (StorageException e) {
            giveBack(pool, was.getBricksCount(), e);
            throw e;
        }
        around.bricks().requireOthers(pool);
        around.care().rebalance().announce();
        around.desired().save(next);
        return next;
    }

    /// The directories stay as they were made, for another try.
    private void giveBack(Pool pool, int known, StorageException reason) {
        List<Brick> added = around.bricks().attached(pool).stream()
                .filter(brick -> brick.index() >= known)
                .toList();
        try {
            around.bricks().release(pool, added, false, progress);
        } catch (StorageException e) {
            reason.addSuppressed(e);
            LOG.atDebug().addKeyValue("pool", pool.name()).setCause(e).log("new units could not all be given back");
        }
    }

    /// Brings the processes of this node to the changed sets and has files move. Does nothing where no change of
    /// sets is under way. Throws UNAVAILABLE where it must be repeated.
    void complete(Pool pool, boolean alone, Duration deadline) {
        if (around.care().rebalance().status().getPhase() != RebalancePhase.PREPARING) {
            return;
        }
        around.clients().renewDaemons(pool, deadline, progress);
        progress.accept("mounts of this node take the new graph");
        around.clients().awaitClients(pool, deadline);
        progress.accept("setting the limits of volumes on all bricks");
        around.volumes().renewLimits();
        if (around.bricks().of(pool).isEmpty()) {
            around.care().rebalance().settle();
        } else if (alone) {
            progress.accept("files begin to move; see 'sagara pool rebalance " + pool.name() + "'");
            var _ = around.care().rebalance().start();
        } else {
            around.care()
                    .rebalance()
                    .due("when all nodes of the pool list all of its units, run 'sagara pool rebalance " + pool.name()
                            + " start' on each that has bricks of it");
        }
    }
}
