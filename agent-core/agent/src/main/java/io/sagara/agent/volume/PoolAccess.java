package io.sagara.agent.volume;

import io.sagara.spi.Pool;
import io.sagara.spi.PoolMount;
import io.sagara.spi.Provisioning;
import java.time.Duration;
import java.util.concurrent.Callable;

/// What making volumes needs of a pool. Any number of threads may call.
public interface PoolAccess {
    /// The pool as it is now.
    Pool pool();

    /// Who makes its volumes.
    Provisioning provisioning();

    /// The agent's mount of it; UNAVAILABLE at once where it cannot be used.
    PoolMount mount();

    /// Whether a deleted volume is kept as it is, because its owner chose `retain`.
    boolean retains();

    /// Does file work on one of the pool's own threads and waits for it at most `deadline`; UNAVAILABLE then,
    /// and the work is interrupted. A mount that hangs holds threads of its own pool only.
    <T> T work(String what, Duration deadline, Callable<T> work);
}
