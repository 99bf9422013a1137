package io.sagara.agent.brick;

import io.sagara.spi.Brick;
import io.sagara.spi.Pool;
import io.sagara.spi.PoolName;
import io.sagara.spi.Tiebreaker;

/// One brick, or tiebreaker, of this node among all pools.
record BrickId(PoolName pool, int index) {
    static BrickId of(Pool pool, Brick brick) {
        return new BrickId(pool.name(), brick.index());
    }

    /// How messages begin.
    String where() {
        return "pool " + pool + ", " + (isTiebreaker() ? "tiebreaker" : "unit " + index) + ": ";
    }

    /// In names of files that are the pool's own.
    String part() {
        return isTiebreaker() ? "tiebreaker" : "brick-" + index;
    }

    private boolean isTiebreaker() {
        return index == Tiebreaker.INDEX;
    }

    /// As volfile id, name of the daemon and in file names.
    @Override
    public String toString() {
        return pool + "." + part();
    }
}
