package io.sagara.agent.pool;

import io.sagara.agent.process.life.Reachable;
import io.sagara.api.v1.PoolSpec;
import io.sagara.spi.Brick;
import io.sagara.spi.BrickHealth;
import io.sagara.spi.Bricks;
import io.sagara.spi.Bytes;
import io.sagara.spi.Pool;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

/// The bricks of one pool that are on this node, each in the hands of its backend. Used by the pool's worker
/// only, but for [#health] and [#directory], which any thread may ask.
final class LocalBricks {
    private final Backends backends;
    private final String node;
    private final Map<Integer, Path> directories = new ConcurrentSkipListMap<>();
    private final Map<Integer, BrickHealth> health = new ConcurrentSkipListMap<>();
    /// Why bricks are away, in the order of indices.
    private final Map<Integer, StorageException> failed = new TreeMap<>();

    LocalBricks(Backends backends, String node) {
        this.backends = backends;
        this.node = node;
    }

    List<Brick> of(Pool pool) {
        return pool.bricks().stream().filter(this::local).toList();
    }

    /// The bricks that other nodes serve.
    List<Brick> elsewhere(Pool pool) {
        return pool.bricks().stream().filter(brick -> !local(brick)).toList();
    }

    boolean local(Brick brick) {
        return brick.unit().node().equals(node);
    }

    /// The complete spec with a port for each local brick that has none.
    PoolSpec withPorts(PoolSpec spec, ToIntFunction<Brick> port) {
        PoolSpec.Builder fixed = spec.toBuilder();
        for (Brick brick : of(PoolSpecs.pool(spec))) {
            if (brick.port() == 0) {
                fixed.getBricksBuilder(brick.index()).setPort(port.applyAsInt(brick));
            }
        }
        return fixed.build();
    }

    /// Attaches every local brick and returns the directories by index. `strict`: throws where one cannot be;
    /// otherwise only where its set cannot do without it, and it is away until [#attach] succeeds later.
    Map<Integer, Path> attach(Pool pool, boolean strict, Consumer<String> progress) {
        attempt(pool, strict, progress);
        requireEnough(pool);
        return directories();
    }

    /// Attaches every local brick that is there, so that an erasure finds its data: one may never have been
    /// attached in this life. Whether those that cannot be attached hold anything is for the erasure to say.
    void seek(Pool pool, Consumer<String> progress) {
        attempt(pool, false, progress);
        failed.values().forEach(reason -> progress.accept(String.valueOf(reason.getMessage())));
    }

    private void attempt(Pool pool, boolean strict, Consumer<String> progress) {
        failed.clear();
        for (Brick brick : of(pool)) {
            progress.accept("unit " + brick.index() + ": attaching " + brick.unit());
            attempt(
                    brick,
                    strict,
                    () -> ProgressLines.to(
                            progress,
                            () -> directories.put(brick.index(), bricks(brick).attach(pool, brick))));
        }
    }

    /// Starts what was attached; `strict` as for [#attach].
    void start(Pool pool, boolean strict, Consumer<String> progress) {
        for (Brick brick : attached(pool)) {
            progress.accept("unit " + brick.index() + ": starting the brick on port " + brick.port());
            attempt(brick, strict, () -> bricks(brick).start(pool, brick, directoryOf(pool, brick)));
        }
        requireEnough(pool);
    }

    private void attempt(Brick brick, boolean strict, Runnable task) {
        try {
            task.run();
        } catch (StorageException e) {
            if (strict) {
                throw e;
            }
            failed.put(brick.index(), e);
            health.put(brick.index(), new BrickHealth(false, String.valueOf(e.getMessage()), Bytes.ZERO, Bytes.ZERO));
        }
    }

    private void requireEnough(Pool pool) {
        if (!bearable(pool, failed.keySet())) {
            throw failed.values().iterator().next();
        }
    }

    /// Whether bricks of this node are away that may come back.
    boolean lacking() {
        return !failed.isEmpty();
    }

    /// Whether every set can do without those of `away` that are its.
    private static boolean bearable(Pool pool, Collection<Integer> away) {
        return pool.layout()
                .enough(pool.bricks().stream()
                        .collect(Collectors.toMap(Brick::index, brick -> !away.contains(brick.index()))));
    }

