package io.sagara.agent.process.life;

import io.sagara.agent.process.DaemonProcess;
import io.sagara.agent.process.Daemons;
import io.sagara.agent.process.life.DaemonState.Backoff;
import io.sagara.agent.process.life.DaemonState.Draining;
import io.sagara.agent.process.life.DaemonState.Running;
import io.sagara.agent.process.life.DaemonState.Stopped;
import io.sagara.agent.time.Timer;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps one daemon running as [DaemonLife] says. One virtual thread takes events from a mailbox, so there is
/// no lock and no race; what takes long is done by another one at a time ([Work]).
///
/// The daemon outlives its supervisor: [#close] ends the supervision only, and the supervisor of the next agent
/// adopts what runs. Any number of threads may call; a listener must not call [#start], [#stop] or await.
public final class Supervisor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);

    private record Letter(DaemonEvent event, CompletableFuture<Void> read) {}

    private final Supervised daemon;
    private final Daemons daemons;
    private final Timer timer;
    private final InstantSource clock;
    private final DaemonLife life;
    private final Work work;
    private final Waiters waiters;
    private final List<Consumer<DaemonReport>> listeners = new CopyOnWriteArrayList<>();
    private final BlockingQueue<Letter> mailbox = new LinkedBlockingQueue<>();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private final Thread reader;
    private volatile DaemonState state = DaemonLife.BEGINNING;

    /// Supervises nothing until [#start] is called.
    Supervisor(Supervised daemon, Supervision with) {
        this.daemon = daemon;
        this.daemons = with.daemons();
        this.timer = with.timer();
        this.clock = with.clock();
        this.life = new DaemonLife(with.patience());
        this.work = new Work(daemon, with);
        this.waiters = new Waiters(timer);
        this.reader = Thread.ofVirtual().name("supervisor of " + daemon.name()).start(this::read);
    }

    /// From now on the daemon shall run. Starting a started one changes nothing.
    public void start() {
        tell(new DaemonEvent.StartRequested());
    }

    /// From now on it shall not run. Returns at once; nothing is started any more.
    public void stop() {
        tell(new DaemonEvent.StopRequested());
    }

    /// Waits until it serves. Throws the problem of the last failure at the deadline; at once where trying
    /// again cannot help (not installed, port taken), though it is still tried again.
    public DaemonProcess awaitRunning(Duration deadline) {
        DaemonState end = waiters.await(
                () -> state,
                now -> switch (now) {
                    case Running running -> Optional.of(running);
                    case Backoff failed when hopeless(failed.problem()) -> throw failure(deadline);
                    default -> Optional.empty();
                },
                deadline,
                () -> failure(deadline));
        return ((Running) end).process();
    }

    /// Waits until no process is left. Throws UNAVAILABLE at the deadline.
    public void awaitStopped(Duration deadline) {
        DaemonState _ = waiters.await(
                () -> state,
                now -> Optional.of(now).filter(Stopped.class::isInstance),
                deadline,
                () -> new StorageException(
                        Problem.UNAVAILABLE,
                        daemon.name() + " did not stop within " + deadline.toSeconds() + " s: " + report().detail()));
    }

    private static boolean hopeless(Problem problem) {
        return problem == Problem.UNSUPPORTED || problem == Problem.INVALID_ARGUMENT || problem == Problem.IN_USE;
    }

    private StorageException failure(Duration deadline) {
        return state instanceof Backoff failed
                ? new StorageException(failed.problem(), failed.reason())
                : new StorageException(
                        Problem.UNAVAILABLE,
                        daemon.name() + " did not serve within " + deadline.toSeconds() + " s: " + report().detail());
    }

    /// Where it is now.
    public DaemonState state() {
        return state;
    }

    /// The same for people.
    public DaemonReport report() {
        return DaemonReport.of(daemon.name(), state);
    }

    /// Calls `listener` after every change from now on, in order, on the thread of the supervisor: it must be
    /// quick.
    public void onChange(Consumer<DaemonReport> listener) {
        listeners.add(listener);
    }

    /// Sends a signal to the process where it serves, and does nothing otherwise.
    public void signal(String name) {
        if (state instanceof Running running) {
            daemons.signal(running.process(), name);
        }
    }

    /// Ends the supervision and leaves the daemon as it is. A launch that is under way is given up.
    @Override
    public void close() {
        reader.interrupt();
        try {
            reader.join();
            work.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void tell(DaemonEvent event) {
        Letter letter = new Letter(event, new CompletableFuture<>());
        mailbox.add(letter);
        var _ = CompletableFuture.anyOf(letter.read(), closed).join();
    }

    private void post(DaemonEvent event) {
        mailbox.add(new Letter(event, new CompletableFuture<>()));
    }

    private void read() {
        try {
            while (true) {
                Letter letter = mailbox.take();
                handle(letter.event());
                letter.read().complete(null);
            }
        } catch (InterruptedException e) {
            closed.complete(null);
        }
    }

    private void handle(DaemonEvent event) {
        DaemonState before = state;
        DaemonLife.Step step = life.next(before, event, clock.instant());
        state = step.state();
        step.effects().forEach(this::begin);
        if (!before.equals(step.state())) {
            log(event);
            waiters.look(step.state());
            listeners.forEach(listener -> notify(listener, report()));
        }
    }

    private static void notify(Consumer<DaemonReport> listener, DaemonReport report) {
        try {
            listener.accept(report);
        } catch (RuntimeException e) {
            LOG.atError().addKeyValue("daemon", report.name()).setCause(e).log("listener failed");
        }
    }

    private void begin(DaemonEffect effect) {
        switch (effect) {
            case DaemonEffect.Launch(long attempt) -> work.launch(attempt, this::post);
            case DaemonEffect.Halt() -> work.halt(this::post);
            case DaemonEffect.Watch(DaemonProcess process) -> watch(process);
            case DaemonEffect.Wait(long attempt, Duration delay) -> {
                Timer.Scheduled _ = timer.after(delay, () -> post(new DaemonEvent.Due(attempt)));
            }
        }
    }

    private void watch(DaemonProcess process) {
        var _ = daemons.onExit(process).thenRun(() -> {
            StorageException failure =
                    work.diagnose(daemon.name() + " (process " + process.pid() + ") ended by itself; it says: ");
            post(new DaemonEvent.Exited(process, failure.problem(), String.valueOf(failure.getMessage())));
        });
    }

    private void log(DaemonEvent event) {
        boolean asked = event instanceof DaemonEvent.StopRequested;
        var line = state instanceof Backoff || (state instanceof Draining && !asked) ? LOG.atWarn() : LOG.atInfo();
        DaemonReport report = report();
        line.addKeyValue("daemon", report.name())
                .addKeyValue("phase", report.phase())
                .addKeyValue("restarts", report.restarts())
                .addKeyValue("detail", report.detail())
                .log("daemon changed");
    }
}
