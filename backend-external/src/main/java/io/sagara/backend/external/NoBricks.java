package io.sagara.backend.external;

import io.sagara.spi.Brick;
import io.sagara.spi.BrickHealth;
import io.sagara.spi.Bricks;
import io.sagara.spi.Bytes;
import io.sagara.spi.Pool;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.nio.file.Path;

/// Role 2 is played by the cluster itself. Only a pool that lists units of this type would call it, and is
/// told.
final class NoBricks implements Bricks {
    private static StorageException refused(Pool pool, Brick brick) {
        return new StorageException(
                Problem.INVALID_ARGUMENT,
                "pool " + pool.name() + ", unit " + brick.index()
                        + ": 'external' is no storage unit; use 'type: External'" + " with 'details'");
    }

    @Override
    public Path attach(Pool pool, Brick brick) {
        throw refused(pool, brick);
    }

    @Override
    public void start(Pool pool, Brick brick, Path directory) {
        throw refused(pool, brick);
    }

    @Override
    public void stop(Pool pool, Brick brick) {
        // none runs
    }

    @Override
    public BrickHealth check(Pool pool, Brick brick, Path directory) {
        throw refused(pool, brick);
    }

    @Override
    public Bytes grow(Pool pool, Brick brick, Path directory) {
        throw refused(pool, brick);
    }

    @Override
    public void detach(Pool pool, Brick brick) {
        // nothing was taken
    }

    @Override
    public void erase(Pool pool, Brick brick) {
        // nothing was written
    }
}
