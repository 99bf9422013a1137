package io.sagara.agent.rebalance;

import io.sagara.agent.file.AtomicFile;
import io.sagara.agent.file.StateDirectory;
import io.sagara.agent.operation.DaemonSocket.Operation;
import io.sagara.agent.process.DaemonProcess;
import io.sagara.agent.process.Daemons;
import io.sagara.agent.process.LogTail;
import io.sagara.api.v1.RebalancePhase;
import io.sagara.api.v1.RebalanceStatus;
import io.sagara.spi.PoolName;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The rebalance of one pool on this node: its process, which outlives the agent, and what is to become of it,
/// which is on disk. What was moved stays moved, so one that was paused, or ended with its node, is simply
/// begun again and passes over what is done. Any number of threads may call.
public final class Rebalance {
    private static final Logger LOG = LoggerFactory.getLogger(Rebalance.class);
    private static final Duration START = Duration.ofSeconds(15);
    private static final Duration GRACE = Duration.ofSeconds(20);
    private static final Duration LOOK = Duration.ofSeconds(1);
    // GF_DEFRAG_CMD_STOP and GF_DEFRAG_CMD_STATUS of GlusterFS
    private static final Map<String, String> STOP = Map.of("rebalance-command", "2");
    private static final Map<String, String> STATUS = Map.of("rebalance-command", "3");

    private final RebalanceProcess process;
    private final Daemons daemons;
    private final InstantSource clock;
    private final Supplier<RebalanceJob> job;
    private final RebalanceRecord record;
    private @Nullable Thread watcher;

    /// `volume`: the id of the pool. `job`: as it is when a process is started.
    public Rebalance(
            PoolName pool,
            UUID volume,
            StateDirectory state,
            Daemons daemons,
            InstantSource clock,
            Supplier<RebalanceJob> job) {
        this.process = new RebalanceProcess(pool, state);
        this.daemons = daemons;
        this.clock = clock;
        this.job = job;
        this.record = new RebalanceRecord(pool, volume, process.record());
    }

    /// How far it is.
    public RebalanceStatus status() {
        return record.status();
    }

    /// The sets of the pool are about to change.
    public void announce() {
        record.begin(RebalancePhase.PREPARING, "");
    }

    /// The pool has grown, and somebody has to say when files may move.
    public void due(String detail) {
        record.begin(RebalancePhase.DUE, detail);
    }

    /// The sets have changed, and there is nothing to move from here.
    public void settle() {
        record.begin(RebalancePhase.REBALANCE_PHASE_UNSPECIFIED, "");
    }

    /// Says something about one that has ended.
    public void remark(String detail) {
        record.become(next -> next.setDetail(detail));
    }

    /// Begins, or goes on where it was paused. Does nothing where it runs.
    public synchronized RebalanceStatus start() {
        if (watcher == null || !watcher.isAlive()) {
            record.begin(RebalancePhase.RUNNING, "");
            watch();
        }
        return status();
    }

    /// Ends the process after the files it moves right now; [#start] goes on. Does nothing where none runs.
    public synchronized RebalanceStatus pause() {
        if (record.phase() == RebalancePhase.RUNNING) {
            record.become(next -> next.setPhase(RebalancePhase.PAUSED));
            stop();
        }
        return status();
    }

    /// Goes on with what an earlier agent has begun.
    public synchronized void takeUp() {
        if (watcher != null) {
            return;
        }
        if (record.phase() == RebalancePhase.RUNNING) {
            watch();
        } else if (record.phase() == RebalancePhase.PAUSED) {
            stop();
        }
    }

    /// Ends the process because the pool is no longer served; what is to be done is not forgotten.
    public synchronized void halt() {
        endWatching();
        running().ifPresent(found -> daemons.stop(found, GRACE));
    }

    /// Lets go of it and leaves the process as it is.
    public synchronized void leave() {
        if (watcher != null) {
            watcher.interrupt();
            watcher = null;
        }
    }

