package io.sagara.agent.volume;

import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import io.sagara.spi.VolumeName;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/// Copies, of volumes or as snapshots, that are being made in one pool. A request waits for its copy a while; the copy
/// goes on when the request has ended, and who repeats it waits for the same one. At most two at a time read and write.
/// Any number of threads may call.
final class Copies {
    /// Within the deadline of every caller: csi-sidecar's is 60 s.
    private static final Duration PATIENCE = Duration.ofSeconds(8);

    private static final int AT_A_TIME = 2;

    private final Semaphore free = new Semaphore(AT_A_TIME, true);
    private final Map<VolumeName, Copy> running = new ConcurrentHashMap<>();

    private record Copy(String wish, FutureTask<Object> task, Thread thread) {}

    /// Waits for the copy, after beginning it where nobody has. `wish`: what is asked for, as in `a copy of volume v`;
    /// two requests are the same where it is the same. Throws what `work` throws, BUSY when it takes longer,
    /// ALREADY_EXISTS where another copy is being made under this name.
    <T> T copy(VolumeName name, String wish, Class<T> type, Supplier<T> work) {
        Copy copy = running.computeIfAbsent(name, _ -> begun(name, wish, work));
        if (!copy.wish().equals(wish)) {
            throw new StorageException(
                    Problem.ALREADY_EXISTS, name + " is just being made as " + copy.wish() + "; choose another name");
        }
        return type.cast(result(name, copy));
    }

    private Copy begun(VolumeName name, String wish, Supplier<?> work) {
        var task = new FutureTask<Object>(() -> {
            try {
                free.acquire();
                try {
                    return work.get();
                } finally {
                    free.release();
                }
            } finally {
                // before anyone learns the result, so that a repeated request begins anew
                running.remove(name);
            }
        });
        return new Copy(wish, task, Thread.ofVirtual().name(name + ": " + wish).start(task));
    }

    private static Object result(VolumeName name, Copy copy) {
        try {
            return copy.task().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new StorageException(
                    Problem.BUSY, name + " is being made as " + copy.wish() + ", which goes on; repeat the request", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StorageException(Problem.UNAVAILABLE, "the caller gave up to wait for " + name, e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StorageException problem) {
                throw problem;
            }
            throw new StorageException(Problem.UNAVAILABLE, name + " was not made: " + e.getCause(), e);
        }
    }

    /// Throws BUSY where a copy is being made under this name.
    void refuse(VolumeName name) {
        Copy copy = running.get(name);
        if (copy != null) {
            throw new StorageException(
                    Problem.BUSY, name + " is being made as " + copy.wish() + "; repeat the request later");
        }
    }

    /// Ends the copy under this name. Throws BUSY where there was one, which may not have ended yet.
    void giveUp(VolumeName name) {
        Copy copy = running.get(name);
        if (copy != null) {
            copy.thread().interrupt();
            refuse(name);
        }
    }
}
