package io.sagara.agent.plugin;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A vendor's code on a thread of its own, which may be given up.
final class Background {
    private Background() {}

    /// Runs `code` at once. The thread is a daemon, as are those it makes, and no virtual one, because a
    /// vendor's endless loop would keep a carrier from everybody.
    static <T> FutureTask<T> start(String name, Callable<T> code) {
        FutureTask<T> task = new FutureTask<>(code);
        Thread.ofPlatform().daemon().name(name).start(task);
        return task;
    }

    /// The result. Whatever goes wrong, also that `patience` ends, is the reason to refuse the jar.
    static <T> T await(FutureTask<T> task, Duration patience) throws RefusedException {
        try {
            return task.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            task.cancel(true);
            throw new RefusedException("does not come up within " + patience.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            task.cancel(true);
            Thread.currentThread().interrupt();
            throw new RefusedException("is not loaded, because the agent is stopping", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RefusedException refused) {
                throw refused;
            }
            throw new RefusedException("fails: " + e.getCause(), e);
        }
    }
}
