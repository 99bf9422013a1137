package io.sagara.agent.pool;

import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Waits for work on a pool, with a deadline.
final class Waiting {
    private Waiting() {}

    /// The result; what the work threw is thrown. At the deadline the work is interrupted and UNAVAILABLE
    /// thrown.
    static <T> T on(String pool, String what, Duration deadline, Future<T> work) {
        try {
            return work.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            work.cancel(true);
            throw new StorageException(
                    Problem.UNAVAILABLE,
                    "pool " + pool + ": " + what + " did not end within " + deadline.toSeconds()
                            + " s; look at 'sagara status' for what hangs, then repeat it",
                    e);
        } catch (CancellationException e) {
            throw new StorageException(Problem.UNAVAILABLE, "pool " + pool + ": " + what + " was cancelled", e);
        } catch (InterruptedException e) {
            work.cancel(true);
            Thread.currentThread().interrupt();
            throw new StorageException(
                    Problem.UNAVAILABLE, "pool " + pool + ": " + what + " was given up by its caller", e);
        } catch (ExecutionException e) {
            throw failure(pool, what, e.getCause() == null ? e : e.getCause());
        }
    }

    private static StorageException failure(String pool, String what, Throwable cause) {
        if (cause instanceof StorageException known) {
            return known;
        }
        return new StorageException(Problem.INTERNAL, "pool " + pool + ": " + what + " failed: " + cause, cause);
    }
}
