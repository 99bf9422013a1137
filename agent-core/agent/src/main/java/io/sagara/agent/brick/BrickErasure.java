package io.sagara.agent.brick;

import io.sagara.agent.posix.MountInfo;
import io.sagara.agent.posix.Posix;
import io.sagara.spi.Pool;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.BasicFileAttributeView;
import java.util.Optional;
import java.util.UUID;

/// Removes a brick with all its data. The volume id goes last: a removal that was cut short is still known as
/// this pool's, and goes on when it is repeated.
///
/// Walks by open directories, so it follows no symbolic link, not even one that is put in its way meanwhile,
/// and a path may be longer than the kernel takes. A directory deeper than [#DEEPEST] is moved up first: memory
/// and open files stay bounded, however deep and wide the tree is.
final class BrickErasure {
    private static final int DEEPEST = 64;
    private static final String MOVED = ".sagara-erasing-";

    private final Posix posix;
    private final Pool pool;
    private final BrickId id;
    private long moved;

    BrickErasure(Posix posix, Pool pool, BrickId id) {
        this.posix = posix;
        this.pool = pool;
        this.id = id;
    }

    /// See [io.sagara.spi.NativeBricks#erase].
    void erase(Path directory) {
        try {
            if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
                return;
            }
            Path real = directory.toRealPath();
            refuseOthers(real);
            refuseMounts(real);
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(real)) {
                if (!(entries instanceof SecureDirectoryStream<Path> top)) {
                    throw new StorageException(Problem.UNSUPPORTED, id.where() + "the JDK lacks openat on this system");
                }
                empty(top, top, 0);
            }
            removeMoved(real);
            VolumeId.remove(posix, real);
            Files.deleteIfExists(real);
        } catch (DirectoryIteratorException e) {
            throw failure(directory, e);
        } catch (IOException e) {
            throw failure(directory, e);
        }
    }

    private void refuseOthers(Path real) throws IOException {
        Optional<UUID> found = VolumeId.of(posix, real);
        boolean empty;
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(real)) {
            empty = !entries.iterator().hasNext();
        }
        if (found.isPresent() ? !found.get().equals(pool.id()) : !empty) {
            throw new StorageException(
                    Problem.IN_USE,
                    id.where() + real + " carries "
                            + found.map(other -> "the volume id " + other).orElse("no volume id")
                            + ", not this pool's " + pool.id()
                            + "; it is left as it is, remove it by hand if it is to go");
        }
    }

    private void refuseMounts(Path real) throws IOException {
        Optional<Path> inside = MountInfo.read().all().stream()
                .map(MountInfo.Mount::point)
                .filter(point -> point.startsWith(real) && !point.equals(real))
                .findFirst();
        if (inside.isPresent()) {
            throw new StorageException(
                    Problem.IN_USE,
                    id.where() + "something is mounted on " + inside.get() + " inside the brick; unmount it first");
        }
    }

    /// Removes all entries of `here`, which is that many levels below `top`.
    private void empty(SecureDirectoryStream<Path> top, SecureDirectoryStream<Path> here, int depth)
            throws IOException {
        for (Path entry : here) {
            if (Thread.currentThread().isInterrupted()) {
                throw new StorageException(
                        Problem.UNAVAILABLE, id.where() + "erasing was given up by its caller; repeat it");
            }
            Path name = entry.getFileName();
            if (!isDirectory(here, name)) {
                gone(() -> here.deleteFile(name));
            } else if (depth == DEEPEST) {
                here.move(name, top, Path.of(MOVED + UUID.randomUUID()));
                moved++;
            } else {
                try (SecureDirectoryStream<Path> below = here.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
                    empty(top, below, depth + 1);
                }
                gone(() -> here.deleteDirectory(name));
            }
        }
    }

    /// What was moved up may have come too late for the listing that was under way.
    private void removeMoved(Path real) throws IOException {
        while (moved > 0) {
            moved = 0;
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(real)) {
                SecureDirectoryStream<Path> top = (SecureDirectoryStream<Path>) entries;
                empty(top, top, 0);
            }
        }
    }

    private static boolean isDirectory(SecureDirectoryStream<Path> here, Path name) throws IOException {
        return here.getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .readAttributes()
                .isDirectory();
    }

    private interface Removal {
        void run() throws IOException;
    }

    private static void gone(Removal removal) throws IOException {
        try {
            removal.run();
        } catch (NoSuchFileException _) {
            // that is what was wanted
        }
    }

    private StorageException failure(Path directory, Exception cause) {
        return new StorageException(
                Problem.UNAVAILABLE,
                id.where() + directory + " could not be erased (" + cause + "); check its file system and repeat",
                cause);
    }
}
