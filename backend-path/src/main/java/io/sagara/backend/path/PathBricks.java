package io.sagara.backend.path;

import io.sagara.spi.Brick;
import io.sagara.spi.BrickHealth;
import io.sagara.spi.Bricks;
import io.sagara.spi.Bytes;
import io.sagara.spi.NativeBricks;
import io.sagara.spi.Pool;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// Role 2 for a directory. There is nothing to take or to give back, so attach only finds and prepares it, and
/// detach does nothing.
final class PathBricks implements Bricks {
    /// Below what the user named, as Kadalu lays it out.
    private static final Path BRICK = Path.of("data", "brick");

    /// What a fresh file system has, and what a beginning that was cut short leaves.
    private static final Set<String> UNREMARKABLE = Set.of("lost+found", "data");

    private static final int SHOWN = 3;

    private final NativeBricks bricks;

    PathBricks(NativeBricks bricks) {
        this.bricks = bricks;
    }

    @Override
    public Path attach(Pool pool, Brick brick) {
        Path root = root(pool, brick);
        Path directory = root.resolve(BRICK);
        if (!Files.exists(directory)) {
            refuseContent(pool, brick, root);
        }
        return bricks.prepare(pool, brick, root, directory);
    }

    /// A directory that holds something has an owner, who may not expect a pool in it.
    private static void refuseContent(Pool pool, Brick brick, Path root) {
        try (Stream<Path> entries = Files.list(root)) {
            List<String> others = entries.map(entry -> entry.getFileName().toString())
                    .filter(name -> !UNREMARKABLE.contains(name))
                    .sorted()
                    .toList();
            if (!others.isEmpty()) {
                throw new StorageException(
                        Problem.INVALID_ARGUMENT,
                        where(pool, brick) + root + " is not empty, it holds " + shown(others)
                                + "; name an empty directory, such as a new one in it");
            }
        } catch (IOException e) {
            throw unavailable(pool, brick, e);
        }
    }

    private static String shown(List<String> names) {
        String some = String.join(", ", names.subList(0, Math.min(SHOWN, names.size())));
        return names.size() > SHOWN ? some + " and " + (names.size() - SHOWN) + " more" : some;
    }

    @Override
    public void start(Pool pool, Brick brick, Path directory) {
        bricks.start(pool, brick, directory);
    }

    @Override
    public void stop(Pool pool, Brick brick) {
        bricks.stop(pool, brick);
    }

    @Override
    public BrickHealth check(Pool pool, Brick brick, Path directory) {
        return bricks.check(pool, brick, directory);
    }

    @Override
    public Bytes grow(Pool pool, Brick brick, Path directory) {
        // statvfs on this path alone: Files.getFileStore would walk the mount table and could hang on another mount
        long total = directory.toFile().getTotalSpace();
        if (total == 0) {
            throw new StorageException(
                    Problem.UNAVAILABLE,
                    where(pool, brick) + "the file system of " + directory + " does not answer; see `dmesg`, then"
                            + " repair or mount it");
        }
        return new Bytes(total);
    }

    @Override
    public void detach(Pool pool, Brick brick) {
        // the directory was never taken from anyone
    }

    @Override
    public void erase(Pool pool, Brick brick) {
        Path root;
        try {
            root = root(pool, brick);
        } catch (StorageException e) {
            if (e.problem() == Problem.NOT_FOUND) {
                return;
            }
            throw e;
        }
        Path directory = root.resolve(BRICK);
        bricks.erase(pool, brick, directory);
        try {
            Files.deleteIfExists(root.resolve(BRICK).getParent());
        } catch (DirectoryNotEmptyException _) {
            // someone else's files share `data` with the brick
        } catch (IOException e) {
            throw unavailable(pool, brick, e);
        }
    }

    /// What the user named, with symbolic links resolved so that one directory never has two names.
    private static Path root(Pool pool, Brick brick) {
        Path named = Path.of(brick.unit().source());
        if (!named.isAbsolute()) {
            throw new StorageException(
                    Problem.INVALID_ARGUMENT,
                    where(pool, brick) + "'" + named + "' is a relative path; name the directory from / on");
        }
        try {
            Path root = named.toRealPath();
            if (!Files.isDirectory(root)) {
                throw new StorageException(
                        Problem.INVALID_ARGUMENT,
                        where(pool, brick) + named + " is no directory; name a directory, or list it as 'device'");
            }
            return root;
        } catch (NoSuchFileException e) {
            throw new StorageException(
                    Problem.NOT_FOUND,
                    where(pool, brick) + named + " does not exist; create the directory, or mount what holds it",
                    e);
        } catch (IOException e) {
            throw unavailable(pool, brick, e);
        }
    }

    private static StorageException unavailable(Pool pool, Brick brick, IOException cause) {
        return new StorageException(
                Problem.UNAVAILABLE,
                where(pool, brick) + brick.unit().source() + " cannot be used (" + cause + "); check the file system"
                        + " it is on",
                cause);
    }

    private static String where(Pool pool, Brick brick) {
        return "pool " + pool.name() + ", unit " + brick.index() + ": ";
    }
}
