package io.sagara.agent.process;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Learns from the kernel when processes end: one thread waits on the descriptors of all of them.
final class ExitWatch {
    private final ProcessTable table;
    private final Map<DaemonProcess, CompletableFuture<Void>> watched = new ConcurrentHashMap<>();
    private final Map<Integer, DaemonProcess> descriptors = new ConcurrentHashMap<>();
    private final Object starting = new Object();
    private @Nullable Integer epoll;

    ExitWatch(ProcessTable table) {
        this.table = table;
    }

    /// Completes when the process has ended, at once where it has ended already.
    CompletableFuture<Void> of(DaemonProcess process) {
        CompletableFuture<Void> exit = new CompletableFuture<>();
        CompletableFuture<Void> earlier = watched.putIfAbsent(process, exit);
        if (earlier != null) {
            return earlier.copy();
        }
        try {
            listen(process);
        } catch (RuntimeException e) {
            watched.remove(process);
            throw e;
        }
        return exit.copy();
    }

    private void listen(DaemonProcess process) {
        int fd = Kernel.pidfd(process.pid());
        if (fd < 0) {
            ended(process);
        } else if (!table.alive(process)) {
            Kernel.close(fd);
            ended(process);
        } else {
            descriptors.put(fd, process);
            Kernel.register(epoll(), fd);
        }
    }

    private int epoll() {
        synchronized (starting) {
            if (epoll == null) {
                int created = Kernel.epoll();
                epoll = created;
                // A platform thread: it sits in a system call for ever, which would pin a carrier.
                Thread.ofPlatform().daemon().name("process-exits").start(() -> deliver(created));
            }
            return epoll;
        }
    }

    private void deliver(int on) {
        while (true) {
            int fd = Kernel.await(on);
            DaemonProcess process = fd < 0 ? null : descriptors.remove(fd);
            if (process != null) {
                Kernel.close(fd);
                ended(process);
            }
        }
    }

    private void ended(DaemonProcess process) {
        CompletableFuture<Void> exit = watched.remove(process);
        if (exit != null) {
            exit.completeAsync(() -> null, task -> Thread.ofVirtual().start(task));
        }
    }
}
