package io.sagara.agent.mount;

import io.sagara.agent.posix.Posix;
import io.sagara.agent.posix.PosixException;
import io.sagara.agent.quota.QuotaLimit;
import io.sagara.agent.quota.QuotaUsage;
import io.sagara.spi.Bytes;
import io.sagara.spi.Pool;
import io.sagara.spi.PoolMount;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import io.sagara.spi.VolumeUsage;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// A [PoolMount] on a [PoolClient] of the kind MANAGEMENT. Each method may be called from any thread; the work
/// is done on the client's [PoolThreads], and right there where the caller is one of them.
public final class ManagementMount implements PoolMount {
    private static final int ENOENT = 2;
    private static final int EPERM = 1;

    private final Pool pool;
    private final PoolClient client;
    private final Posix posix;
    private final Duration deadline;
    private final Runnable enforced;

    /// `deadline`: for each system call on the mount.
    public ManagementMount(Pool pool, PoolClient client, Posix posix, Duration deadline) {
        this(pool, client, posix, deadline, () -> {});
    }

    /// `enforced`: throws UNAVAILABLE while a limit would not be enforced. No limit is set then: who asks for one must
    /// not be told that there is one.
    public ManagementMount(Pool pool, PoolClient client, Posix posix, Duration deadline, Runnable enforced) {
        this.enforced = enforced;
        this.pool = pool;
        this.client = client;
        this.posix = posix;
        this.deadline = deadline;
    }

    @Override
    public Pool pool() {
        return pool;
    }

    @Override
    public Path root() {
        return client.root();
    }

    /// Work of this class on the mount.
    private <T> T call(String what, PoolThreads.Work<T> work) {
        try {
            return client.threads().call(what, deadline, work);
        } catch (PosixException e) {
            throw translated(what, e);
        } catch (IOException e) {
            throw new StorageException(
                    Problem.UNAVAILABLE, "pool " + pool.name() + ": could not " + what + ": " + e.getMessage(), e);
        }
    }

    private StorageException translated(String what, PosixException e) {
        String text = "pool " + pool.name() + ": could not " + what + ": " + e.getMessage();
        return switch (e.errno()) {
            case ENOENT -> new StorageException(Problem.NOT_FOUND, text, e);
            case EPERM ->
                new StorageException(
                        Problem.INTERNAL, text + "; limits can be set through the management mount only", e);
            default -> new StorageException(Problem.UNAVAILABLE, text, e);
        };
    }

    @Override
    public VolumeUsage usage() {
        Path root = root();
        return call("read the space of the pool", () -> posix.usage(root));
    }

    @Override
    public void limit(Path directory, Bytes hard) {
        needsQuota();
        enforced.run();
        var wanted = new QuotaLimit(hard);
        Path inside = inside(directory);
        Optional<QuotaLimit> taken = call("set the limit of " + directory, () -> {
            posix.setAttribute(inside, QuotaLimit.ATTRIBUTE, wanted.encode());
            return read(inside);
        });
        if (!taken.equals(Optional.of(wanted))) {
            throw new StorageException(
                    Problem.UNAVAILABLE,
                    "pool " + pool.name() + ": the limit " + hard + " of " + directory
                            + " was not taken, the bricks say "
                            + taken.map(l -> l.hard().toString()).orElse("none")
                            + "; check that all bricks of the pool run, then repeat the request");
        }
    }

    private Optional<QuotaLimit> read(Path directory) throws IOException {
        return posix.attribute(directory, QuotaLimit.ATTRIBUTE).flatMap(QuotaLimit::decode);
    }

    @Override
    public Optional<Bytes> limit(Path directory) {
        Path inside = inside(directory);
        return call("read the limit of " + directory, () -> read(inside)).map(QuotaLimit::hard);
    }

    @Override
    public void unlimit(Path directory) {
        Path inside = inside(directory);
        var _ = call("remove the limit of " + directory, () -> {
            posix.removeAttribute(inside, QuotaLimit.ATTRIBUTE);
            return true;
        });
    }

    @Override
    public VolumeUsage usage(Path directory) {
        needsQuota();
        Path inside = inside(directory);
        return call("read the usage of " + directory, () -> {
            Bytes total = read(inside).map(QuotaLimit::hard).orElseThrow(() -> unlimited(directory));
            QuotaUsage usage = posix.attribute(inside, QuotaUsage.ATTRIBUTE)
                    .map(QuotaUsage::decode)
                    .orElseThrow(() -> new NoSuchFileException(
                            inside.toString(), null, "it has a limit, and nothing counts what it holds"));
            return new VolumeUsage(total, usage.size(), 0, usage.files() + usage.directories());
        });
    }

    private StorageException unlimited(Path directory) {
        return new StorageException(
                Problem.UNSUPPORTED,
                "pool " + pool.name() + ": " + directory + " has no limit, so its usage is not kept");
    }

    private void needsQuota() {
        if (!pool.quota()) {
            throw new StorageException(
                    Problem.UNSUPPORTED,
                    "pool " + pool.name() + " has no quota: it holds one volume, which may use all of it");
        }
    }

    /// `directory`, given below the root, in absolute or relative form.
    private Path inside(Path directory) {
        Path root = root();
        Path inside = root.resolve(directory).normalize();
        if (!inside.startsWith(root) || inside.equals(root)) {
            throw new StorageException(
                    Problem.INVALID_ARGUMENT,
                    "pool " + pool.name() + ": " + directory + " is no directory below " + root);
        }
        return inside;
    }
}
