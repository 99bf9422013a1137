package io.sagara.spi;

import java.nio.file.Path;

/// The part of a brick's life that is the same for every backend which runs glusterfsd on a local directory.
/// The agent lends it through [BackendHost]. All methods are idempotent and safe for any number of threads;
/// they act on one brick at a time.
public interface NativeBricks {
    /// Makes `directory` a brick directory of this pool: creates it where it is absent, checks that it is empty
    /// or already ours, that it can hold `trusted.*` attributes, and writes the volume id.
    ///
    /// Throws IN_USE (another pool's volume id, or used by another brick of this node), INVALID_ARGUMENT (not
    /// empty, or no directory), UNSUPPORTED (no `trusted.*` attributes), NOT_FOUND (`root`, which must exist,
    /// does not).
    ///
    /// `root`: what the user named, never created. `directory`: at or below it, created with mode 0755.
    Path prepare(Pool pool, Brick brick, Path root, Path directory);

    /// Starts glusterfsd for the prepared directory, or adopts the one that runs, and returns when it listens.
    void start(Pool pool, Brick brick, Path directory);

    /// Ends glusterfsd and waits for it to be gone.
    void stop(Pool pool, Brick brick);

    /// Looks at the process, its port, and the file system below the directory.
    BrickHealth check(Pool pool, Brick brick, Path directory);

    /// Empties a directory which carries this pool's volume id and removes it. Throws IN_USE where the id is
    /// another's or absent while the directory is not empty.
    void erase(Pool pool, Brick brick, Path directory);
}
