package io.sagara.agent.pool;

import io.sagara.agent.process.life.Reachable;
import io.sagara.spi.Brick;
import io.sagara.spi.BrickHealth;
import io.sagara.spi.Bricks;
import io.sagara.spi.Bytes;
import io.sagara.spi.Pool;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;

/// The bricks of one pool that are on this node, each in the hands of its backend. Used by the pool's worker
/// only, but for [#health] and [#directory], which any thread may ask.
final class LocalBricks {
    private final Backends backends;
    private final String node;
    private final Map<Integer, Path> directories = new ConcurrentSkipListMap<>();
    private final Map<Integer, BrickHealth> health = new ConcurrentSkipListMap<>();

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

    /// Attaches every local brick and returns the directories by index.
    Map<Integer, Path> attach(Pool pool, Consumer<String> progress) {
        Map<Integer, Path> attached = new TreeMap<>();
        for (Brick brick : of(pool)) {
            progress.accept("unit " + brick.index() + ": attaching " + brick.unit());
            ProgressLines.to(
                    progress, () -> directories.put(brick.index(), bricks(brick).attach(pool, brick)));
            attached.put(brick.index(), directoryOf(pool, brick));
        }
        return attached;
    }

    void start(Pool pool, Consumer<String> progress) {
        for (Brick brick : of(pool)) {
            progress.accept("unit " + brick.index() + ": starting the brick on port " + brick.port());
            bricks(brick).start(pool, brick, directoryOf(pool, brick));
        }
    }

    /// Throws UNAVAILABLE, naming them, while so many bricks of other nodes do not accept connections that a set
    /// cannot be used.
    void requireOthers(Pool pool) {
        List<String> away = new ArrayList<>();
        Map<Integer, Integer> missing = new TreeMap<>();
        for (Brick brick : elsewhere(pool)) {
            Reachable.tcp(brick.address(), brick.port()).ifPresent(reason -> {
                missing.merge(brick.index() / pool.layout().setSize(), 1, Integer::sum);
                away.add("unit " + brick.index() + " on node " + brick.unit().node() + " (" + reason + ")");
            });
        }
        int bearable = pool.layout().setSize() - pool.layout().needed();
        if (missing.values().stream().anyMatch(count -> count > bearable)) {
            throw new StorageException(
                    Problem.UNAVAILABLE,
                    "pool " + pool.name() + " waits for " + String.join(", ", away)
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

    /// The directories of the attached bricks, by index.
    Map<Integer, Path> directories() {
        return Map.copyOf(directories);
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
