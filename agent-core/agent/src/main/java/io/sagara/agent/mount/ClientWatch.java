package io.sagara.agent.mount;

import io.sagara.agent.posix.Posix;
import io.sagara.agent.process.DaemonProcess;
import io.sagara.agent.time.Timer;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The thread that looks at one mount and mounts anew what is dead. Everything it does to the process and the
/// mount happens on this thread.
final class ClientWatch {
    private static final Logger LOG = LoggerFactory.getLogger(ClientWatch.class);
    /// Between two looks at a mount that is not well.
    private static final Duration SOON = Duration.ofMillis(200);

    private final ClientSpec spec;
    private final ClientProcess process;
    private final Posix posix;
    private final Timer timer;
    private final InstantSource clock;
    private final ClientPatience patience;
    private final Semaphore wake;
    private final StateCell state;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final AtomicInteger restarts = new AtomicInteger();
    private final Thread thread;

    private Probe probe;
    private Instant begun;
    /// Starts in a row of which none lasted.
    private int failures;
    /// Whether listeners have yet to hear that this client took the place of another.
    private boolean unannounced;

    /// `wake` is released when the process has ended.
    ClientWatch(
            ClientSpec spec,
            ClientProcess process,
            Posix posix,
            Timer timer,
            InstantSource clock,
            ClientPatience patience,
            Semaphore wake,
            StateCell state) {
        this.spec = spec;
        this.process = process;
        this.posix = posix;
        this.timer = timer;
        this.clock = clock;
        this.patience = patience;
        this.wake = wake;
        this.state = state;
        this.begun = clock.instant();
        this.probe = new Probe(posix, spec.directory(), spec.enough(), patience.probeDeadline());
        this.thread = Thread.ofVirtual().name(spec.daemon().name()).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    void onRemount(Runnable listener) {
        listeners.add(listener);
    }

    int restarts() {
        return restarts.get();
    }

    /// Ends the thread and waits for it. The mount stays.
    void end() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            begin(this::adoptOrMount);
            while (!Thread.currentThread().isInterrupted()) {
                if (state.get() instanceof MountState.Dead) {
                    revive();
                } else {
                    look();
                }
            }
        } catch (InterruptedException e) {
            LOG.atDebug().addKeyValue("pool", spec.pool()).log("pool mount no longer watched");
        }
    }

    private void look() throws InterruptedException {
        observe(process.alive() ? probe.look() : new Observation.Gone("its GlusterFS client has ended"));
        switch (state.get()) {
            case MountState.Mounted _ -> {
                if (unannounced) {
                    unannounced = false;
                    announce();
                }
                pause(patience.probeEvery());
            }
            case MountState.Unmounted _, MountState.Stalled _ -> pause(SOON);
            case MountState.Dead _ -> {}
        }
    }

    private void revive() throws InterruptedException {
        if (Duration.between(begun, clock.instant()).compareTo(patience.stable()) >= 0) {
            failures = 0;
        }
        pause(patience.backoff(failures));
        failures++;
        restarts.incrementAndGet();
        begin(() -> {
            process.clear();
            mount();
            unannounced = true;
        });
    }

    /// How a client begins.
    private interface Beginning {
        void run() throws IOException;
    }

    private void begin(Beginning beginning) {
        begun = clock.instant();
        probe = new Probe(posix, spec.directory(), spec.enough(), patience.probeDeadline());
        try {
            beginning.run();
            observe(new Observation.Fresh());
        } catch (IOException | RuntimeException e) {
            LOG.atWarn()
                    .addKeyValue("pool", spec.pool())
                    .addKeyValue("role", spec.kind().role())
                    .setCause(e)
                    .log("pool not mounted, trying again");
            observe(new Observation.Gone(String.valueOf(e.getMessage())));
        }
    }

    private void adoptOrMount() throws IOException {
        Optional<DaemonProcess> running = process.adopt();
        if (running.isPresent()) {
            tell("pool client taken over", running.get());
        } else {
            mount();
        }
    }

    private void mount() throws IOException {
        tell("pool client started", process.mount());
    }

    private void tell(String what, DaemonProcess client) {
        LOG.atInfo()
                .addKeyValue("pool", spec.pool())
                .addKeyValue("role", spec.kind().role())
                .addKeyValue("pid", client.pid())
                .log(what);
    }

    private void observe(Observation seen) {
        MountState before = state.get();
        MountState after = MountState.next(before, seen, clock.instant(), patience.hungAfter());
        state.set(after);
        if (!after.getClass().equals(before.getClass())) {
            boolean well = after instanceof MountState.Mounted || after instanceof MountState.Unmounted;
            (well ? LOG.atInfo() : LOG.atWarn())
                    .addKeyValue("pool", spec.pool())
                    .addKeyValue("role", spec.kind().role())
                    .addKeyValue("state", after)
                    .log("pool mount changed");
        }
    }

    private void announce() {
        listeners.forEach(listener ->
                Thread.ofVirtual().name(spec.daemon().name() + ".remounted").start(listener));
    }

    /// Waits, but not longer than until the process ends.
    private void pause(Duration delay) throws InterruptedException {
        if (delay.isZero()) {
            return;
        }
        Timer.Scheduled scheduled = timer.after(delay, wake::release);
        try {
            wake.acquire();
        } finally {
            scheduled.cancel();
        }
        wake.drainPermits();
    }
}
