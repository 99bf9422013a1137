package io.sagara.spi;

import java.nio.file.Path;

/// Role 2: the life of the bricks on this node.
///
/// The agent calls, for every local brick: [#attach], then [#start], then [#check] again and again, and at the
/// end [#stop] and [#detach]. After a crash of the agent it begins with [#attach] again while the brick may
/// still run; attach and start then find what is there and change nothing. Backends without bricks of their own
/// never see a call.
public interface Bricks {
    /// Makes the unit's storage available and returns the brick directory, ready to be served: on a file system
    /// of its own where the backend makes one, with the pool's volume id on it.
    ///
    /// Never formats or empties anything that is not provably blank or asked for. A directory of this same pool
    /// is taken over with its data.
    ///
    /// Throws INVALID_ARGUMENT (the unit cannot be used as it is), NOT_FOUND (the source does not exist),
    /// IN_USE (it belongs to another pool or is mounted elsewhere), UNSUPPORTED (no extended attributes),
    /// UNAVAILABLE (the device does not answer).
    Path attach(Pool pool, Brick brick);

    /// Serves the directory. When it returns, the brick listens on its port. Throws UNAVAILABLE where it does
    /// not come up in time; the agent goes on trying by itself.
    void start(Pool pool, Brick brick, Path directory);

    /// Stops serving, with all data on disk. Stopping a stopped brick succeeds.
    void stop(Pool pool, Brick brick);

    /// One look at a started brick, called every few seconds; must not write user data. Reports, and does not
    /// throw, what is wrong with the brick.
    BrickHealth check(Pool pool, Brick brick, Path directory);

    /// Uses space that the unit has gained since it was attached, while it is served, and returns the size of
    /// its file system. Does nothing where the unit did not grow.
    Bytes grow(Pool pool, Brick brick, Path directory);

    /// Gives the stopped unit back: unmounts and releases what [#attach] took. The data stays.
    void detach(Pool pool, Brick brick);

    /// Removes the pool's data from a stopped unit because the user asked for exactly that. Removes only what
    /// carries this pool's volume id; throws IN_USE for anything else. Erasing twice succeeds.
    void erase(Pool pool, Brick brick);
}
