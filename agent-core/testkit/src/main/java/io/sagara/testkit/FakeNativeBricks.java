package io.sagara.testkit;

import io.sagara.spi.Brick;
import io.sagara.spi.BrickHealth;
import io.sagara.spi.Bytes;
import io.sagara.spi.NativeBricks;
import io.sagara.spi.Pool;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/// Native bricks without root and without glusterfsd. They keep the promises of [NativeBricks], but the volume
/// id (and the index of the brick) is in the file `.glusterfs/volume-id` of the directory, where the real ones
/// use an extended attribute. "Running" is a note in memory, so it ends with the test.
public final class FakeNativeBricks implements NativeBricks {
    private static final Path ID = Path.of(".glusterfs", "volume-id");

    private final Set<String> running = ConcurrentHashMap.newKeySet();

    /// No brick runs.
    public FakeNativeBricks() {}

    @Override
    public Path prepare(Pool pool, Brick brick, Path root, Path directory) {
        if (!Files.isDirectory(root)) {
            throw new StorageException(Problem.NOT_FOUND, root + " does not exist; create it");
        }
        if (!directory.startsWith(root)) {
            throw new StorageException(Problem.INVALID_ARGUMENT, directory + " is not below " + root);
        }
        try {
            if (Files.exists(directory) && !Files.isDirectory(directory)) {
                throw new StorageException(Problem.INVALID_ARGUMENT, directory + " is no directory; name another");
            }
            Files.createDirectories(directory);
            if (!ours(pool, brick, directory)) {
                Files.createDirectories(directory.resolve(ID).getParent());
                Files.writeString(directory.resolve(ID), mark(pool, brick));
            }
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// False where the directory is empty; throws where it belongs to something else.
    private static boolean ours(Pool pool, Brick brick, Path directory) throws IOException {
        Optional<String> found = Files.exists(directory.resolve(ID))
                ? Optional.of(Files.readString(directory.resolve(ID)))
                : Optional.empty();
        if (found.isPresent() && !found.get().equals(mark(pool, brick))) {
            throw new StorageException(
                    Problem.IN_USE,
                    directory + " is brick '" + found.get() + "' and not '" + mark(pool, brick) + "'; name another");
        }
        if (found.isEmpty() && !isEmpty(directory)) {
            throw new StorageException(Problem.INVALID_ARGUMENT, directory + " is not empty; name an empty one");
        }
        return found.isPresent();
    }

    @Override
    public void start(Pool pool, Brick brick, Path directory) {
        running.add(mark(pool, brick));
    }

    @Override
    public void stop(Pool pool, Brick brick) {
        running.remove(mark(pool, brick));
    }

    @Override
    public BrickHealth check(Pool pool, Brick brick, Path directory) {
        boolean serving = running.contains(mark(pool, brick)) && Files.isDirectory(directory);
        return new BrickHealth(
                serving,
                serving ? "serving " + directory : "not serving " + directory,
                new Bytes(directory.toFile().getTotalSpace()),
                new Bytes(directory.toFile().getUsableSpace()));
    }

    @Override
    public void erase(Pool pool, Brick brick, Path directory) {
        if (!Files.exists(directory)) {
            return;
        }
        try {
            if (!Files.exists(directory.resolve(ID)) && !isEmpty(directory)) {
                throw new StorageException(
                        Problem.IN_USE, directory + " has no volume id and is not empty; remove it by hand");
            }
            ours(pool, brick, directory);
            try (Stream<Path> tree = Files.walk(directory)) {
                for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isEmpty(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.findAny().isEmpty();
        }
    }

    private static String mark(Pool pool, Brick brick) {
        return pool.id() + " " + brick.index();
    }
}
