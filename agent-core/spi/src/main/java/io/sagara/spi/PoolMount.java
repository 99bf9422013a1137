package io.sagara.spi;

import java.nio.file.Path;
import java.util.Optional;

/// The agent's own mount of a pool, with the right to set limits. Any number of threads may use it. Every
/// method, and every file operation below [#root], may fail with an I/O error when the pool goes away; none
/// blocks longer than the agent's watch on the mount allows, because a mount that hangs is cut off.
public interface PoolMount {
    /// The pool.
    Pool pool();

    /// The root directory of the pool on this node.
    Path root();

    /// The space of the pool as a whole, and what of it is not used.
    VolumeUsage usage();

    /// Sets the hard limit of a directory below [#root]. Effective when it returns, for all clients. Throws
    /// UNAVAILABLE where the limit was not taken, and UNSUPPORTED where the pool has no quota.
    void limit(Path directory, Bytes hard);

    /// The limit of a directory; empty where it has none.
    Optional<Bytes> limit(Path directory);

    /// Removes the limit of a directory. Removing an absent one succeeds.
    void unlimit(Path directory);

    /// What a directory holds, as the quota counts it, beside its limit. Throws UNSUPPORTED where it has no
    /// limit.
    VolumeUsage usage(Path directory);
}
