package io.sagara.agent.volume.disk;

import com.google.gson.JsonParseException;
import io.sagara.agent.file.AtomicFile;
import io.sagara.agent.file.FileChanges;
import io.sagara.spi.Bytes;
import io.sagara.spi.PoolMount;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import io.sagara.spi.Volume;
import io.sagara.spi.VolumeName;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The directories of one pool, by paths relative to its root. Every method is one or few system calls, for on a
/// GlusterFS mount each is a call to every brick.
final class PoolDisk {
    /// ESTALE (errno(3)) in the words of the C library, which are all that Java hands on.
    private static final String STALE = "Stale file handle";

    private final PoolMount mount;
    private final Path root;
    private final FileChanges changes;

    PoolDisk(PoolMount mount, FileChanges changes) {
        this.mount = mount;
        this.root = mount.root();
        this.changes = changes;
    }

    Path absolute(Path relative) {
        return root.resolve(relative);
    }

    FileChanges changes() {
        return changes;
    }

    /// Runs file operations and makes a [StorageException] of what they throw. `doing`: what fails then, as in
    /// `volume x cannot be made`.
    <T> T attempt(String doing, Work<T> work) {
        try {
            return work.run();
        } catch (IOException e) {
            throw problem(doing, e);
        }
    }

    StorageException problem(String doing, IOException e) {
        String why = e instanceof FileSystemException known && known.getReason() != null
                ? known.getFile() + ": " + known.getReason()
                : String.valueOf(e.getMessage());
        boolean full = why.toLowerCase(Locale.ROOT).contains("no space left")
                || why.toLowerCase(Locale.ROOT).contains("quota exceeded");
        return new StorageException(
                full ? Problem.NO_SPACE : Problem.UNAVAILABLE,
                "pool " + mount.pool().name() + ": " + doing + ": " + why
                        + (full ? "; delete volumes or add storage" : "; look at the pool's mount and repeat"),
                e);
    }

    /// A problem that is not an I/O error.
    StorageException problem(Problem kind, String sentence) {
        return new StorageException(kind, "pool " + mount.pool().name() + ": " + sentence);
    }

    /// Makes the directory and the parents it lacks; whether it is new.
    boolean makeDirectory(@Nullable Path relative) throws IOException {
        if (relative == null) {
            return false;
        }
        try {
            changes.makeDirectory(absolute(relative));
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        } catch (NoSuchFileException e) {
            if (relative.getParent() == null) {
                throw e;
            }
            makeDirectory(relative.getParent());
            return makeDirectory(relative);
        }
    }

    /// As [#makeDirectory], but begins with the parent: of a new volume's directories it is likely absent too.
    boolean makeLeaf(Path relative) throws IOException {
        makeDirectory(relative.getParent());
        return makeDirectory(relative);
    }

    boolean exists(Path relative) throws IOException {
        try {
            Files.readAttributes(absolute(relative), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /// Whether it is a directory with nothing in it.
    boolean empty(Path relative) throws IOException {
        return Files.isDirectory(absolute(relative), LinkOption.NOFOLLOW_LINKS)
                && names(relative, 1).isEmpty();
    }

    /// The names in a directory, none where there is no such directory.
    List<String> names(Path relative) throws IOException {
        return names(relative, Integer.MAX_VALUE);
    }

    private List<String> names(Path relative, int most) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(absolute(relative))) {
            List<String> names = new ArrayList<>();
            for (Iterator<Path> each = entries.iterator(); names.size() < most && each.hasNext(); ) {
                names.add(each.next().getFileName().toString());
            }
            return names;
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of();
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    /// Renames; whether there was anything to rename.
    boolean move(Path from, Path to) throws IOException {
        try {
            changes.rename(absolute(from), absolute(to));
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /// Removes a file or an empty directory; leaves a directory that is not empty.
    void remove(Path relative) throws IOException {
        try {
            changes.delete(absolute(relative));
        } catch (NoSuchFileException | DirectoryNotEmptyException e) {
            // it is gone, or in use
        }
    }

    /// Removes a file; whether it was there.
    boolean removeFile(Path relative) throws IOException {
        try {
            changes.delete(absolute(relative));
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /// Throws ALREADY_EXISTS where something is in the way of a volume's data.
    void refuseOccupied(Path data) throws IOException {
        if (exists(data) && !empty(data)) {
            throw problem(Problem.ALREADY_EXISTS, SubdirProvisioning.foreign(data));
        }
    }

    static StorageException noneLeft(PoolDisk disk, VolumeName name) {
        return disk.problem(
                Problem.NOT_FOUND,
                "no volume " + name + " is archived or deleted and not purged yet; see 'sagara volume deleted'");
    }

    /// What the info file says; empty where there is none. Throws INTERNAL where it is damaged.
    Optional<InfoFile> info(Path relative) throws IOException {
        try {
            return Optional.of(InfoFile.parse(content(relative)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (JsonParseException e) {
            throw problem(Problem.INTERNAL, damaged(relative, e));
        }
    }

    private byte[] content(Path relative) throws IOException {
        try {
            return Files.readAllBytes(absolute(relative));
        } catch (IOException e) {
            if (!String.valueOf(e.getMessage()).contains(STALE)) {
                throw e;
            }
            // somebody removed it, or put another in its place, while it was read: its name says which
            return Files.readAllBytes(absolute(relative));
        }
    }

    static String damaged(Path info, JsonParseException e) {
        return info + " is damaged (" + e.getMessage()
                + "); write {\"size\": BYTES, \"path_prefix\": \"…\"} into it, or delete the volume";
    }

    void write(Path relative, InfoFile info) throws IOException {
        try {
            AtomicFile.write(changes, absolute(relative), info.content());
        } catch (NoSuchFileException e) {
            // the purge has found the directory empty and removed it
            makeDirectory(relative.getParent());
            AtomicFile.write(changes, absolute(relative), info.content());
        }
    }

    /// Makes `size` the limit of a directory where the pool has quota.
    void limit(Path data, Bytes size) {
        if (mount.pool().quota()) {
            mount.limit(absolute(data), size);
        }
    }

    /// As [#limit], where it is not so already.
    void ensureLimit(Path data, Bytes size) {
        if (mount.pool().quota() && !mount.limit(absolute(data)).equals(Optional.of(size))) {
            mount.limit(absolute(data), size);
        }
    }

    /// The volume of this name. Throws INTERNAL where its info file is damaged, or its data is gone.
    Optional<Found> find(VolumeName name) throws IOException {
        for (Volume.Kind kind : Volume.Kind.values()) {
            Optional<InfoFile> info = info(VolumeLayout.info(kind, name));
            if (info.isPresent()) {
                Path data = VolumeLayout.data(kind, name);
                if (!exists(data)) {
                    throw problem(Problem.INTERNAL, lost(data));
                }
                return Optional.of(new Found(new Volume(name, kind, info.get().size(), data), info.get()));
            }
        }
        return Optional.empty();
    }

    static String lost(Path data) {
        return data + " is gone, but its info file is there; restore it, or delete the volume";
    }

    /// A volume and its info file.
    record Found(Volume volume, InfoFile info) {}

    /// File operations.
    interface Work<T> {
        T run() throws IOException;
    }
}
