package io.sagara.agent.volume.disk;

import io.sagara.spi.Brick;
import io.sagara.spi.Bytes;
import io.sagara.spi.Layout;
import io.sagara.spi.Pool;
import io.sagara.spi.PoolMount;
import io.sagara.spi.PoolName;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import io.sagara.spi.StorageUnit;
import io.sagara.spi.VolumeUsage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/// A pool that is a directory. Its limits stay with a directory that is renamed, as GlusterFS' do, and only say what
/// they are.
public final class FakePoolMount implements PoolMount {
    private final Pool pool;
    private final Path root;
    private final Map<Object, Bytes> limits = new ConcurrentHashMap<>();
    private volatile Bytes total = Bytes.gib(20);
    private volatile Runnable beforeLimit = () -> {};

    /// A pool with quota and one brick.
    public FakePoolMount(String name, Path root) {
        Brick brick = new Brick(0, new StorageUnit("node", "path", "/data", Map.of()), new UUID(1, 2), "127.0.0.1", 0);
        this.pool = new Pool(new PoolName(name), new UUID(3, 4), new Layout.Replica1(), List.of(brick), Map.of(), true);
        this.root = root;
    }

    /// Makes the pool so large.
    public void total(Bytes size) {
        total = size;
    }

    /// Runs `action` before each limit is set or removed; what it throws is what the caller gets.
    public void beforeLimit(Runnable action) {
        beforeLimit = action;
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
        return new VolumeUsage(total, Bytes.ZERO, 0, 0);
    }

    @Override
    public void limit(Path directory, Bytes hard) {
        beforeLimit.run();
        limits.put(key(directory), hard);
    }

    @Override
    public Optional<Bytes> limit(Path directory) {
        return Optional.ofNullable(limits.get(key(directory)));
    }

    @Override
    public void unlimit(Path directory) {
        beforeLimit.run();
        limits.remove(key(directory));
    }

    @Override
    public VolumeUsage usage(Path directory) {
        Bytes limit = limit(directory).orElseThrow(() -> unavailable(directory + " has no limit"));
        return new VolumeUsage(limit, Bytes.ZERO, 0, 0);
    }

    private static Object key(Path directory) {
        try {
            return Objects.requireNonNull(
                    Files.readAttributes(directory, BasicFileAttributes.class).fileKey());
        } catch (IOException e) {
            throw unavailable(directory + ": " + e);
        }
    }

    private static StorageException unavailable(String what) {
        return new StorageException(Problem.UNAVAILABLE, what);
    }
}
