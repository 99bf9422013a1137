package io.sagara.agent.pool;

import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;

/// The one thread on which things happen to a pool, so that they happen one after the other and none waits for
/// another pool. A platform thread, because what it calls may hang in the kernel.
final class Worker implements AutoCloseable {
    private final String pool;
    private final ExecutorService thread;

    Worker(String pool) {
        this.pool = pool;
        thread = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name("pool-" + pool).factory());
    }

    /// Does `task` after what was asked for before, and waits for it at most `deadline` in all; interrupts it
    /// then and throws UNAVAILABLE. What the task throws is thrown.
    <T> T call(String what, Duration deadline, Callable<T> task) {
        try {
            return Waiting.on(pool, what, deadline, thread.submit(task));
        } catch (RejectedExecutionException e) {
            throw new StorageException(
                    Problem.UNAVAILABLE, "pool " + pool + " is being stopped; " + what + " was not done", e);
        }
    }

    /// Does `task` some time soon. Nothing happens after [#close].
    void soon(Runnable task) {
        try {
            thread.execute(task);
        } catch (RejectedExecutionException e) {
            if (!thread.isShutdown()) {
                throw e;
            }
        }
    }

    /// Interrupts what is being done and does nothing more.
    @Override
    public void close() {
        thread.shutdownNow();
    }
}
