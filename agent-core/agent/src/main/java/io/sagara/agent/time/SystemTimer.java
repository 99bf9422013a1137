package io.sagara.agent.time;

import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The real timer: one thread waits, each task runs on a virtual thread, so a slow task delays no other.
public final class SystemTimer implements Timer, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SystemTimer.class);

    private final ScheduledThreadPoolExecutor clock;

    /// A timer that runs until it is closed; its thread does not keep the process alive.
    public SystemTimer() {
        clock = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("timer").factory());
        clock.setRemoveOnCancelPolicy(true);
        clock.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    @Override
    public Scheduled after(Duration delay, Runnable task) {
        ScheduledFuture<?> future = clock.schedule(
                () -> Thread.ofVirtual().name("timer-task").start(() -> run(task)),
                delay.toNanos(),
                TimeUnit.NANOSECONDS);
        return () -> future.cancel(false);
    }

    private static void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.atError().setCause(e).log("timed task failed");
        }
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
