package io.sagara.agent.pool;

import io.sagara.agent.mount.PoolClient;
import io.sagara.spi.Brick;
import io.sagara.spi.BrickHealth;
import io.sagara.spi.Layout;
import io.sagara.spi.Pool;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Begins one brick of a redundant set anew, empty, on what its unit is now: a disk that took the place of one
/// that has died, or the same one. Everything on it comes from the other bricks of its set.
record Replacement(PoolRuntime.Surroundings around, Pool pool, Brick brick, Consumer<String> progress) {
    private static final Duration LOOK = Duration.ofSeconds(20);

    /// The brick of this node with the number `unit`.
    static Replacement of(PoolRuntime.Surroundings around, Pool pool, int unit, Consumer<String> progress) {
        if (unit < 0 || unit >= pool.bricks().size()) {
            throw new StorageException(
                    Problem.INVALID_ARGUMENT,
                    "pool " + pool.name() + " has no unit " + unit + "; its units are 0 to "
                            + (pool.bricks().size() - 1));
        }
        Brick brick = pool.bricks().get(unit);
        if (!around.bricks().local(brick)) {
            throw new StorageException(
                    Problem.INVALID_ARGUMENT,
                    "pool " + pool.name() + ": unit " + unit + " is on node "
                            + brick.unit().node() + "; ask its agent");
        }
        return new Replacement(around, pool, brick, progress);
    }

    /// Throws what speaks against it: IN_USE where data could be lost that no other brick has.
    void refuseLoss() {
        Map<Integer, Boolean> connected = connected();
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

    /// As a client sees it, which also notices a brick that hangs.
    private Map<Integer, Boolean> connected() {
        PoolClient client = around.clients().management();
        try {
            return client.threads().call("looking at its bricks", LOOK, client::bricks);
        } catch (IOException e) {
            throw new StorageException(
                    Problem.UNAVAILABLE,
                    "pool " + pool.name() + ": the connections to its bricks cannot be seen: " + e.getMessage()
                            + "; look at 'sagara status', then repeat it",
                    e);
        }
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
        int size = pool.layout().setSize();
        int first = brick.index() / size * size;
        return pool.bricks().subList(first, first + size).stream()
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
