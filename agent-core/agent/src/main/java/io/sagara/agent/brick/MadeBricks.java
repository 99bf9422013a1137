package io.sagara.agent.brick;

import io.sagara.agent.file.AtomicFile;
import io.sagara.agent.posix.Posix;
import io.sagara.spi.Pool;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// Remembers, a file for each, which bricks this node has made. An empty directory where one of them was is a file
/// system that is not mounted, or lost data: made a brick again, it would be served as a pool without its files, or
/// heal its emptiness into the copies. Calls for one brick come one after the other.
final class MadeBricks {
    private final Path directory;

    MadeBricks(Path directory) {
        this.directory = directory;
    }

    /// Throws UNAVAILABLE where the brick was made here and `real` is not it.
    void refuseLoss(Posix posix, Pool pool, BrickId id, Path real) {
        try {
            boolean known = read(id).equals(pool.id().toString());
            if (known && (!Files.isDirectory(real) || VolumeId.of(posix, real).isEmpty())) {
                throw new StorageException(
                        Problem.UNAVAILABLE,
                        id.where() + real
                                + " holds no brick, but the pool's brick was there; mount its file system. Where"
                                + " its data is lost for good, remove " + file(id) + " to begin with an empty brick");
            }
        } catch (IOException e) {
            throw failure(id, e);
        }
    }

    /// The brick of the pool is complete.
    void remember(Pool pool, BrickId id) {
        try {
            if (!read(id).equals(pool.id().toString())) {
                Files.createDirectories(directory);
                AtomicFile.write(file(id), pool.id() + "\n");
            }
        } catch (IOException e) {
            throw failure(id, e);
        }
    }

    /// The brick was erased on purpose. Repeating it succeeds.
    void forget(BrickId id) {
        try {
            AtomicFile.delete(file(id));
        } catch (IOException e) {
            throw failure(id, e);
        }
    }

    private String read(BrickId id) throws IOException {
        try {
            return Files.readString(file(id)).strip();
        } catch (NoSuchFileException e) {
            return "";
        }
    }

    private Path file(BrickId id) {
        return directory.resolve(id.toString());
    }

    private StorageException failure(BrickId id, IOException e) {
        return new StorageException(
                Problem.UNAVAILABLE,
                id.where() + file(id) + " cannot be used: " + e.getMessage()
                        + "; check the disk of the state directory",
                e);
    }
}
