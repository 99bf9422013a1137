package io.sagara.agent.volume;

import io.sagara.agent.volume.disk.SubdirProvisioning;
import io.sagara.spi.Bytes;
import io.sagara.spi.Pool;
import io.sagara.spi.Problem;
import io.sagara.spi.Provisioning;
import io.sagara.spi.StorageException;
import io.sagara.spi.StorageUnit;
import io.sagara.testkit.FakePoolMount;
import io.sagara.testkit.Pools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;

/// A pool on a plain directory. Work is done on the caller's thread.
class PlainAccess implements PoolAccess {
    private final FakePoolMount mount;
    private final Reclaim reclaim;
    private final boolean alone;
    private final Provisioning provisioning;

    PlainAccess(Path directory, Reclaim reclaim, boolean alone) throws IOException {
        this(directory, reclaim, alone, new SubdirProvisioning());
    }

    PlainAccess(Path directory, Reclaim reclaim, boolean alone, Provisioning provisioning) throws IOException {
        Pool pool = Pools.replica1("p", new StorageUnit("n1", "path", "/p", Map.of()));
        this.mount = new FakePoolMount(pool, Files.createDirectories(directory.resolve("p")), Bytes.gib(1));
        this.reclaim = reclaim;
        this.alone = alone;
        this.provisioning = provisioning;
    }

    /// The path in the pool.
    Path path(String first, String... more) {
        return mount.root().resolve(Path.of(first, more));
    }

    @Override
    public Pool pool() {
        return mount.pool();
    }

    @Override
    public Provisioning provisioning() {
        return provisioning;
    }

    @Override
    public FakePoolMount mount() {
        return mount;
    }

    @Override
    public Reclaim reclaim() {
        return reclaim;
    }

    @Override
    public boolean alone() {
        return alone;
    }

    @Override
    public boolean caretaker() {
        return true;
    }

    @Override
    public void requireWhole() {}

    @Override
    public <T> T work(String what, Duration deadline, Callable<T> work) {
        try {
            return work.call();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new StorageException(Problem.UNAVAILABLE, what + ": " + e, e);
        }
    }
}
