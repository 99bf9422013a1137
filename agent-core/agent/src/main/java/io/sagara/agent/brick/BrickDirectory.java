package io.sagara.agent.brick;

import io.sagara.agent.posix.Posix;
import io.sagara.agent.posix.PosixException;
import io.sagara.spi.Brick;
import io.sagara.spi.Pool;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/// Makes a directory the brick of a pool, or recognises that it is. Nothing is changed before all that can
/// speak against it has been asked, and the volume id is written last: a directory that has it is complete.
final class BrickDirectory {
    static final String HIDDEN = ".glusterfs";

    private static final String PROBE = "trusted.sagara.probe";
    private static final int NAMED_ENTRIES = 3;
    private static final Set<Integer> NOT_SUPPORTED = Set.of(95, 1); // EOPNOTSUPP, EPERM

    private final Posix posix;
    private final Occupied occupied;
    private final Pool pool;
    private final Brick brick;
    private final BrickId id;

    BrickDirectory(Posix posix, Occupied occupied, Pool pool, Brick brick) {
        this.posix = posix;
        this.occupied = occupied;
        this.pool = pool;
        this.brick = brick;
        this.id = BrickId.of(pool, brick);
    }

    /// See [io.sagara.spi.NativeBricks#prepare]. Returns the real path.
    Path prepare(Path root, Path directory) {
        try {
            Path real = realPath(root, directory);
            refuseBrickAbove(real);
            boolean ours = Files.exists(real) && isOurs(real);
            occupied.take(id, real);
            try {
                make(real, ours);
            } catch (IOException | RuntimeException e) {
                occupied.release(id);
                throw e;
            }
            return real;
        } catch (PosixException e) {
            throw failure(Problem.UNAVAILABLE, directory + " cannot be used: " + e.getMessage(), e);
        } catch (IOException e) {
            throw failure(Problem.UNAVAILABLE, directory + " cannot be used (" + e + "); check its file system", e);
        }
    }

    private void make(Path real, boolean ours) throws IOException {
        Path hidden = real.resolve(HIDDEN);
        if (!ours) {
            probeAttributes(existing(real));
            create(real);
        }
        if (!Files.isDirectory(hidden, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectory(
                    hidden, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
        BrickMark.write(hidden, pool, brick);
        if (!ours) {
            VolumeId.write(posix, real, pool.id());
        }
    }

    /// Where the directory is or will be, without symbolic links. Throws where the root is no directory, or the
    /// links lead out of it.
    private Path realPath(Path root, Path directory) throws IOException {
        if (!Files.exists(root)) {
            throw failure(Problem.NOT_FOUND, root + " does not exist; create it, or mount what holds it");
        }
        if (!Files.isDirectory(root)) {
            throw failure(Problem.INVALID_ARGUMENT, root + " is no directory; name a directory");
        }
        Path wanted = directory.toAbsolutePath().normalize();
        Path ancestor = existing(wanted);
        Path real = ancestor.toRealPath().resolve(ancestor.relativize(wanted)).normalize();
        if (!wanted.startsWith(root.toAbsolutePath().normalize()) || !real.startsWith(root.toRealPath())) {
            throw failure(
                    Problem.INVALID_ARGUMENT,
                    directory + " leads to " + real + ", which is not below " + root + "; remove the symbolic link");
        }
        if (Files.exists(real) && !Files.isDirectory(real)) {
            throw failure(Problem.INVALID_ARGUMENT, real + " is no directory; remove it or name another");
        }
        return real;
    }

    /// The nearest that exists, from the path upwards.
    private static Path existing(Path path) {
        Path here = path;
        while (!Files.exists(here, LinkOption.NOFOLLOW_LINKS) && here.getParent() != null) {
            here = here.getParent();
        }
        return here;
    }

    private void refuseBrickAbove(Path real) throws IOException {
        for (Path above = real.getParent(); above != null; above = above.getParent()) {
            Optional<UUID> found = Files.exists(above) ? volumeId(above) : Optional.empty();
            if (found.isPresent()) {
                throw failure(
                        Problem.IN_USE,
                        real + " is inside " + above + ", which is a brick of volume " + found.get()
                                + "; use a directory outside of it");
            }
        }
    }

    /// An ancestor may be on a file system without such attributes, and is no brick then.
    private Optional<UUID> volumeId(Path directory) throws IOException {
        try {
            return VolumeId.of(posix, directory);
        } catch (PosixException e) {
            if (NOT_SUPPORTED.contains(e.errno())) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /// Whether it is this very brick already; false where it is blank. Throws where it is something else.
    private boolean isOurs(Path real) throws IOException {
        Optional<UUID> found = volumeId(real);
        if (found.isPresent() && !found.get().equals(pool.id())) {
            throw failure(
                    Problem.IN_USE,
                    real + " is a brick of volume " + found.get() + ", not of " + pool.id()
                            + "; use another directory, or erase that volume's data first");
        }
        Optional<String> other = BrickMark.other(real.resolve(HIDDEN), pool, brick);
        if (other.isPresent()) {
            throw failure(
                    Problem.IN_USE,
                    real + " is " + other.get().strip() + ", not " + id.part() + " of volume " + pool.id()
                            + "; list the units in their old order, or use another directory");
        }
        if (found.isEmpty()) {
            refuseForeignFiles(real);
        }
        return found.isPresent();
    }

    private void refuseForeignFiles(Path real) throws IOException {
        List<String> entries = names(real);
        Path hidden = real.resolve(HIDDEN);
        // what a preparation that was cut short leaves
        boolean begun = entries.equals(List.of(HIDDEN))
                && Files.isDirectory(hidden, LinkOption.NOFOLLOW_LINKS)
                && List.of(BrickMark.FILE).containsAll(names(hidden));
        if (!entries.isEmpty() && !begun) {
            String some = String.join(", ", entries.subList(0, Math.min(NAMED_ENTRIES, entries.size())));
            throw failure(
                    Problem.INVALID_ARGUMENT,
                    real + " is not empty (" + some + (entries.size() > NAMED_ENTRIES ? ", …" : "")
                            + "); empty it or use another directory");
        }
    }

    /// Names enough to tell; a directory may hold millions.
    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.limit(NAMED_ENTRIES + 1L)
                    .map(file -> file.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }

    private void probeAttributes(Path directory) throws IOException {
        byte[] value = {1};
        try {
            posix.setAttribute(directory, PROBE, value);
            posix.removeAttribute(directory, PROBE);
        } catch (PosixException e) {
            if (NOT_SUPPORTED.contains(e.errno())) {
                throw failure(
                        Problem.UNSUPPORTED,
                        "the file system of " + directory + " cannot hold trusted.* attributes (" + e.getMessage()
                                + "); use XFS or ext4, and run the agent as root",
                        e);
            }
            throw e;
        }
    }

    private static void create(Path directory) throws IOException {
        Path here = existing(directory);
        for (Path name : here.relativize(directory)) {
            here = here.resolve(name);
            if (!Files.exists(here)) {
                Files.createDirectory(here);
                // not by an attribute of createDirectory, which the umask would narrow
                Files.setPosixFilePermissions(here, PosixFilePermissions.fromString("rwxr-xr-x"));
            }
        }
    }

    private StorageException failure(Problem problem, String what) {
        return new StorageException(problem, id.where() + what);
    }

    private StorageException failure(Problem problem, String what, Throwable cause) {
        return new StorageException(problem, id.where() + what, cause);
    }
}
