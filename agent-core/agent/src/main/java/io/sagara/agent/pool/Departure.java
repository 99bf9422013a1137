package io.sagara.agent.pool;

import io.sagara.agent.brick.BrickContents.Left;
import io.sagara.api.v1.PoolSpec;
import io.sagara.api.v1.RebalancePhase;
import io.sagara.api.v1.RebalanceStatus;
import io.sagara.spi.Brick;
import io.sagara.spi.Pool;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Has whole sets leave a pool that is in use.
///
/// 1. The graphs name the sets, so that new files go to the others, and a rebalance moves what is there.
/// 2. When it has ended, the bricks themselves are looked at. While anything is left, it is begun again.
/// 3. The graphs are published without the sets. Only when no process is connected to their bricks any more are
///    they looked at once more, which nothing can be added to by then.
/// 4. The pool is saved with the units as retired, and their bricks end. What is on their units stays.
///
/// Until 4 nothing is kept but the wish: an agent that begins in between publishes the graphs of 1 again. Used by
/// the pool's worker only, but for [#left].
final class Departure {
    private static final Logger LOG = LoggerFactory.getLogger(Departure.class);
    private static final Duration DAEMONS = Duration.ofSeconds(30);
    /// Looks, of 5 seconds each: after which clients that go on with the old graph get it back, and after which
    /// files that could not be moved are tried again.
    private static final int PATIENCE = 12;

    private final PoolRuntime.Surroundings around;
    private final Map<Integer, Left> left = new ConcurrentSkipListMap<>();
    private boolean withdrawn;
    private int waited;

    Departure(PoolRuntime.Surroundings around) {
        this.around = around;
    }

    /// What was on a brick that is leaving when it was last looked at; empty where it was not.
    Optional<Left> left(Brick brick) {
        return Optional.ofNullable(left.get(brick.index()));
    }

    /// Makes ready for the change from `was` to `asked`, which is to be saved and published then. Throws what speaks
    /// against it: IN_USE while a brick is away or to be healed, BUSY while files move, NO_SPACE.
    void begin(Pool was, Pool asked, Consumer<String> progress) {
        if (asked.leaving()) {
            refuseMoving(was);
            refuseUnwell(was);
            progress.accept("counting what is to move");
            count(asked);
            refuseLackOfRoom(asked);
        } else {
            // what it has moved is moved back where its layout says so
            var _ = around.care().rebalance().pause();
            left.clear();
        }
        withdrawn = false;
        waited = 0;
        around.care().rebalance().announce();
    }

    private void refuseMoving(Pool pool) {
        RebalancePhase phase = around.care().rebalance().status().getPhase();
        if (phase == RebalancePhase.RUNNING || phase == RebalancePhase.PREPARING) {
            throw new StorageException(
                    Problem.BUSY,
                    "pool " + pool.name() + ": files are being moved; wait for the end of that, or pause it, before"
                            + " units leave");
        }
    }

    private void refuseUnwell(Pool pool) {
        Map<Integer, Boolean> connected = around.clients().connected(pool);
        around.bricks().check(pool);
        for (Brick brick : pool.bricks()) {
            boolean serves = around.bricks()
                    .health(brick)
                    .filter(health -> health.serving())
                    .isPresent();
            if (!serves || !connected.getOrDefault(brick.index(), false)) {
                throw refused(pool, "unit " + brick.index() + " does not serve, or is not connected");
            }
        }
        long pending = around.bricks().pendingHeals();
        if (pending > 0) {
            throw refused(pool, pending + " heals are pending");
        }
    }

    private static StorageException refused(Pool pool, String why) {
        return new StorageException(
                Problem.IN_USE,
                "pool " + pool.name() + ": no units can leave while " + why
                        + "; look at 'sagara status', and repeat it when that is over");
    }

    private void count(Pool pool) {
        Path other = directory(pool, staying(pool));
        try {
            for (Brick brick : pool.bricks()) {
                if (brick.leaving()) {
                    left.put(brick.index(), around.contents().of(directory(pool, brick), other));
                }
            }
        } catch (IOException e) {
            throw unreadable(pool, e);
        }
    }

