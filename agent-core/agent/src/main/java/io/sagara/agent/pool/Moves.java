package io.sagara.agent.pool;

import io.sagara.api.v1.BrickSpec;
import io.sagara.api.v1.PoolSpec;
import io.sagara.spi.Brick;
import io.sagara.spi.Pool;
import io.sagara.spi.PoolName;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import io.sagara.spi.StorageUnit;
import java.util.List;
import java.util.function.Consumer;

/// Units that move from node to node, such as claims of Kubernetes.
///
/// No two nodes may have one at a time. So a unit goes from its node to none, and to the next only when the
/// first has given it back. The pool is saved without it after it was given back and never before: what the
/// desired state of a node does not have, the node does not have.
final class Moves {
    private final LocalBricks bricks;
    private final GlusterClients clients;
    private final Consumer<String> progress;

    Moves(LocalBricks bricks, GlusterClients clients, Consumer<String> progress) {
        this.bricks = bricks;
        this.clients = clients;
        this.progress = progress;
    }

    static boolean isMovable(BrickSpec brick) {
        return brick.containsUnitOptions(StorageUnit.HOLDER);
    }

    /// Throws INVALID_ARGUMENT for another unit, and IN_USE where one that was given back would be taken again
    /// from the same holder: an order that is late.
    static void refuseUnsafe(PoolName pool, int index, BrickSpec was, BrickSpec asked) {
        if (!was.getType().equals(asked.getType()) || !was.getSource().equals(asked.getSource())) {
            throw new StorageException(
                    Problem.INVALID_ARGUMENT,
                    "pool " + pool + ": storage unit " + index + " is " + was.getType() + " " + was.getSource()
                            + " and cannot become " + asked.getType() + " " + asked.getSource()
                            + ", because data on disk depends on it; keep it, or make a new pool");
        }
        boolean away = isMovable(was) && was.getNode().isEmpty();
        if (away && !asked.getNode().isEmpty() && holder(was).equals(holder(asked))) {
            throw new StorageException(
                    Problem.IN_USE,
                    "pool " + pool + ": storage unit " + index + " was given back to its holder " + holder(asked)
                            + " and is not taken from it again; wait for the next one");
        }
    }

    private static String holder(BrickSpec brick) {
        return brick.getUnitOptionsOrDefault(StorageUnit.HOLDER, "");
    }

    /// Whether some unit comes, goes or changes hands, here or elsewhere.
    static boolean any(PoolSpec was, PoolSpec asked) {
        Pool before = PoolSpecs.pool(was);
        return PoolSpecs.pool(asked).bricks().stream()
                .anyMatch(brick -> before.brick(brick.index())
                        .filter(present -> !same(present, brick))
                        .isPresent());
    }

    private static boolean same(Brick was, Brick now) {
        return was.unit().node().equals(now.unit().node())
                && was.unit()
                        .options()
                        .getOrDefault(StorageUnit.HOLDER, "")
                        .equals(now.unit().options().getOrDefault(StorageUnit.HOLDER, ""));
    }

    /// Gives back every local unit that `next` has elsewhere or from another holder. Throws where one cannot
    /// be; it must be tried again then before the pool is served as `next`.
    void leave(Pool present, Pool next) {
        List<Brick> leaving = bricks.of(present).stream()
                .filter(brick -> next.brick(brick.index())
                        .filter(now -> !same(brick, now))
                        .isPresent())
                .toList();
        if (!leaving.isEmpty()) {
            bricks.release(present, leaving, false, progress);
        }
    }

    /// Ends the daemons that serve bricks of this node where those are others than before: they are started
    /// again with the next ones, whose server may have another identity.
    void renew(Pool present, Pool next) {
        if (!bricks.of(present).equals(bricks.of(next))) {
            clients.endDaemons(progress);
        }
    }

    /// Whether units of the pool are on this node that were not taken up yet.
    boolean awaited(Pool pool) {
        return bricks.attached(pool).size() < bricks.of(pool).size();
    }
}
