package io.sagara.agent.pool;

import io.sagara.spi.Pool;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/// How many bricks of a pool lie on one file system of this node, by the device each directory is on.
record SharedFilesystems(Map<Path, Object> devices) {
    /// Throws UNAVAILABLE where a directory cannot be looked at.
    static SharedFilesystems of(Pool pool, Collection<Path> directories) {
        Map<Path, Object> devices = new HashMap<>();
        for (Path directory : directories) {
            try {
                devices.put(directory, Files.getAttribute(directory, "unix:dev"));
            } catch (IOException e) {
                throw new StorageException(
                        Problem.UNAVAILABLE,
                        "pool " + pool.name() + ": " + directory + " cannot be looked at: " + e.getMessage()
                                + "; check its disk",
                        e);
            }
        }
        return new SharedFilesystems(Map.copyOf(devices));
    }

    /// The bricks on the file system of `directory`, which is one of them.
    int of(Path directory) {
        Object device = devices.get(directory);
        return Math.toIntExact(
                devices.values().stream().filter(other -> other.equals(device)).count());
    }
}
