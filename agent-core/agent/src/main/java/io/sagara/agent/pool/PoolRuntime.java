package io.sagara.agent.pool;

import io.sagara.agent.brick.BrickContents;
import io.sagara.agent.time.Timer;
import io.sagara.agent.tls.PoolCertificates;
import io.sagara.agent.volume.HourlyReconciliation;
import io.sagara.agent.volume.PoolVolumeSet;
import io.sagara.api.v1.PoolPhase;
import io.sagara.api.v1.PoolSpec;
import io.sagara.spi.Brick;
import io.sagara.spi.Bytes;
import io.sagara.spi.Pool;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import io.sagara.spi.VolumeUsage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One pool that this node serves. All that happens to it happens on its own [Worker]; any thread may ask for
/// [#phase] and the status.
///
/// Taking a pool up is a sequence of idempotent steps: attach the units, fix ports, publish the graphs, start
/// the bricks, the quota daemon and the clients, open the ledger. After a crash at any point the sequence is
/// run again and finds what is there. Where it fails it is repeated, at longer and longer intervals, until it
/// succeeds. A pool whose bricks of this node serve, and which waits for those of other nodes, has not failed.
final class PoolRuntime {
    private static final Logger LOG = LoggerFactory.getLogger(PoolRuntime.class);
    /// Formatting a large disk takes minutes; nothing else here comes near.
    private static final Duration TAKE_UP = Duration.ofMinutes(5);
    private static final Duration CHANGE = Duration.ofMinutes(2);
    private static final Duration MOUNT = Duration.ofSeconds(30);
    private static final Duration LOOK = Duration.ofSeconds(5);
    private static final Duration FIRST_RETRY = Duration.ofSeconds(2);
    private static final Duration LAST_RETRY = Duration.ofSeconds(15);
    /// A look whether bricks of other nodes are up costs nothing.
    private static final Duration REMOTE_RETRY = Duration.ofSeconds(2);
    private static final int GROW_EVERY = 12;
    private static final int REVIVE_EVERY = 3;

    /// What a pool needs of the agent around it.
    record Surroundings(
            LocalBricks bricks,
            Graphs graphs,
            GlusterClients clients,
            PoolVolumeSet volumes,
            QuotaRecount recount,
            BrickContents contents,
            PoolCare care,
            PoolCertificates certificates,
            DesiredState desired,
            ToIntFunction<Brick> port,
            Timer timer) {}

    private final Surroundings around;
    private final Worker worker;
    private final Departure departure;
    private final AtomicReference<PoolSpec> spec;
    private volatile PoolCondition phase = new PoolCondition(PoolPhase.STARTING, "");
    private volatile VolumeUsage usage = new VolumeUsage(Bytes.ZERO, Bytes.ZERO, 0, 0);
    private volatile boolean takenUp;
    private volatile boolean tried;
    private boolean bricksServe;
    private boolean waiting;
    private volatile boolean stopped;
    private Duration retry = FIRST_RETRY;
    private int looks;

    /// `spec`: complete; others may read it, only this object sets it.
    PoolRuntime(AtomicReference<PoolSpec> spec, Surroundings around) {
        this.spec = spec;
        this.around = around;
        worker = new Worker(spec().getName());
        departure = new Departure(around);
    }

    PoolSpec spec() {
        return Objects.requireNonNull(spec.get());
    }

    Pool pool() {
        return PoolSpecs.pool(spec());
    }

    PoolCondition phase() {
        return phase;
    }

    Surroundings around() {
        return around;
    }

    Departure departure() {
        return departure;
    }

    /// Whether it was tried once to take the pool up.
    boolean tried() {
        return tried;
    }

    /// Takes the pool up and waits for it; throws what made it fail.
    void takeUp(Consumer<String> progress) {
        worker.call("taking it up", TAKE_UP, () -> {
            takeUpNow(true, progress);
            return spec();
        });
    }

    /// Takes the pool up some time soon, again and again until it succeeds.
    void takeUpInBackground() {
        worker.soon(this::tryTakeUp);
    }

    private void tryTakeUp() {
        try {
            takeUpNow(
                    false,
                    line -> LOG.atDebug().addKeyValue("pool", spec().getName()).log(line));
        } catch (StorageException e) {
            LOG.atWarn()
                    .addKeyValue("pool", spec().getName())
                    .addKeyValue("reason", e.getMessage())
                    .addKeyValue("retry", retry)
                    .log("pool cannot be served yet");
            var _ = around.timer.after(retry, this::takeUpInBackground);
            retry = retry.multipliedBy(2).compareTo(LAST_RETRY) < 0 ? retry.multipliedBy(2) : LAST_RETRY;
        }
    }

