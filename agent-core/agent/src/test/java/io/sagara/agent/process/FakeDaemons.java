package io.sagara.agent.process;

import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/// Daemons that run only here. A test says which starts fail or hang, and ends processes. As a real start, one
/// here looks first, lets others get on, and then starts: nothing but its caller prevents two at once, and the
/// most that ran at once is remembered.
public final class FakeDaemons implements Daemons {
    private record Live(DaemonSpec spec, CompletableFuture<Void> exit) {}

    private final Map<DaemonProcess, Live> live = new HashMap<>();
    private final List<String> signals = new ArrayList<>();
    private final List<StorageException> failures = new ArrayList<>();
    private final List<StorageException> stopFailures = new ArrayList<>();
    private CountDownLatch gate = new CountDownLatch(0);
    private final LongSupplier pids;
    private int starts;
    private int mostAtOnce;

    /// Each has a number of its own, which is no process of this machine's for anybody who looks.
    public FakeDaemons() {
        this(new AtomicLong(1000)::getAndIncrement);
    }

    private FakeDaemons(LongSupplier pids) {
        this.pids = pids;
    }

    /// All of them are this JVM to whoever looks: a test plays their ports.
    public static FakeDaemons asThisProcess() {
        return new FakeDaemons(ProcessHandle.current()::pid);
    }

    @Override
    public synchronized Optional<DaemonProcess> find(DaemonSpec spec) {
        return byPidFile(spec.pidFile());
    }

    private Optional<DaemonProcess> byPidFile(Path pidFile) {
        return live.entrySet().stream()
                .filter(entry -> entry.getValue().spec().pidFile().equals(pidFile))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    @Override
    public DaemonProcess ensure(DaemonSpec spec, Duration deadline) {
        try {
            gate().await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StorageException(Problem.UNAVAILABLE, "given up", e);
        }
        Optional<DaemonProcess> running = find(spec);
        LockSupport.parkNanos(1);
        return running.orElseGet(() -> begin(spec));
    }

    private synchronized CountDownLatch gate() {
        return gate;
    }

    private synchronized DaemonProcess begin(DaemonSpec spec) {
        starts++;
        if (!failures.isEmpty()) {
            throw failures.removeFirst();
        }
        DaemonProcess process = new DaemonProcess(pids.getAsLong(), starts);
        live.put(process, new Live(spec, new CompletableFuture<>()));
        mostAtOnce = Math.max(mostAtOnce, live.size());
        return process;
    }

    @Override
    public void stop(DaemonProcess process, Duration grace) {
        synchronized (this) {
            if (!stopFailures.isEmpty()) {
                throw stopFailures.removeFirst();
            }
        }
        crash(process);
    }

    @Override
    public synchronized void signal(DaemonProcess process, String signal) {
        if (live.containsKey(process)) {
            signals.add(process.pid() + " " + signal);
        }
    }

    @Override
    public synchronized boolean alive(DaemonProcess process) {
        return live.containsKey(process);
    }

    @Override
    public synchronized CompletionStage<Void> onExit(DaemonProcess process) {
        Live running = live.get(process);
        return running == null
                ? CompletableFuture.completedFuture(null)
                : running.exit().copy();
    }

    /// Ends a process from outside, as `kill -9` does.
    public void crash(DaemonProcess process) {
        Optional<Live> ended = remove(process);
        ended.ifPresent(running -> running.exit().complete(null));
    }

    private synchronized Optional<Live> remove(DaemonProcess process) {
        return Optional.ofNullable(live.remove(process));
    }

    /// Lets the next start fail with this.
    public synchronized void failNext(StorageException failure) {
        failures.add(failure);
    }

    /// Lets the next stop fail with this.
    public synchronized void failNextStop(StorageException failure) {
        stopFailures.add(failure);
    }

    /// Lets every start from now on hang until the returned latch is counted down.
    public synchronized CountDownLatch hangStarts() {
        gate = new CountDownLatch(1);
        return gate;
    }

    /// What runs now.
    public synchronized List<DaemonProcess> running() {
        return List.copyOf(live.keySet());
    }

    /// How many starts were tried, those that failed included.
    public synchronized int starts() {
        return starts;
    }

    /// The most processes that ever ran at once, for all specs together.
    public synchronized int mostAtOnce() {
        return mostAtOnce;
    }

    /// All signals so far: `1000 HUP`.
    public synchronized List<String> signals() {
        return List.copyOf(signals);
    }
}
