package io.sagara.agent.brick;

import io.sagara.agent.brick.DirectoryWatch.Finding;
import io.sagara.agent.posix.Posix;
import io.sagara.agent.process.life.DaemonReport;
import io.sagara.agent.process.life.Patience;
import io.sagara.agent.process.life.Reachable;
import io.sagara.agent.process.life.Supervision;
import io.sagara.agent.process.life.Supervisor;
import io.sagara.spi.Brick;
import io.sagara.spi.BrickHealth;
import io.sagara.spi.NativeBricks;
import io.sagara.spi.Pool;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/// Serves local directories with glusterfsd, one process a brick. Closing it leaves all of them running, to be
/// adopted by the next agent.
public final class GlusterfsdBricks implements NativeBricks, AutoCloseable {
    /// Longer than a disk takes that spins up or repeats a read of a bad sector.
    private static final Duration DISK_DEADLINE = Duration.ofSeconds(10);

    /// What [io.sagara.agent.process.Daemons#stop] may need after its grace, and a bit.
    private static final Duration STOP_MARGIN = Duration.ofSeconds(15);

    /// A brick that was started.
    private record Held(BrickDaemon daemon, Supervisor supervisor, DirectoryWatch watch) {}

    private final BrickDaemon.Places places;
    private final Supervision supervision;
    private final Posix posix;
    private final LogRotation logs;
    private final Consumer<DaemonReport> listener;
    private final Occupied occupied = new Occupied();
    private final MadeBricks made;
    private final Map<BrickId, Held> held = new ConcurrentHashMap<>();

    /// `state`: the agent's state directory; pid files are in its `run`, logs in its `log`, which bricks were made
    /// in its `bricks`.
    /// `volfileServerArguments`: by which a daemon reaches the agent's volfile server, such as `-s SOCKET
    /// --volfile-server-transport unix`. `listener`: called after every change of a brick, quickly.
    public GlusterfsdBricks(
            Path state,
            List<String> volfileServerArguments,
            Supervision supervision,
            Posix posix,
            LogRotation logs,
            Consumer<DaemonReport> listener) {
        this.places = new BrickDaemon.Places(state.toAbsolutePath(), volfileServerArguments);
        this.made = new MadeBricks(places.state().resolve("bricks"));
        this.supervision = supervision;
        this.posix = posix;
        this.logs = logs;
        this.listener = listener;
    }

    @Override
    public Path prepare(Pool pool, Brick brick, Path root, Path directory) {
        BrickId id = BrickId.of(pool, brick);
        made.refuseLoss(posix, pool, id, directory);
        Path real = new BrickDirectory(posix, occupied, pool, brick).prepare(root, directory);
        made.remember(pool, id);
        return real;
    }

    @Override
    public void start(Pool pool, Brick brick, Path directory) {
        BrickId id = BrickId.of(pool, brick);
        if (brick.port() == 0) {
            throw new StorageException(Problem.INVALID_ARGUMENT, id.where() + "the brick has no port yet");
        }
        BrickDaemon daemon = new BrickDaemon(places, supervision.daemons(), pool, brick, directory);
        Held before = held.get(id);
        if (before != null && !before.daemon().isLike(daemon)) {
            stop(id);
        }
        Supervisor supervisor =
                held.computeIfAbsent(id, _ -> hold(pool, daemon, directory)).supervisor();
        supervisor.start();
        var _ = supervisor.awaitRunning(patience().start());
    }

    private Held hold(Pool pool, BrickDaemon daemon, Path directory) {
        Supervisor supervisor = supervision.of(daemon);
        supervisor.onChange(listener);
        logs.watch(daemon.spec().log(), () -> supervisor.signal("HUP"));
        return new Held(daemon, supervisor, new DirectoryWatch(posix, directory, pool.id()));
    }

    @Override
    public void stop(Pool pool, Brick brick) {
        BrickId id = BrickId.of(pool, brick);
        stop(id);
        occupied.release(id);
    }

    private void stop(BrickId id) {
        Held brick = held.get(id);
        if (brick == null) {
            // not started by this agent, but perhaps by an earlier one
            var spec = BrickDaemon.anyOf(places, id);
            supervision
                    .daemons()
                    .find(spec)
                    .ifPresent(
                            left -> supervision.daemons().stop(left, patience().stop()));
            return;
        }
        brick.supervisor().stop();
        brick.supervisor().awaitStopped(patience().stop().plus(STOP_MARGIN));
        brick.supervisor().close();
        logs.forget(brick.daemon().spec().log());
        held.remove(id);
    }

    @Override
    public BrickHealth check(Pool pool, Brick brick, Path directory) {
        BrickId id = BrickId.of(pool, brick);
        Held found = held.get(id);
        Finding finding = look(found == null ? new DirectoryWatch(posix, directory, pool.id()) : found.watch());
        Optional<String> trouble = (found == null ? Optional.of("the brick was not started") : processTrouble(found))
                .or(() -> Reachable.tcp(brick.address(), brick.port()));
        // the directory first: it is often why the process is gone
        String detail = finding.trouble()
                .or(() -> trouble)
                .orElseGet(() -> "serving " + directory + " at " + brick.address() + ":" + brick.port());
        return new BrickHealth(
                finding.trouble().isEmpty() && trouble.isEmpty(),
                detail,
                finding.usage().total(),
                finding.usage().free(),
                finding.pendingHeals());
    }

    private static Optional<String> processTrouble(Held brick) {
        DaemonReport report = brick.supervisor().report();
        return report.phase() == DaemonReport.Phase.RUNNING ? Optional.empty() : Optional.of(report.detail());
    }

    private static Finding look(DirectoryWatch watch) {
        try {
            return watch.look(DISK_DEADLINE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StorageException(Problem.UNAVAILABLE, "the check was given up by its caller", e);
        }
    }

    @Override
    public void erase(Pool pool, Brick brick, Path directory) {
        BrickId id = BrickId.of(pool, brick);
        boolean runs = supervision.daemons().find(BrickDaemon.anyOf(places, id)).isPresent();
        if (held.containsKey(id) || runs) {
            throw new StorageException(
                    Problem.IN_USE, id.where() + "the brick still runs; stop it before it is erased");
        }
        new BrickErasure(posix, pool, id).erase(directory);
        made.forget(id);
        occupied.release(id);
    }

    /// The brick's process, for PoolStatus; empty where the brick was not started.
    public Optional<DaemonReport> report(Pool pool, Brick brick) {
        return Optional.ofNullable(held.get(BrickId.of(pool, brick)))
                .map(found -> found.supervisor().report());
    }

    private Patience patience() {
        return supervision.patience();
    }

    @Override
    public void close() {
        held.values().forEach(brick -> brick.supervisor().close());
    }
}