    /// `strict`: with all bricks of this node, as a pool must begin. One that was served before is served as
    /// long as its sets can do without those that are away.
    private void takeUpNow(boolean strict, Consumer<String> progress) {
        if (stopped || takenUp) {
            return;
        }
        try {
            serveBricks(strict, progress);
            usePool(progress);
        } catch (StorageException failure) {
            StorageException e = bricksServe ? around.graphs.explained(pool(), failure) : failure;
            if (waitsForOthers(e)) {
                progress.accept(String.valueOf(e.getMessage()));
                return;
            }
            phase = new PoolCondition(PoolPhase.FAILED, String.valueOf(e.getMessage()));
            throw e;
        } finally {
            tried = true;
        }
        takenUp = true;
        retry = FIRST_RETRY;
        around.bricks.check(pool());
        around.care.takeUp();
        measure();
        phase = PoolCondition.of(pool(), around);
        LOG.atInfo().addKeyValue("pool", spec().getName()).log("pool is served");
        var _ = around.timer.after(LOOK, () -> worker.soon(this::look));
        HourlyReconciliation.begin(around.volumes, around.timer, worker::soon);
    }

    /// All nodes of a pool get it at the same time: each does its part, and what is missing then is no failure
    /// but the part of another.
    private boolean waitsForOthers(StorageException failure) {
        if (!bricksServe
                || failure.problem() != Problem.UNAVAILABLE
                || around.bricks.elsewhere(pool()).isEmpty()) {
            return false;
        }
        phase = new PoolCondition(PoolPhase.STARTING, String.valueOf(failure.getMessage()));
        if (!waiting) {
            waiting = true;
            var _ = around.timer.after(REMOTE_RETRY, () -> {
                worker.soon(() -> waiting = false);
                takeUpInBackground();
            });
        }
        return true;
    }

    private void serveBricks(boolean strict, Consumer<String> progress) {
        fixPorts();
        Pool pool = pool();
        requireCertificates();
        around.graphs.refresh(pool, this::graphsChanged);
        around.graphs.check(pool);
        Map<Integer, Path> directories = around.bricks.attach(pool, strict, progress);
        around.bricks.endGone(pool, progress);
        around.graphs.publish(pool, directories);
        around.bricks.start(pool, strict, progress);
        if (!directories.isEmpty()) {
            around.clients.startQuota(pool, MOUNT, progress);
            Brick own = around.bricks.of(pool).getFirst();
            around.clients.startSelfHeal(pool, pool.server(own), progress);
        }
        bricksServe = true;
    }

    private void requireCertificates() {
        if (spec().hasTls()) {
            around.certificates.require(spec().getTls());
        }
    }

    private void usePool(Consumer<String> progress) {
        progress.accept("mounting the pool");
        around.clients.startClients(pool());
        around.bricks.requireOthers(pool());
        around.clients.awaitClients(pool(), MOUNT);
        progress.accept("opening the ledger");
        around.volumes.open();
    }

    private void graphsChanged() {
        worker.soon(() -> {
            if (takenUp && !stopped) {
                around.graphs.renew(pool(), around.bricks.directories(), this::graphsChanged);
            }
        });
    }

    /// A port is chosen once and kept, because clients on other nodes know it.
    private void fixPorts() {
        PoolSpec fixed = around.bricks.withPorts(spec(), around.port);
        if (!fixed.equals(spec())) {
            around.desired.save(fixed);
            spec.set(fixed);
        }
    }

    private void look() {
        if (stopped) {
            return;
        }
        try {
            around.bricks.check(pool());
            if (spec().hasTls()) {
                around.certificates.renew(spec().getTls());
            }
            around.graphs.refresh(pool(), this::graphsChanged);
            new Expansion(around, _ -> {}).complete(pool(), around.volumes.alone(), MOUNT);
            if (around.bricks.lingering(pool())) {
                around.bricks.endGone(pool(), _ -> {});
            }
            departure.look(spec()).ifPresent(this::retire);
            looks++;
            if (looks % REVIVE_EVERY == 0 && around.bricks.lacking()) {
                // a disk that is back is served again; what it has missed is healed
                serveBricks(false, _ -> {});
            }
            if (looks % GROW_EVERY == 0) {
                around.bricks.grow(pool());
            }
            around.care.look(around.bricks.pendingHeals());
            phase = PoolCondition.of(pool(), around);
            if (phase.phase() == PoolPhase.READY) {
                tendVolumes();
            }
            measure();
            around.recount.look(pool(), around.bricks, around.clients);
        } catch (StorageException e) {
            phase = new PoolCondition(PoolPhase.DEGRADED, String.valueOf(e.getMessage()));
        } finally {
            var _ = around.timer.after(LOOK, () -> worker.soon(this::look));
        }
    }

