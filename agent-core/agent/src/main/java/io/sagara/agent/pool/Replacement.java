package io.sagara.agent.pool;

import io.sagara.spi.Brick;
import io.sagara.spi.BrickHealth;
import io.sagara.spi.Layout;
import io.sagara.spi.Pool;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// Begins one brick of a redundant set anew, empty, on what its unit is now: a disk that took the place of one
/// that has died, or the same one. Everything on it comes from the other bricks of its set.
record Replacement(PoolRuntime.Surroundings around, Pool pool, Brick brick, Consumer<String> progress) {
    /// The brick of this node with the number `unit`.
    static Replacement of(PoolRuntime.Surroundings around, Pool pool, int unit, Consumer<String> progress) {
        Brick brick = unit(pool, unit);
        if (!around.bricks().local(brick)) {
            throw new StorageException(
                    Problem.INVALID_ARGUMENT,
                    "pool " + pool.name() + ": unit " + unit + " is on node "
                            + brick.unit().node() + "; ask its agent");
        }
        return new Replacement(around, pool, brick, progress);
    }

    /// The brick with this number. Throws INVALID_ARGUMENT, naming those there are.
    static Brick unit(Pool pool, int unit) {
        return pool.brick(unit)
                .orElseThrow(() -> new StorageException(
                        Problem.INVALID_ARGUMENT,
                        "pool " + pool.name() + " has no unit " + unit + "; its units are "
                                + pool.bricks().stream()
                                        .map(brick -> String.valueOf(brick.index()))
                                        .collect(Collectors.joining(", "))));
    }

    /// Throws what speaks against it: IN_USE where data could be lost that no other brick has.
    void refuseLoss() {
        Map<Integer, Boolean> connected = around.clients().connected(pool);
        for (Brick other : others()) {
            if (!connected.getOrDefault(other.index(), false)) {
                throw refused("unit " + other.index() + " of its set is not connected");
            }
        }
        long pending = around.bricks().pendingHeals();
        boolean serves =
                around.bricks().health(brick).filter(BrickHealth::serving).isPresent();
        if (pending > 0 && (serves || (pool.layout() instanceof Layout.Disperse(int _, int spare) && spare > 1))) {
            throw refused(pending + " heals are pending, so it may hold what others have missed");
        }
        accused().ifPresent(other -> {
            throw refused("unit " + other.index() + " of its set has missed something as well");
        });
    }

    private StorageException refused(String why) {
        return new StorageException(
                Problem.IN_USE,
                "pool " + pool.name() + ": unit " + brick.index() + " cannot be replaced without a risk: " + why
                        + "; wait until that is over, see 'sagara pool heal', or use --force where it is lost anyway");
    }

    private Optional<Brick> accused() {
        return others().stream()
                .flatMap(witness -> around.bricks().directory(witness).stream())
                .flatMap(directory -> accused(directory).stream())
                .findFirst();
    }

    private Optional<Brick> accused(Path directory) {
        return around.care().accused(pool, directory, others());
    }

    private List<Brick> others() {
        return pool.sets().getOrDefault(brick.index() / pool.layout().setSize(), List.of()).stream()
                .filter(other -> other.index() != brick.index())
                .toList();
    }

    /// Ends the brick, tells the others, and removes what is left of it. The unit is to be attached as a new
    /// one then.
    void empty() {
        switch (pool.layout()) {
            case Layout.Replica1 _, Layout.External _ ->
                throw new StorageException(
                        Problem.UNSUPPORTED,
                        "pool " + pool.name() + " has no other copy of what is on unit " + brick.index()
                                + "; make a new pool and restore its volumes");
            case Layout.Replica2 _, Layout.Replica3 _, Layout.Arbiter _ -> {
                around.bricks().stop(pool, brick, progress);
                progress.accept("telling the other bricks of its set");
                around.care().markEmpty(pool, brick);
            }
            case Layout.Disperse _ -> around.bricks().stop(pool, brick, progress);
        }
        around.bricks().release(pool, List.of(brick), true, progress);
    }
}
