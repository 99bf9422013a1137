package io.sagara.agent.volume;

import io.sagara.spi.Pool;
import io.sagara.spi.PoolMount;
import io.sagara.spi.Provisioning;
import java.nio.file.Path;
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

    /// Whether the pool is one volume, of which nothing lies in the pool but the volume itself; see
    /// [io.sagara.agent.volume.disk.WholePoolProvisioning].
    default boolean whole() {
        return false;
    }

    /// The directory of the account: in the pool, where all agents see it, or, for a pool that is one volume, this
    /// agent's own. UNAVAILABLE at once where the pool cannot be used.
    default Path account() {
        return mount().root();
    }

    /// What becomes of a volume that is deleted, as the pool's owner chose.
    Reclaim reclaim();

    /// The choices.
    enum Reclaim {
        /// It goes, and so does its data.
        DELETE,
        /// It is set aside under another name and goes on taking its space.
        ARCHIVE,
        /// It stays as it is.
        RETAIN
    }

    /// Whether no agent of another node can work on the pool: its bricks refuse every node but this one.
    boolean alone();

    /// Whether this node does for the pool what one of its nodes has to do.
    boolean caretaker();

    /// Throws UNAVAILABLE where a part of the pool is not connected right now, which listings then leave out.
    /// For [#work].
    void requireWhole();

    /// Does file work on one of the pool's own threads and waits for it at most `deadline`; UNAVAILABLE then,
    /// and the work is interrupted. A mount that hangs holds threads of its own pool only.
    <T> T work(String what, Duration deadline, Callable<T> work);
}