    private static Brick staying(Pool pool) {
        return pool.bricks().stream()
                .filter(brick -> !brick.leaving())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("every set leaves"));
    }

    private Path directory(Pool pool, Brick brick) {
        return around.bricks()
                .directory(brick)
                .orElseThrow(() -> refused(pool, "unit " + brick.index() + " is not attached"));
    }

    private static StorageException unreadable(Pool pool, IOException e) {
        return new StorageException(
                Problem.UNAVAILABLE,
                "pool " + pool.name() + ": its bricks cannot be looked at: " + e.getMessage() + "; check their disks",
                e);
    }

    private void refuseLackOfRoom(Pool pool) {
        try {
            Optional<String> lack = SetSpace.refusal(
                    new PoolSpace(pool, around.contents(), around.bricks().directories(), left).sets(),
                    around.volumes().promised().value());
            if (lack.isPresent()) {
                throw new StorageException(
                        Problem.NO_SPACE,
                        "pool " + pool.name() + ": " + lack.get() + "; add units first, or remove volumes");
            }
        } catch (IOException e) {
            throw unreadable(pool, e);
        }
    }

    /// To be called every few seconds. Returns the pool as it is to be saved when its units have left, and empty
    /// while they have not. [#end] is to be called then.
    Optional<PoolSpec> look(PoolSpec spec) {
        Pool pool = PoolSpecs.pool(spec);
        if (!pool.leaving()) {
            return Optional.empty();
        }
        if (left.isEmpty()) {
            count(pool);
        }
        return switch (around.care().rebalance().status().getPhase()) {
            case REBALANCE_PHASE_UNSPECIFIED -> {
                // what is known of it was lost
                around.care().rebalance().announce();
                yield Optional.empty();
            }
            case DONE -> withdrawn ? withdrawn(spec, pool) : moved(spec, pool);
            case PREPARING, DUE, RUNNING, PAUSED, REBALANCE_FAILED, UNRECOGNIZED -> Optional.empty();
        };
    }

    private Optional<PoolSpec> moved(PoolSpec spec, Pool pool) {
        count(pool);
        if (isEmpty()) {
            publish(PoolSpecs.pool(DeparturePlan.retired(spec)));
            withdrawn = true;
            waited = 0;
        } else {
            again(pool);
        }
        return Optional.empty();
    }

    private boolean isEmpty() {
        return left.values().stream().allMatch(brick -> brick.files() == 0);
    }

    /// At once where the last time was of use, otherwise after a while: files that are locked or open stay where
    /// they are.
    private void again(Pool pool) {
        RebalanceStatus status = around.care().rebalance().status();
        waited++;
        if (status.getMovedFiles() > 0 || waited >= PATIENCE) {
            waited = 0;
            LOG.atInfo()
                    .addKeyValue("pool", pool.name())
                    .addKeyValue("left", left)
                    .log("units are not empty yet; their files are moved again");
            var _ = around.care().rebalance().start();
        } else if (waited == 1) {
            around.care().rebalance().remark(stays());
        }
    }

    private String stays() {
        return left.entrySet().stream()
                .filter(brick -> brick.getValue().files() > 0)
                .map(brick -> brick.getValue().files() + " files are left on unit " + brick.getKey() + ", such as "
                        + brick.getValue().example())
                .findFirst()
                .map(first -> first + ": locked, or open and removed, or they could not be moved; it is tried again"
                        + " every minute")
                .orElse("");
    }

    private void publish(Pool pool) {
        around.graphs().publish(pool, around.bricks().directories());
        around.clients().renewDaemons(pool, DAEMONS, _ -> {});
    }

    private Optional<PoolSpec> withdrawn(PoolSpec spec, Pool pool) {
        PoolSpec next = DeparturePlan.retired(spec);
        if (!around.clients().workWith(PoolSpecs.pool(next)) || connected(pool)) {
            waited++;
            if (waited >= PATIENCE) {
                LOG.atWarn().addKeyValue("pool", pool.name()).log("clients do not let go of units that are leaving");
                putBack(pool);
            }
            return Optional.empty();
        }
        count(pool);
        if (isEmpty()) {
            return Optional.of(next);
        }
        putBack(pool);
        var _ = around.care().rebalance().start();
        return Optional.empty();
    }

    private boolean connected(Pool pool) {
        try {
            for (Brick brick : pool.bricks()) {
                if (brick.leaving() && around.contents().connections(brick) > 0) {
                    return true;
                }
            }
            return false;
        } catch (IOException e) {
            throw unreadable(pool, e);
        }
    }

    private void putBack(Pool pool) {
        withdrawn = false;
        waited = 0;
        publish(pool);
    }

    /// Ends the bricks that have left, which the pool was saved without. `was`: the pool with them.
    void end(Pool was, Consumer<String> progress) {
        around.care().rebalance().settle();
        left.clear();
        withdrawn = false;
        around.bricks()
                .release(
                        was,
                        around.bricks().of(was).stream().filter(Brick::leaving).toList(),
                        false,
                        progress);
    }
}