    /// Units have left: first nobody is to bring them back, then their bricks end.
    private void retire(PoolSpec next) {
        Pool was = pool();
        around.desired.save(next);
        spec.set(next);
        LOG.atInfo().addKeyValue("pool", next.getName()).log("units have left the pool");
        departure.end(was, _ -> {});
    }

    private void tendVolumes() {
        around.volumes.tend();
        if (looks % GROW_EVERY == 0) {
            around.volumes.refresh();
        }
    }

    private void measure() {
        if (around.clients.problem().isEmpty()) {
            usage = around.clients.mount(pool()).usage();
        }
    }

    /// The space of the pool when it was last looked at; zero before.
    VolumeUsage usage() {
        return usage;
    }

    /// Changes what may change while the pool lives. The caller has planned `changed` with [PoolPlan].
    void change(PoolSpec changed, Consumer<String> progress) {
        boolean grows = Expansion.isOne(spec(), changed);
        boolean leaves = DeparturePlan.isOne(spec(), changed);
        worker.call("changing it", grows || leaves ? TAKE_UP : CHANGE, () -> {
            Expansion expansion = new Expansion(around, progress);
            if (!changed.equals(spec())) {
                PoolSpec next = grows ? expansion.begin(spec(), changed) : changed;
                if (leaves) {
                    departure.begin(pool(), PoolSpecs.pool(changed), progress);
                }
                progress.accept("publishing the changed graphs");
                around.graphs.refresh(PoolSpecs.pool(next), this::graphsChanged);
                around.graphs.publish(PoolSpecs.pool(next), around.bricks.directories());
                around.desired.save(next);
                spec.set(next);
            }
            if (takenUp) {
                expansion.complete(pool(), around.volumes.alone(), MOUNT);
            } else {
                takeUpNow(false, progress);
            }
            return changed;
        });
    }

    /// Begins one brick of this node anew, empty; see [Replacement]. `force`: also where data may be lost.
    void replace(int unit, boolean force, Consumer<String> progress) {
        worker.call("replacing unit " + unit, TAKE_UP, () -> {
            Replacement replacement = Replacement.of(around, pool(), unit, progress);
            if (!force) {
                replacement.refuseLoss();
            }
            try {
                replacement.empty();
            } finally {
                // also where it is not emptied, it must serve again
                serveBricks(false, progress);
            }
            around.bricks.require(replacement.brick());
            progress.accept("it serves and is being healed; 'sagara status -o json' says how many heals are pending");
            return unit;
        });
    }

    /// Ends every process and mount of the pool, and gives its units back. `erase`: also removes its data, for
    /// ever. After a failure it may be repeated.
    void stop(boolean erase, Consumer<String> progress) {
        stopped = true;
        worker.call("stopping it", TAKE_UP, () -> {
            Pool pool = pool();
            if (erase) {
                around.volumes.clear();
            }
            endClients(pool, progress);
            if (erase) {
                around.bricks.seek(pool, progress);
            }
            around.bricks.release(pool, around.bricks.of(pool), erase, progress);
            return pool;
        });
        worker.close();
    }

    /// Undoes a beginning that failed: gives back what was attached, and removes what was written where `erase`
    /// is set.
    void abandon(boolean erase) {
        stopped = true;
        worker.call("undoing it", TAKE_UP, () -> {
            Pool pool = pool();
            endClients(pool, _ -> {});
            around.bricks.release(pool, around.bricks.attached(pool), erase, _ -> {});
            return pool;
        });
        worker.close();
    }

    private void endClients(Pool pool, Consumer<String> progress) {
        around.volumes.close();
        around.care.halt();
        around.clients.stop(pool, progress);
        around.graphs.withdraw(pool);
    }

    /// Lets go of the pool and leaves all of its processes and mounts as they are.
    void leave() {
        stopped = true;
        around.volumes.close();
        around.care.leave();
        around.clients.leave();
        worker.close();
    }
}
