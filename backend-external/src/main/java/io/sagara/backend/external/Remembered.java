package io.sagara.backend.external;

import io.sagara.spi.ExternalVolume;
import io.sagara.spi.Pool;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/// The last graph of each pool, kept on disk: bricks may run while no glusterd does, and this node may start
/// then.
final class Remembered {
    private static final String MARK = "# ";

    private final Path directory;

    Remembered(Path directory) {
        this.directory = directory;
    }

    /// The graph of the pool's volume; empty where none was kept, or one of another volume.
    Optional<Graph> load(Pool pool, ExternalVolume volume) {
        try {
            String text = Files.readString(file(pool));
            return text.startsWith(mark(volume)) ? Optional.of(Graph.parse(text)) : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IllegalArgumentException | IOException e) {
            throw failure(pool, "read", e);
        }
    }

    void save(Pool pool, ExternalVolume volume, Graph graph) {
        Path file = file(pool);
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        try {
            Files.writeString(fresh, mark(volume) + graph.text());
            // a crash may lose it: then the cluster is asked, as without it
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw failure(pool, "write", e);
        }
    }

    private static String mark(ExternalVolume volume) {
        return MARK + volume.volume() + "\n";
    }

    private Path file(Pool pool) {
        return directory.resolve(pool.name() + ".vol");
    }

    private StorageException failure(Pool pool, String verb, Exception cause) {
        return new StorageException(
                Problem.UNAVAILABLE,
                "pool " + pool.name() + ": cannot " + verb + " " + file(pool) + ": " + cause.getMessage()
                        + "; remove the file, or check the disk of the state directory",
                cause);
    }
}
