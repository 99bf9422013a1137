package io.sagara.agent.process.life;

import io.sagara.agent.process.DaemonProcess;
import io.sagara.agent.process.DaemonSpec;
import io.sagara.agent.process.Daemons;
import io.sagara.agent.process.LogTail;
import io.sagara.agent.time.Timer;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Does what takes long, one thing after the other and never two at once; that is what makes it impossible that
/// a launch still starts a process after a later halt has found none. [#launch], [#halt] and [#close] come from
/// one thread at a time.
final class Work {
    private static final Logger LOG = LoggerFactory.getLogger(Work.class);

    private final Supervised daemon;
    private final Daemons daemons;
    private final Timer timer;
    private final InstantSource clock;
    private final Patience patience;
    private volatile Optional<LogTail> served = Optional.empty();
    private @Nullable Thread latest;

    Work(Supervised daemon, Supervision with) {
        this.daemon = daemon;
        this.daemons = with.daemons();
        this.timer = with.timer();
        this.clock = with.clock();
        this.patience = with.patience();
    }

    /// Adopts or starts the daemon and waits until it serves, and then reports Ready or StartFailed.
    void launch(long attempt, Consumer<DaemonEvent> report) {
        then(() -> report.accept(launched(attempt)));
    }

    /// Gives up a launch, ends what runs and reports Halted or HaltFailed.
    void halt(Consumer<DaemonEvent> report) {
        giveUp();
        then(() -> report.accept(halted()));
    }

    /// Gives up what is under way and waits for it to be over.
    void close() throws InterruptedException {
        giveUp();
        Thread last = latest;
        if (last != null) {
            last.join();
        }
    }

    /// Why the process that served has ended: `what`, and what its log says since it served.
    StorageException diagnose(String what) {
        String said = served.map(LogTail::reason).orElse("nothing");
        return daemon.diagnose(new StorageException(Problem.UNAVAILABLE, what + said));
    }

    private void giveUp() {
        Thread running = latest;
        if (running != null) {
            running.interrupt();
        }
    }

    private void then(Runnable job) {
        Thread before = latest;
        latest = Thread.ofVirtual().name("work on " + daemon.name()).start(() -> {
            if (before == null || ended(before)) {
                job.run();
            }
        });
    }

    /// Returns when `before` is over; whether this job is wanted then. One that was given up while it waited goes on
    /// waiting, since who gives up the latest job believes all to be over when that one is.
    private static boolean ended(Thread before) {
        boolean wanted = true;
        while (before.isAlive()) {
            try {
                before.join();
            } catch (InterruptedException e) {
                wanted = false;
            }
        }
        return wanted;
    }

    private DaemonEvent launched(long attempt) {
        try {
            DaemonSpec spec = daemon.spec();
            boolean found = daemons.find(spec).isPresent();
            DaemonProcess process = daemons.ensure(spec, patience.start());
            try {
                awaitServing(process);
            } catch (StorageException e) {
                // Interrupted, it is either halted next, or left for the next agent.
                if (!Thread.currentThread().isInterrupted()) {
                    daemons.stop(process, patience.stop());
                }
                throw e;
            }
            served = Optional.of(LogTail.fromNow(spec.log()));
            LOG.atInfo()
                    .addKeyValue("daemon", daemon.name())
                    .addKeyValue("pid", process.pid())
                    .log(found ? "daemon adopted" : "daemon started");
            return new DaemonEvent.Ready(attempt, process);
        } catch (StorageException e) {
            StorageException failure = daemon.diagnose(e);
            return new DaemonEvent.StartFailed(attempt, failure.problem(), String.valueOf(failure.getMessage()));
        } catch (RuntimeException e) {
            LOG.atError().addKeyValue("daemon", daemon.name()).setCause(e).log("launch failed unexpectedly");
            return new DaemonEvent.StartFailed(attempt, Problem.INTERNAL, daemon.name() + " failed to start: " + e);
        }
    }

    private void awaitServing(DaemonProcess process) {
        Instant end = clock.instant().plus(patience.start());
        CompletableFuture<Void> exit = daemons.onExit(process).toCompletableFuture();
        Optional<String> missing = daemon.missing();
        while (missing.isPresent() && !exit.isDone() && clock.instant().isBefore(end)) {
            CompletableFuture<Void> tick = new CompletableFuture<>();
            Timer.Scheduled probe = timer.after(patience.probe(), () -> tick.complete(null));
            await(CompletableFuture.anyOf(exit, tick));
            probe.cancel();
            missing = daemon.missing();
        }
        if (exit.isDone()) {
            throw new StorageException(Problem.UNAVAILABLE, daemon.name() + " ended before it served");
        }
        missing.ifPresent(what -> {
            throw new StorageException(
                    Problem.UNAVAILABLE,
                    daemon.name() + " runs but does not serve after "
                            + patience.start().toSeconds() + " s: " + what);
        });
    }

    private void await(CompletableFuture<?> future) {
        try {
            future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StorageException(Problem.UNAVAILABLE, "the start of " + daemon.name() + " was given up", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("waiting for " + daemon.name(), e.getCause());
        }
    }

    private DaemonEvent halted() {
        try {
            daemons.find(daemon.spec()).ifPresent(process -> daemons.stop(process, patience.stop()));
            return new DaemonEvent.Halted();
        } catch (StorageException e) {
            return new DaemonEvent.HaltFailed(String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            LOG.atError().addKeyValue("daemon", daemon.name()).setCause(e).log("stop failed unexpectedly");
            return new DaemonEvent.HaltFailed(daemon.name() + " failed to stop: " + e);
        }
    }
}