    /// Nobody watches any more when the process is looked for: a watcher that is about to start it would do so
    /// after the look.
    private void stop() {
        endWatching();
        Optional<DaemonProcess> running = running();
        if (running.isPresent()) {
            end(running.get());
            Tally.atEnd(log()).ifPresent(tally -> record.become(tally::into));
        }
    }

    private void end(DaemonProcess running) {
        try {
            Map<String, String> _ =
                    process.socket().call(Operation.REBALANCE, job.get().distribute(), STOP);
            var _ = daemons.onExit(running).toCompletableFuture().get(GRACE.toSeconds(), TimeUnit.SECONDS);
        } catch (IOException | ExecutionException | TimeoutException e) {
            LOG.atDebug().addKeyValue("pool", process.pool()).setCause(e).log("rebalance does not take orders");
            daemons.stop(running, GRACE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void endWatching() {
        Thread watching = watcher;
        leave();
        if (watching != null) {
            try {
                watching.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private Optional<DaemonProcess> running() {
        return daemons.find(process.any());
    }

    private void watch() {
        watcher = Thread.ofVirtual().name("rebalance of " + process.pool()).start(() -> {
            try {
                follow(ensured());
                concluded();
            } catch (StorageException e) {
                if (Thread.currentThread().isInterrupted()) {
                    // who interrupts says what becomes of it
                    return;
                }
                // what has little to do may be over before it is seen
                if (Tally.atEnd(log()).isEmpty()) {
                    failed(String.valueOf(e.getMessage()));
                } else {
                    concluded();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private DaemonProcess ensured() {
        Optional<DaemonProcess> running = running();
        if (running.isPresent()) {
            return running.get();
        }
        try {
            AtomicFile.write(process.volfile(), job.get().graph());
            // so that what it says of the end is of this run
            Files.deleteIfExists(process.log());
        } catch (IOException e) {
            throw new StorageException(
                    Problem.UNAVAILABLE,
                    "rebalance cannot be started: " + e.getMessage() + "; check the disk of the state directory",
                    e);
        }
        return daemons.ensure(process.spec(job.get(), clock.instant().getEpochSecond()), START);
    }

    private void follow(DaemonProcess running) throws InterruptedException {
        Future<Void> exit = daemons.onExit(running).toCompletableFuture();
        while (true) {
            try {
                Void _ = exit.get(LOOK.toMillis(), TimeUnit.MILLISECONDS);
                return;
            } catch (TimeoutException e) {
                look();
            } catch (ExecutionException e) {
                throw new StorageException(Problem.INTERNAL, "rebalance cannot be watched: " + e.getCause(), e);
            }
        }
    }

    private void look() {
        try {
            Map<String, String> said =
                    process.socket().call(Operation.REBALANCE, job.get().distribute(), STATUS);
            Tally tally = Tally.answered(said);
            record.change(tally::into);
        } catch (IOException | NumberFormatException e) {
            // it is just beginning or ending
            LOG.atDebug().addKeyValue("pool", process.pool()).setCause(e).log("rebalance does not answer");
        }
    }

    private String log() {
        return new LogTail(process.log(), 0).text();
    }

    private void concluded() {
        Optional<Tally> end = Tally.atEnd(log());
        end.ifPresent(tally -> record.change(tally::into));
        if (record.phase() == RebalancePhase.PAUSED) {
            record.become(_ -> {});
        } else if (end.map(Tally::end).filter("completed"::equals).isPresent()) {
            long failures = status().getFailures();
            String left = failures == 0
                    ? ""
                    : failures + " files could not be moved and are where they were; see " + process.log()
                            + ", then start it again";
            record.become(next -> next.setPhase(RebalancePhase.DONE).setDetail(left));
        } else {
            failed("it ended before it was done: " + new LogTail(process.log(), 0).reason());
        }
    }

    private void failed(String reason) {
        record.become(next -> next.setPhase(RebalancePhase.REBALANCE_FAILED)
                .setDetail(reason + "; put that right, then start it again"));
    }
}