    /// Throws UNAVAILABLE, naming them, while so many bricks of other nodes do not accept connections that a set
    /// cannot be used.
    void requireOthers(Pool pool) {
        Map<Integer, String> away = new TreeMap<>();
        for (Brick brick : elsewhere(pool)) {
            Reachable.tcp(brick.address(), brick.port())
                    .ifPresent(reason -> away.put(
                            brick.index(),
                            "unit " + brick.index() + " on node " + brick.unit().node() + " (" + reason + ")"));
        }
        if (!bearable(pool, away.keySet())) {
            throw new StorageException(
                    Problem.UNAVAILABLE,
                    "pool " + pool.name() + " waits for " + String.join(", ", away.values())
                            + "; it is taken up by itself when they are there: look at the agents of those nodes");
        }
    }

    /// One look at every brick. What a backend throws is what is wrong with the brick.
    void check(Pool pool) {
        for (Brick brick : of(pool)) {
            Path directory = directories.get(brick.index());
            if (directory != null) {
                health.put(brick.index(), check(pool, brick, directory));
            }
        }
    }

    private BrickHealth check(Pool pool, Brick brick, Path directory) {
        try {
            return bricks(brick).check(pool, brick, directory);
        } catch (StorageException e) {
            return new BrickHealth(false, String.valueOf(e.getMessage()), Bytes.ZERO, Bytes.ZERO);
        }
    }

    void grow(Pool pool) {
        for (Brick brick : of(pool)) {
            Path directory = directories.get(brick.index());
            if (directory != null) {
                bricks(brick).grow(pool, brick, directory);
            }
        }
    }

    /// The local bricks which this object has attached.
    List<Brick> attached(Pool pool) {
        return of(pool).stream()
                .filter(brick -> directories.containsKey(brick.index()))
                .toList();
    }

    /// Ends one brick; it is attached still.
    void stop(Pool pool, Brick brick, Consumer<String> progress) {
        progress.accept("unit " + brick.index() + ": stopping the brick");
        bricks(brick).stop(pool, brick);
    }

    /// Throws why a brick is away, where it is.
    void require(Brick brick) {
        StorageException reason = failed.get(brick.index());
        if (reason != null) {
            throw reason;
        }
    }

    /// Stops and gives back `bricks`, and removes the pool's data from them before where `erase` is set. Goes
    /// on with the others after a failure, and throws the first at the end.
    void release(Pool pool, List<Brick> bricks, boolean erase, Consumer<String> progress) {
        StorageException first = null;
        for (Brick brick : bricks) {
            try {
                release(pool, brick, erase, progress);
            } catch (StorageException e) {
                first = first == null ? e : first;
            }
        }
        if (first != null) {
            throw first;
        }
    }

    private void release(Pool pool, Brick brick, boolean erase, Consumer<String> progress) {
        Bricks backend = bricks(brick);
        progress.accept("unit " + brick.index() + ": stopping the brick");
        backend.stop(pool, brick);
        if (erase) {
            progress.accept("unit " + brick.index() + ": removing the pool's data from " + brick.unit());
            backend.erase(pool, brick);
        }
        backend.detach(pool, brick);
        directories.remove(brick.index());
        health.remove(brick.index());
    }

    /// Whether bricks that have left the pool could not be ended.
    boolean lingering(Pool pool) {
        return pool.gone().stream().anyMatch(brick -> directories.containsKey(brick.index()));
    }

    /// Ends bricks that have left the pool and run still, because an earlier agent ended too early. One whose unit
    /// is no more keeps nobody from using the others.
    void endGone(Pool pool, Consumer<String> progress) {
        for (Brick brick : pool.gone()) {
            if (local(brick)) {
                try {
                    release(pool, brick, false, _ -> {});
                } catch (StorageException e) {
                    progress.accept(String.valueOf(e.getMessage()));
                }
            }
        }
    }

    /// The directories of the attached bricks, by index.
    Map<Integer, Path> directories() {
        return Map.copyOf(directories);
    }

    /// Of all bricks of this node together.
    long pendingHeals() {
        return health.values().stream().mapToLong(BrickHealth::pendingHeals).sum();
    }

    Optional<BrickHealth> health(Brick brick) {
        return Optional.ofNullable(health.get(brick.index()));
    }

    Optional<Path> directory(Brick brick) {
        return Optional.ofNullable(directories.get(brick.index()));
    }

    private Path directoryOf(Pool pool, Brick brick) {
        return directory(brick)
                .orElseThrow(() -> new StorageException(
                        Problem.INTERNAL, "pool " + pool.name() + ": unit " + brick.index() + " was never attached"));
    }

    private Bricks bricks(Brick brick) {
        return backends.of(brick.unit().type()).bricks();
    }
}
