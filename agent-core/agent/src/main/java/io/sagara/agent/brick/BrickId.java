package io.sagara.agent.brick;

import io.sagara.spi.Brick;
import io.sagara.spi.Pool;
import io.sagara.spi.PoolName;

/// One brick of this node among all pools.
record BrickId(PoolName pool, int index) {
    static BrickId of(Pool pool, Brick brick) {
        return new BrickId(pool.name(), brick.index());
    }

    /// How messages begin.
    String where() {
        return "pool " + pool + ", unit " + index + ": ";
    }

    /// As volfile id, name of the daemon and in file names.
    @Override
    public String toString() {
        return pool + ".brick-" + index;
    }
}
