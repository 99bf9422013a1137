package io.sagara.agent.process;

import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;

/// Daemons as ordinary detached processes of this machine.
///
/// Never two of one spec:
///
/// 1. In this agent, starts of one pid file come one after the other, and each first looks for a running one.
/// 2. A launcher that an earlier agent left behind half way is waited for, and its daemon adopted.
/// 3. Where a launcher could not be seen (the agent died before it executed the daemon's program), both go on,
///   and the pid file decides: glusterfs locks it (lockf) for its whole life and ends when it cannot. Ours
///   fails then, and the other is adopted. The pid file is therefore never deleted.
public final class LinuxDaemons implements Daemons {
    private static final Duration AFTER_KILL = Duration.ofSeconds(10);

    /// asm-generic/signal.h; the same on all processors that GlusterFS is packaged for.
    private static final Map<String, Integer> SIGNALS =
            Map.of("HUP", 1, "INT", 2, "KILL", 9, "USR1", 10, "USR2", 12, "TERM", 15, "CONT", 18, "STOP", 19);

    private final Optional<DataPlane> dataPlane;
    private final Programs programs = Programs.ofEnvironment();
    private final ProcessTable table = new ProcessTable(Path.of("/proc"));
    private final ExitWatch exits = new ExitWatch(table);
    private final Map<Path, ReentrantLock> starting = new ConcurrentHashMap<>();

    /// Daemons where the agent is.
    public LinuxDaemons() {
        this(Optional.empty());
    }

    /// Daemons in `dataPlane`, where there is one.
    public LinuxDaemons(Optional<DataPlane> dataPlane) {
        this.dataPlane = dataPlane;
    }

    @Override
    public Optional<DaemonProcess> find(DaemonSpec spec) {
        List<ProcessTable.Entry> daemons = table.withArgument(spec.pidFile().toString()).stream()
                .filter(entry -> isGluster(entry) && entry.detached())
                .toList();
        // More than one: a daemon that is forking a helper, which has its command line until it executes.
        long written = daemons.size() > 1 ? writtenPid(spec.pidFile()) : 0;
        return daemons.stream()
                .filter(entry -> daemons.size() == 1 || entry.pid() == written)
                .findFirst()
                .or(() -> daemons.stream().findFirst())
                .map(ProcessTable.Entry::process);
    }

    @Override
    public DaemonProcess ensure(DaemonSpec spec, Duration deadline) {
        ReentrantLock lock = starting.computeIfAbsent(spec.pidFile(), _ -> new ReentrantLock());
        long end = System.nanoTime() + deadline.toNanos();
        lock.lock();
        try {
            Optional<DaemonProcess> running = find(spec);
            if (running.isEmpty() && awaitLaunchers(spec, end)) {
                running = find(spec);
            }
            return running.orElseGet(() -> launch(spec, left(end)));
        } finally {
            lock.unlock();
        }
    }

    private static Duration left(long end) {
        return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
    }

    private DaemonProcess launch(DaemonSpec spec, Duration deadline) {
        Launch launch = new Launch(programs, spec, dataPlane);
        boolean up = false;
        try {
            int code = launch.run(deadline);
            Optional<DaemonProcess> daemon = find(spec);
            daemon.ifPresent(launch::requirePlace);
            up = daemon.isPresent();
            return daemon.orElseThrow(() -> launch.failure(
                    code == 0 ? "ended right after its start" : "ended with exit code " + code + " at its start"));
        } finally {
            if (!up) {
                killLeftovers(spec);
            }
        }
    }

    /// Waits for launchers of this spec that another agent started. Returns whether there were any.
    private boolean awaitLaunchers(DaemonSpec spec, long end) {
        List<DaemonProcess> launchers = launchers(spec);
        for (DaemonProcess launcher : launchers) {
            if (!gone(launcher, left(end))) {
                killLeftovers(spec);
                throw new StorageException(
                        Problem.UNAVAILABLE,
                        spec.name() + ": an earlier start of it hung (pid " + launcher.pid()
                                + ") and was killed; it is tried again");
            }
        }
        return !launchers.isEmpty();
    }

    private List<DaemonProcess> launchers(DaemonSpec spec) {
        return table.withArgument(spec.pidFile().toString()).stream()
                .filter(entry -> (isGluster(entry) && !entry.detached())
                        || entry.argv().contains(Launch.IN_NAMESPACE)
                        || entry.argv().contains(DataPlane.JOIN))
                .map(ProcessTable.Entry::process)
                .toList();
    }

    /// Ends what a start that failed has left: it was never reported as running, so nobody uses it.
    private void killLeftovers(DaemonSpec spec) {
        launchers(spec).forEach(launcher -> signal(launcher, "KILL"));
        find(spec).ifPresent(daemon -> signal(daemon, "KILL"));
    }

    private static boolean isGluster(ProcessTable.Entry entry) {
        String program = entry.argv().getFirst();
        String name = program.substring(program.lastIndexOf('/') + 1);
        return name.equals("glusterfsd") || name.equals("glusterfs");
    }

    /// The pid a daemon wrote, or 0 where it has not yet.
    private static long writtenPid(Path pidFile) {
        try {
            return Long.parseLong(Files.readString(pidFile).strip());
        } catch (IOException | NumberFormatException e) {
            return 0;
        }
    }

    @Override
    public void stop(DaemonProcess process, Duration grace) {
        signal(process, "TERM");
        if (gone(process, grace)) {
            return;
        }
        signal(process, "KILL");
        if (!gone(process, AFTER_KILL)) {
            throw new StorageException(
                    Problem.UNAVAILABLE,
                    "process " + process.pid() + " does not end even when killed: it waits in the kernel, most likely"
                            + " for a disk that does not answer; check the disk or restart the node");
        }
    }

    private boolean gone(DaemonProcess process, Duration deadline) {
        try {
            exits.of(process).get(deadline.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException("waiting for process " + process.pid(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StorageException(
                    Problem.UNAVAILABLE, "waiting for process " + process.pid() + " was given up by its caller", e);
        }
    }

    @Override
    public void signal(DaemonProcess process, String signal) {
        Integer number = SIGNALS.get(signal);
        if (number == null) {
            throw new IllegalArgumentException("no signal of ours: " + signal);
        }
        int fd = Kernel.pidfd(process.pid());
        if (fd < 0) {
            return;
        }
        try {
            // Looked at after the descriptor was made, which from then on stands for this very process.
            if (table.alive(process)) {
                int _ = Kernel.signal(fd, number);
            }
        } finally {
            Kernel.close(fd);
        }
    }

    @Override
    public boolean alive(DaemonProcess process) {
        return table.alive(process);
    }

    @Override
    public CompletionStage<Void> onExit(DaemonProcess process) {
        return exits.of(process);
    }
}
