package io.sagara.agent.volume;

import io.sagara.spi.Bytes;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import io.sagara.spi.Volume;
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

/// Copies of volumes that are being made in one pool. A request waits for its copy a while; the copy goes on when
/// the request has ended, and who repeats it waits for the same one. At most two at a time read and write. Any number
/// of threads may call.
final class Copies {
    /// Within the deadline of every caller: csi-sidecar's is 60 s.
    private static final Duration PATIENCE = Duration.ofSeconds(8);

    private static final int AT_A_TIME = 2;

    private final Semaphore free = new Semaphore(AT_A_TIME, true);
    private final Map<VolumeName, Copy> running = new ConcurrentHashMap<>();

    /// What was asked for.
    record Wish(VolumeName source, Bytes size) {}

    private record Copy(Wish wish, FutureTask<Volume> task, Thread thread) {}

    /// Waits for the copy, after beginning it where nobody has. Throws what `work` throws, BUSY when it takes
    /// longer, ALREADY_EXISTS where another copy is being made under this name.
    Volume copy(VolumeName name, Wish wish, Supplier<Volume> work) {
        Copy copy = running.computeIfAbsent(name, _ -> begun(name, wish, work));
        if (!copy.wish().equals(wish)) {
            throw new StorageException(
                    Problem.ALREADY_EXISTS,
                    "volume " + name + " is just being made as a copy of volume "
                            + copy.wish().source() + " with " + copy.wish().size() + "; choose another name");
        }
        return result(name, copy);
    }

    private Copy begun(VolumeName name, Wish wish, Supplier<Volume> work) {
        var task = new FutureTask<Volume>(() -> {
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
        return new Copy(
                wish, task, Thread.ofVirtual().name("copy of " + wish.source()).start(task));
    }

    private static Volume result(VolumeName name, Copy copy) {
        try {
            return copy.task().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new StorageException(
                    Problem.BUSY,
                    "volume " + name + " is being copied from volume "
                            + copy.wish().source() + ", which goes on; repeat the request",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StorageException(Problem.UNAVAILABLE, "the caller gave up to wait for volume " + name, e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StorageException problem) {
                throw problem;
            }
            throw new StorageException(Problem.UNAVAILABLE, "volume " + name + " was not copied: " + e.getCause(), e);
        }
    }

    /// Throws BUSY where a copy is being made under this name.
    void refuse(VolumeName name) {
        if (running.containsKey(name)) {
            throw new StorageException(
                    Problem.BUSY, "volume " + name + " is being made as a copy; repeat the request later");
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
