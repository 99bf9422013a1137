package io.sagara.backend.device;

import io.sagara.backend.device.plan.Facts;
import io.sagara.backend.device.plan.Inside;
import io.sagara.backend.device.plan.UnitOptions;
import io.sagara.backend.device.system.AtomicFile;
import io.sagara.spi.Brick;
import io.sagara.spi.Pool;
import java.nio.file.Path;

/// A brick, and where on this node things about it are.
record Unit(Path state, Pool pool, Brick brick) {
    /// Begins every message.
    String where() {
        return "pool " + pool.name() + ", unit " + brick.index() + ": ";
    }

    /// The brick and what the user wants; throws INVALID_ARGUMENT where that is nonsense.
    Facts.Wanted wanted() {
        return new Facts.Wanted(
                pool.name().value(), pool.id(), brick.index(), brick.unit(), UnitOptions.of(brick.unit()));
    }

    Path source() {
        return Path.of(brick.unit().source());
    }

    /// Where everything about the bricks of the pool is.
    Path home() {
        return state.resolve(pool.name().value());
    }

    Path mountPoint() {
        return home().resolve(Integer.toString(brick.index()));
    }

    Path lookPoint() {
        return home().resolve(brick.index() + ".look");
    }

    AtomicFile loopLedger() {
        return new AtomicFile(home(), brick.index() + ".loop");
    }

    Path brickDirectory() {
        return mountPoint().resolve(Inside.BRICK);
    }

    AtomicFile mark() {
        return new AtomicFile(mountPoint(), Inside.Mark.FILE);
    }
}
