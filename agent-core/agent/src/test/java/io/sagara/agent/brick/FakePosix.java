package io.sagara.agent.brick;

import io.sagara.agent.posix.Posix;
import io.sagara.agent.posix.PosixException;
import io.sagara.spi.Bytes;
import io.sagara.spi.VolumeUsage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

/// Real files with extended attributes that exist in memory only, so that no root is needed; a test may say
/// where they are not supported, and let calls hang. Everything about mounts is refused.
public final class FakePosix implements Posix {
    private static final int EOPNOTSUPP = 95;
    private static final int ENOENT = 2;

    private final Map<Object, Map<String, byte[]>> attributes = new ConcurrentHashMap<>();
    private volatile Optional<Path> withoutAttributes = Optional.empty();
    private volatile CountDownLatch hanging = new CountDownLatch(0);

    /// Files at and below this directory cannot have attributes.
    void refuseAttributesBelow(Path directory) {
        withoutAttributes = Optional.of(directory);
    }

    /// Every call hangs until the latch is counted down.
    CountDownLatch hang() {
        hanging = new CountDownLatch(1);
        return hanging;
    }

    private Map<String, byte[]> of(Path file) throws IOException {
        while (hanging.getCount() > 0) {
            LockSupport.parkNanos(1_000_000); // as a system call, not ended by an interrupt
        }
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new PosixException(ENOENT, file + ": No such file or directory");
        }
        if (withoutAttributes.filter(file::startsWith).isPresent()) {
            throw new PosixException(EOPNOTSUPP, file + ": Operation not supported");
        }
        // by inode: attributes belong to the file and not to its name
        Object inode = Files.getAttribute(file, "unix:ino", LinkOption.NOFOLLOW_LINKS);
        return attributes.computeIfAbsent(inode, _ -> new ConcurrentHashMap<>());
    }

    @Override
    public Optional<byte[]> attribute(Path file, String name) throws IOException {
        return Optional.ofNullable(of(file).get(name));
    }

    @Override
    public void setAttribute(Path file, String name, byte[] value) throws IOException {
        of(file).put(name, value);
    }

    @Override
    public boolean createAttribute(Path file, String name, byte[] value) throws IOException {
        return of(file).putIfAbsent(name, value) == null;
    }

    @Override
    public void removeAttribute(Path file, String name) throws IOException {
        of(file).remove(name);
    }

    /// All names on a file.
    Set<String> names(Path file) throws IOException {
        return Set.copyOf(of(file).keySet());
    }

    @Override
    public FileSystem fileSystem(Path file) throws IOException {
        return new FileSystem(0xEF53, new VolumeUsage(Bytes.gib(4), Bytes.gib(1), 100, 10));
    }

    @Override
    public void bind(Path source, Path target, Set<MountFlag> flags) {
        throw new AssertionError("bricks bind nothing");
    }

    @Override
    public void unmount(Path target, boolean detach) {
        throw new AssertionError("bricks unmount nothing");
    }

    @Override
    public void abort(Path target) {
        throw new AssertionError("bricks abort nothing");
    }

    @Override
    public long device(Path file) {
        throw new AssertionError("bricks ask for no device");
    }

    @Override
    public int userId() {
        return 0;
    }
}
