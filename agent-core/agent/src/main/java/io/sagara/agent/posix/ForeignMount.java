package io.sagara.agent.posix;

import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Takes a mount over from another mount namespace. The kernel copies a mount only for who is in its namespace,
/// and lets who has the copy mount it in another.
public final class ForeignMount {
    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final int ENOENT = 2;
    private static final int ESRCH = 3;

    private ForeignMount() {}

    /// As [io.sagara.spi.BackendHost#mountFrom].
    public static void bind(long pid, Path path, Path directory) {
        String what = path + " of process " + pid;
        // waking a virtual thread may start a carrier thread, which must not be from within the container
        var task = new FutureTask<>((Callable<Path>) () -> take(pid, path, directory));
        Thread.ofPlatform().daemon().name("foreign-mount").start(task);
        try {
            var _ = task.get(DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw failure(pid, what, e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException e) {
            throw new StorageException(
                    Problem.UNAVAILABLE,
                    what + " could not be taken over within " + DEADLINE.toSeconds() + " s; see `dmesg`",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StorageException(Problem.UNAVAILABLE, "given up while " + what + " was taken over", e);
        }
    }

    private static Path take(long pid, Path path, Path directory) throws IOException {
        try (MountNamespace namespace = MountNamespace.of(pid);
                MountTree tree = namespace.copy(path, DEADLINE)) {
            tree.attach(new BindMount.Destination(Descriptor.AT_FDCWD, directory, directory, directory));
        }
        return directory;
    }

    private static StorageException failure(long pid, String what, Throwable cause) {
        boolean gone = cause instanceof PosixException posix
                && (posix.errno() == ENOENT || posix.errno() == ESRCH || !Files.exists(Path.of("/proc/" + pid)));
        return new StorageException(
                gone ? Problem.NOT_FOUND : Problem.UNAVAILABLE,
                what + " cannot be taken over (" + cause.getMessage() + "); see whether the container runs",
                cause);
    }
}
