package io.sagara.agent.mount;

import io.sagara.spi.PoolName;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// The platform threads that work on one pool's mounts, so that a mount that hangs holds up its own pool and
/// nothing else. There are at most `most`; idle ones end. Any number of threads may call.
public final class PoolThreads implements AutoCloseable {
    private static final Duration IDLE = Duration.ofSeconds(10);

    private final PoolName pool;
    private final int most;
    private final Semaphore free;
    private final ThreadPoolExecutor threads;

    /// Threads for `pool`.
    public PoolThreads(PoolName pool, int most) {
        this.pool = pool;
        this.most = most;
        this.free = new Semaphore(most, true);
        this.threads = new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, IDLE.toMillis(), TimeUnit.MILLISECONDS, new SynchronousQueue<>(), this::thread);
    }

    /// Work on the mount.
    @FunctionalInterface
    public interface Work<T> {
        /// Does it. May be interrupted once its caller has given up.
        T run() throws IOException;
    }

    /// Does `work` on one of the threads and returns what it returns or throws. Called on one of them it does
    /// it right there. Throws UNAVAILABLE when `deadline` passes before a thread is free or before the work is
    /// done; the work is interrupted then, but it ends only when the mount lets it. `what`: for the message,
    /// such as `create volume v1`.
    public <T> T call(String what, Duration deadline, Work<T> work) throws IOException {
        if (Thread.currentThread() instanceof Worker worker && worker.owner == this) {
            return work.run();
        }
        long end = System.nanoTime() + deadline.toNanos();
        try {
            if (!free.tryAcquire(deadline.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new StorageException(
                        Problem.UNAVAILABLE,
                        "pool " + pool + ": could not " + what + " within " + seconds(deadline) + ", because " + most
                                + " operations wait for its mount already; check its bricks");
            }
            return await(what, deadline, end, submit(work));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StorageException(Problem.UNAVAILABLE, "pool " + pool + ": the caller gave up to " + what, e);
        }
    }

    private <T> Future<T> submit(Work<T> work) {
        var task = new FutureTask<T>((Callable<T>) work::run);
        boolean accepted = false;
        try {
            threads.execute(() -> {
                try {
                    task.run();
                } finally {
                    free.release();
                }
            });
            accepted = true;
            return task;
        } catch (RejectedExecutionException e) {
            throw new StorageException(Problem.UNAVAILABLE, "pool " + pool + ": it is no longer served here", e);
        } finally {
            if (!accepted) {
                free.release();
            }
        }
    }

    private <T> T await(String what, Duration deadline, long end, Future<T> task)
            throws IOException, InterruptedException {
        try {
            return task.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            task.cancel(true);
            throw new StorageException(
                    Problem.UNAVAILABLE,
                    "pool " + pool + ": its mount did not let us " + what + " within " + seconds(deadline)
                            + "; check its bricks",
                    e);
        } catch (InterruptedException e) {
            task.cancel(true);
            throw e;
        } catch (ExecutionException e) {
            throw rethrown(e.getCause(), e);
        }
    }

    private static IOException rethrown(@Nullable Throwable cause, ExecutionException e) {
        return switch (cause) {
            case RuntimeException unchecked -> throw unchecked;
            case Error error -> throw error;
            case IOException io -> io;
            case null, default -> new IOException(e);
        };
    }

    private static String seconds(Duration duration) {
        return duration.toMillis() / 1000.0 + " s";
    }

    /// How many tasks are at work or stuck.
    public int busy() {
        return most - free.availablePermits();
    }

    private Thread thread(Runnable work) {
        var thread = new Worker(this, work);
        thread.setName("pool-" + pool);
        thread.setDaemon(true);
        return thread;
    }

    /// Takes no more work and interrupts what runs; does not wait for it.
    @Override
    public void close() {
        threads.shutdownNow();
    }

    private static final class Worker extends Thread {
        private final PoolThreads owner;

        Worker(PoolThreads owner, Runnable work) {
            super(work);
            this.owner = owner;
        }
    }
}
