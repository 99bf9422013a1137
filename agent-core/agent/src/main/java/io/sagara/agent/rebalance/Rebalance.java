package io.sagara.agent.rebalance;

import com.google.protobuf.util.JsonFormat;
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
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
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
    private final UUID volume;
    private final Daemons daemons;
    private final InstantSource clock;
    private final Supplier<RebalanceJob> job;
    private final Lock changing = new ReentrantLock();
    private volatile RebalanceStatus status;
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
        this.volume = volume;
        this.daemons = daemons;
        this.clock = clock;
        this.job = job;
        this.status = recorded();
    }

    private RebalanceStatus recorded() {
        try {
            RebalanceStatus.Builder found = RebalanceStatus.newBuilder();
            JsonFormat.parser().ignoringUnknownFields().merge(Files.readString(process.record()), found);
            // one of an earlier pool with this name means nothing
            return found.getVolumeId().equals(volume.toString()) ? found.build() : nothing();
        } catch (NoSuchFileException e) {
            return nothing();
        } catch (IOException e) {
            LOG.atWarn()
                    .addKeyValue("pool", process.pool())
                    .addKeyValue("reason", e.getMessage())
                    .log("what is known of the rebalance cannot be read; start it again");
            return nothing();
        }
    }

    private RebalanceStatus nothing() {
        return reset(RebalanceStatus.newBuilder()).build();
    }

    private RebalanceStatus.Builder reset(RebalanceStatus.Builder next) {
        return next.clear().setVolumeId(volume.toString());
    }

    /// How far it is.
    public RebalanceStatus status() {
        return status;
    }

    /// The pool is about to grow.
    public void announce() {
        become(next -> reset(next).setPhase(RebalancePhase.PREPARING));
    }

    /// The pool has grown, and somebody has to say when files may move.
    public void due(String detail) {
        become(next -> reset(next).setPhase(RebalancePhase.DUE).setDetail(detail));
    }

    /// The pool has grown, and there is nothing to move from here.
    public void settle() {
        become(this::reset);
    }

    /// Begins, or goes on where it was paused. Does nothing where it runs.
    public synchronized RebalanceStatus start() {
        if (watcher == null || !watcher.isAlive()) {
            become(next -> reset(next).setPhase(RebalancePhase.RUNNING));
            watch();
        }
        return status;
    }

    /// Ends the process after the files it moves right now; [#start] goes on. Does nothing where none runs.
    public synchronized RebalanceStatus pause() {
        if (status.getPhase() == RebalancePhase.RUNNING) {
            become(next -> next.setPhase(RebalancePhase.PAUSED));
            stop();
        }
        return status;
    }

    /// Goes on with what an earlier agent has begun.
    public synchronized void takeUp() {
        if (watcher != null) {
            return;
        }
        if (status.getPhase() == RebalancePhase.RUNNING) {
            watch();
        } else if (status.getPhase() == RebalancePhase.PAUSED) {
            stop();
        }
    }

    /// Ends the process because the pool is no longer served; what is to be done is not forgotten.
    public synchronized void halt() {
        Thread watching = watcher;
        leave();
        if (watching != null) {
            join(watching);
        }
        running().ifPresent(found -> daemons.stop(found, GRACE));
    }

    /// Lets go of it and leaves the process as it is.
    public synchronized void leave() {
        if (watcher != null) {
            watcher.interrupt();
            watcher = null;
        }
    }

    private void stop() {
        Optional<DaemonProcess> running = running();
        if (running.isEmpty()) {
            return;
        }
        try {
            Map<String, String> _ =
                    process.socket().call(Operation.REBALANCE, job.get().distribute(), STOP);
            var _ = daemons.onExit(running.get()).toCompletableFuture().get(GRACE.toSeconds(), TimeUnit.SECONDS);
        } catch (IOException | ExecutionException | TimeoutException e) {
            LOG.atDebug().addKeyValue("pool", process.pool()).setCause(e).log("rebalance does not take orders");
            daemons.stop(running.get(), GRACE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Thread watching = watcher;
        if (watching != null) {
            join(watching);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Optional<DaemonProcess> running() {
        return daemons.find(process.any());
    }

    private void watch() {
        watcher = Thread.ofVirtual().name("rebalance of " + process.pool()).start(() -> {
            try {
                follow(ensured());
                end();
            } catch (StorageException e) {
                // what has little to do may be over before it is seen
                if (Tally.atEnd(log()).isEmpty()) {
                    failed(String.valueOf(e.getMessage()));
                } else {
                    end();
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
            change(tally::into);
        } catch (IOException | NumberFormatException e) {
            // it is just beginning or ending
            LOG.atDebug().addKeyValue("pool", process.pool()).setCause(e).log("rebalance does not answer");
        }
    }

    private String log() {
        return new LogTail(process.log(), 0).text();
    }

    private void end() {
        Optional<Tally> end = Tally.atEnd(log());
        end.ifPresent(tally -> change(tally::into));
        if (status.getPhase() == RebalancePhase.PAUSED) {
            become(_ -> {});
        } else if (end.map(Tally::end).filter("completed"::equals).isPresent()) {
            String left = status.getFailures() == 0
                    ? ""
                    : status.getFailures() + " files could not be moved and are where they were; see " + process.log()
                            + ", then start it again";
            become(next -> next.setPhase(RebalancePhase.DONE).setDetail(left));
        } else {
            failed("it ended before it was done: " + new LogTail(process.log(), 0).reason());
        }
    }

    private void failed(String reason) {
        become(next -> next.setPhase(RebalancePhase.REBALANCE_FAILED)
                .setDetail(reason + "; put that right, then start it again"));
    }

    private void become(Consumer<RebalanceStatus.Builder> change) {
        changing.lock();
        try {
            change(change);
            keep();
        } finally {
            changing.unlock();
        }
    }

    private void change(Consumer<RebalanceStatus.Builder> change) {
        changing.lock();
        try {
            RebalanceStatus.Builder next = status.toBuilder();
            change.accept(next);
            status = next.build();
        } finally {
            changing.unlock();
        }
    }

    private void keep() {
        LOG.atInfo()
                .addKeyValue("pool", process.pool())
                .addKeyValue("phase", status.getPhase())
                .addKeyValue("moved", status.getMovedFiles())
                .addKeyValue("detail", status.getDetail())
                .log("rebalance changed");
        try {
            AtomicFile.write(process.record(), JsonFormat.printer().print(status));
        } catch (IOException e) {
            throw new StorageException(
                    Problem.UNAVAILABLE,
                    "cannot write " + process.record() + ": " + e.getMessage()
                            + "; check the disk of the state directory",
                    e);
        }
    }
}
