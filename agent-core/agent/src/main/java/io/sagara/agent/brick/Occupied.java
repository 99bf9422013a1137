package io.sagara.agent.brick;

import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/// The directories that bricks of this node use since this agent attached them, by their real paths. Any number
/// of threads may call.
final class Occupied {
    private final Map<BrickId, Path> directories = new HashMap<>();

    /// Notes that the brick uses `directory`. Throws IN_USE where another brick uses it, or one above or below.
    synchronized void take(BrickId brick, Path directory) {
        directories.forEach((other, taken) -> {
            if (!other.equals(brick) && (taken.startsWith(directory) || directory.startsWith(taken))) {
                throw new StorageException(
                        Problem.IN_USE,
                        brick.where() + directory + " is used by brick " + other.index() + " of pool " + other.pool()
                                + (taken.equals(directory) ? "" : " (" + taken + ")")
                                + "; give every brick a directory of its own, none inside another");
            }
        });
        directories.put(brick, directory);
    }

    /// The brick uses no directory any more.
    synchronized void release(BrickId brick) {
        directories.remove(brick);
    }
}
