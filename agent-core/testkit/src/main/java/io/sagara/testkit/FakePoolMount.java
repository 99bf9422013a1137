package io.sagara.testkit;

import io.sagara.spi.Bytes;
import io.sagara.spi.Pool;
import io.sagara.spi.PoolMount;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import io.sagara.spi.VolumeUsage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// A pool mount that is a plain directory. Limits are kept in memory and follow their directory when it is
/// renamed, as quota does; they are reported and not enforced. It can refuse limits and it can die.
public final class FakePoolMount implements PoolMount {
    private final Pool pool;
    private final Path root;
    private final Bytes total;
    private final Map<Identity, Bytes> limits = new ConcurrentHashMap<>();
    private volatile boolean alive = true;
    private volatile boolean takesLimits = true;

    /// A live mount of `total` bytes at `root`, a directory that exists.
    public FakePoolMount(Pool pool, Path root, Bytes total) {
        this.pool = pool;
        this.root = root;
        this.total = total;
    }

    /// The inode, and its birth so that a reused number is not the same directory.
    private record Identity(@Nullable Object inode, FileTime birth) {}

    /// From now on every method but [#pool] and [#root] throws UNAVAILABLE.
    public void die() {
        alive = false;
    }

    /// Whether setting limits works from now on; where not, it throws UNAVAILABLE.
    public void takeLimits(boolean takes) {
        takesLimits = takes;
    }

    @Override
    public Pool pool() {
        return pool;
    }

    @Override
    public Path root() {
        return root;
    }

    @Override
    public VolumeUsage usage() {
        answer();
        return new VolumeUsage(total, new Bytes(size(root)), 0, 0);
    }

    @Override
    public void limit(Path directory, Bytes hard) {
        Identity identity = identity(directory);
        if (!pool.quota()) {
            throw new StorageException(Problem.UNSUPPORTED, "pool " + pool.name() + " has no quota");
        }
        if (!takesLimits) {
            throw new StorageException(
                    Problem.UNAVAILABLE, "pool " + pool.name() + ": the limit of " + directory + " was not taken");
        }
        limits.put(identity, hard);
    }

    @Override
    public Optional<Bytes> limit(Path directory) {
        return Optional.ofNullable(limits.get(identity(directory)));
    }

    @Override
    public void unlimit(Path directory) {
        limits.remove(identity(directory));
    }

    @Override
    public VolumeUsage usage(Path directory) {
        Bytes hard = limit(directory)
                .orElseThrow(() -> new StorageException(Problem.UNSUPPORTED, directory + " has no limit"));
        return new VolumeUsage(hard, new Bytes(size(directory)), 0, 0);
    }

    private Identity identity(Path directory) {
        answer();
        if (!directory.startsWith(root)) {
            throw new StorageException(Problem.INVALID_ARGUMENT, directory + " is not below " + root);
        }
        try {
            var attributes = Files.readAttributes(directory, BasicFileAttributes.class);
            return new Identity(attributes.fileKey(), attributes.creationTime());
        } catch (IOException e) {
            throw new StorageException(Problem.UNAVAILABLE, "pool " + pool.name() + ": " + e, e);
        }
    }

    private void answer() {
        if (!alive) {
            throw new StorageException(
                    Problem.UNAVAILABLE, "pool " + pool.name() + ": the mount " + root + " does not answer");
        }
    }

    private static long size(Path directory) {
        AtomicLong size = new AtomicLong();
        try {
            Files.walkFileTree(directory, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    size.addAndGet(attributes.size());
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) {
                    // others are at work in it
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException e) {
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return size.get();
    }
}
