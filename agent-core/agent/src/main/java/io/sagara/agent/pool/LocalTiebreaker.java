package io.sagara.agent.pool;

import io.sagara.agent.heal.TiebreakerFiles;
import io.sagara.agent.process.life.Reachable;
import io.sagara.spi.Brick;
import io.sagara.spi.BrickHealth;
import io.sagara.spi.NativeBricks;
import io.sagara.spi.Pool;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import io.sagara.spi.Tiebreaker;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The tiebreaker of one pool as this node has to do with it: the agent of its node runs it, or somebody else does,
/// and everyone looks whether it answers. Used by the pool's worker only; any thread may ask what was found.
///
/// A pool goes on without it as long as both copies of every set are there. So nothing of it makes a pool fail that
/// was served before.
final class LocalTiebreaker {
    private final NativeBricks bricks;
    private final TiebreakerFiles files;
    private final String node;
    private volatile @Nullable Path directory;
    private volatile Found found = Found.NOTHING;
    private volatile boolean away;
    /// Why it could not be started.
    private String failure = "it was not started";

    /// What the last look has shown. `trouble`: empty where it can be reached. `stale`: see [TiebreakerFiles].
    record Found(Optional<String> trouble, List<Integer> stale) {
        static final Found NOTHING = new Found(Optional.empty(), List.of());
    }

    LocalTiebreaker(NativeBricks bricks, TiebreakerFiles files, String node) {
        this.bricks = bricks;
        this.files = files;
        this.node = node;
    }

    /// Where the one that this node runs is.
    Optional<Path> directory() {
        return Optional.ofNullable(directory);
    }

    Found found() {
        return found;
    }

    boolean local(Tiebreaker third) {
        return third.served() && third.brick().unit().node().equals(node);
    }

    private Optional<Brick> own(Pool pool) {
        return pool.tiebreaker().filter(this::local).map(Tiebreaker::brick);
    }

    /// Runs it, where it is of this node, and looks whether it can be reached. `publish`: publishes its graph.
    /// `strict`: throws what speaks against it, as a pool must begin; otherwise that is [#found]. Idempotent.
    void serve(Pool pool, boolean strict, Runnable publish, Consumer<String> progress) {
        failure = "it was not started";
        try {
            own(pool).ifPresent(brick -> {
                progress.accept("starting the tiebreaker on port " + brick.port());
                directory = bricks.prepare(pool, brick, root(brick), home(pool, brick));
                publish.run();
                bricks.start(pool, brick, home(pool, brick));
            });
        } catch (StorageException e) {
            if (strict) {
                throw e;
            }
            failure = String.valueOf(e.getMessage());
        }
        look(pool);
        found.trouble().filter(_ -> strict).ifPresent(trouble -> {
            throw new StorageException(Problem.UNAVAILABLE, "pool " + pool.name() + ": " + trouble);
        });
    }

    private static Path root(Brick brick) {
        return Path.of(brick.unit().source());
    }

    /// One directory may be named for several pools.
    private static Path home(Pool pool, Brick brick) {
        return root(brick).resolve(pool.name().value());
    }

    /// One look.
    void look(Pool pool) {
        boolean answered = found.trouble().isEmpty();
        found = pool.tiebreaker().map(third -> look(pool, third)).orElse(Found.NOTHING);
        // clients connect again every three seconds: what answers at the second look has them back
        away = found.trouble().isPresent() || (away && !answered);
    }

    /// Whether clients have to do without it, or may have to.
    boolean away() {
        return away;
    }

    private Found look(Pool pool, Tiebreaker third) {
        Path here = directory;
        if (!local(third)) {
            return new Found(unreachable(third), List.of());
        }
        if (here == null) {
            return new Found(Optional.of(described(third, failure)), List.of());
        }
        try {
            BrickHealth health = bricks.check(pool, third.brick(), here);
            Optional<String> trouble =
                    health.serving() ? Optional.empty() : Optional.of(described(third, health.detail()));
            return new Found(trouble, files.stale(pool, here));
        } catch (StorageException | IOException e) {
            return new Found(Optional.of(described(third, String.valueOf(e.getMessage()))), List.of());
        }
    }

    private static Optional<String> unreachable(Tiebreaker third) {
        return Reachable.tcp(third.brick().address(), third.brick().port()).map(why -> described(third, why));
    }

    private static String described(Tiebreaker third, String why) {
        Brick brick = third.brick();
        return "its tiebreaker on " + brick.unit().node() + " is away (" + why
                + "), so a set that loses a brick stops; start it, or look at the agent of its node";
    }

    /// What is wrong with it, and what to do; empty where nothing is.
    String problem() {
        return found.trouble().orElse("");
    }

    /// Ends it, where it is of this node, and removes its files where `erase` is set. Repeating it succeeds.
    void release(Pool pool, boolean erase, Consumer<String> progress) {
        own(pool).ifPresent(brick -> {
            progress.accept("stopping the tiebreaker");
            bricks.stop(pool, brick);
            if (erase) {
                bricks.erase(pool, brick, home(pool, brick));
            }
        });
        directory = null;
    }
}
