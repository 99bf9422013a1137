package io.sagara.agent.pool;

import io.sagara.agent.volume.PoolAccess;
import io.sagara.api.v1.PoolSpec;
import io.sagara.api.v1.ReclaimPolicy;
import io.sagara.spi.Pool;
import io.sagara.spi.PoolMount;
import io.sagara.spi.Problem;
import io.sagara.spi.Provisioning;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A pool as making volumes sees it.
final class ServedPool implements PoolAccess {
    private final Supplier<PoolSpec> spec;
    private final GlusterClients clients;
    private final Backends backends;
    private volatile @Nullable Read read;

    ServedPool(Supplier<PoolSpec> spec, GlusterClients clients, Backends backends) {
        this.spec = spec;
        this.clients = clients;
        this.backends = backends;
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
        return backends.of(Graphs.leading(pool())).provisioning();
    }

    @Override
    public PoolMount mount() {
        return clients.mount(pool());
    }

    @Override
    public boolean retains() {
        return spec.get().getReclaimPolicy() == ReclaimPolicy.RETAIN;
    }

    @Override
    public <T> T work(String what, Duration deadline, Callable<T> work) {
        try {
            return clients.management().threads().call(what, deadline, () -> checked(what, work));
        } catch (IOException e) {
            throw new StorageException(
                    Problem.UNAVAILABLE,
                    "pool " + spec.get().getName() + ": " + what + " failed: " + e.getMessage()
                            + "; look at 'sagara status', then repeat it",
                    e);
        }
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
