package io.sagara.agent.pool;

import io.sagara.agent.volume.PoolAccess;
import io.sagara.api.v1.PoolSpec;
import io.sagara.spi.Layout;
import io.sagara.spi.Pool;
import io.sagara.spi.PoolMount;
import io.sagara.spi.Problem;
import io.sagara.spi.Provisioning;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A pool as making volumes sees it.
final class ServedPool implements PoolAccess {
    private final Supplier<PoolSpec> spec;
    private final GlusterClients clients;
    private final Backends backends;
    private final LocalBricks bricks;
    private final Whole whole;
    private volatile @Nullable Read read;

    /// Where the pool is one volume: who provides that, and the directory of its account, which is made when it is
    /// needed.
    record Whole(Provisioning provisioning, Path account) {}

    ServedPool(Supplier<PoolSpec> spec, GlusterClients clients, Backends backends, LocalBricks bricks, Whole whole) {
        this.whole = whole;
        this.spec = spec;
        this.clients = clients;
        this.backends = backends;
        this.bricks = bricks;
    }

    @Override
    public Pool pool() {
        PoolSpec now = spec.get();
        Read last = read;
        // asked several times in each call, for every pool, and for every volume of a list
        if (last == null || !last.spec.equals(now)) {
            last = new Read(now, PoolSpecs.pool(now));
            read = last;
        }
        return last.pool;
    }

    /// A specification, and the pool it describes.
    private record Read(PoolSpec spec, Pool pool) {}

    @Override
    public Provisioning provisioning() {
        return whole() ? whole.provisioning() : backends.of(pool().backend()).provisioning();
    }

    /// As Kadalu has it: in its own pools that is a directory, in others the whole of them.
    @Override
    public boolean whole() {
        return !pool().quota() && pool().layout() instanceof Layout.External;
    }

    @Override
    public Path account() {
        Path root = mount().root();
        if (!whole()) {
            return root;
        }
        try {
            return Files.createDirectories(whole.account());
        } catch (IOException e) {
            throw failed("making " + whole.account(), e);
        }
    }

    @Override
    public PoolMount mount() {
        return clients.mount(pool());
    }

    @Override
    public Reclaim reclaim() {
        return switch (spec.get().getReclaimPolicy()) {
            case ARCHIVE -> Reclaim.ARCHIVE;
            case RETAIN -> Reclaim.RETAIN;
            case DELETE, RECLAIM_POLICY_UNSPECIFIED -> Reclaim.DELETE;
            case UNRECOGNIZED ->
                throw new StorageException(
                        Problem.UNSUPPORTED,
                        "pool " + spec.get().getName() + ": its reclaim policy is unknown to this agent, so nothing is"
                                + " deleted; use delete, archive or retain, or a newer agent");
        };
    }

    @Override
    public boolean alone() {
        Pool pool = pool();
        // bricks of others let in whom they like
        return !pool.bricks().isEmpty()
                && bricks.elsewhere(pool).isEmpty()
                && pool.clients().stream()
                        .allMatch(client -> pool.bricks().stream()
                                .allMatch(brick -> brick.address().equals(client)));
    }

    @Override
    public boolean caretaker() {
        // where no node has a brick, each does it: what one has done already is nothing to the others
        return pool().bricks().stream().findFirst().map(bricks::local).orElse(true);
    }

    @Override
    public void requireWhole() {
        try {
            clients.management().requireWhole();
        } catch (IOException e) {
            throw failed("looking at its bricks", e);
        }
    }

    @Override
    public <T> T work(String what, Duration deadline, Callable<T> work) {
        try {
            return clients.management().threads().call(what, deadline, () -> checked(what, work));
        } catch (IOException e) {
            throw failed(what, e);
        }
    }

    private StorageException failed(String what, IOException e) {
        return new StorageException(
                Problem.UNAVAILABLE,
                "pool " + spec.get().getName() + ": " + what + " failed: " + e.getMessage()
                        + "; look at 'sagara status', then repeat it",
                e);
    }

    private static <T> T checked(String what, Callable<T> work) throws IOException {
        try {
            return work.call();
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new StorageException(Problem.INTERNAL, what + " failed: " + e, e);
        }
    }
}
