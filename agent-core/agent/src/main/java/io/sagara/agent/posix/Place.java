package io.sagara.agent.posix;

import static io.sagara.agent.posix.LibcFunction.in;
import static io.sagara.agent.posix.LibcFunction.out;

import com.kenai.jffi.Type;
import io.sagara.agent.posix.Posix.MountFlag;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/// A name in a directory that is held open. The directory was reached without following a symbolic link, one
/// component after the other, and whoever renames something on the way afterwards does not change where it
/// is. For one thread. Nothing here asks what is mounted at the place, so a mount there that hangs does not
/// matter; one further up does.
public final class Place implements AutoCloseable {
    private static final int ENOENT = 2;
    private static final int ENOTDIR = 20;
    private static final int ENOSYS = 38;
    private static final int ENOTCONN = 107;
    private static final int ECONNABORTED = 103;
    // linux/fcntl.h
    private static final int AT_SYMLINK_NOFOLLOW = 0x100;
    private static final int AT_REMOVEDIR = 0x200;
    private static final int AT_NO_AUTOMOUNT = 0x800;
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int AT_STATX_DONT_SYNC = 0x4000;
    // linux/stat.h: struct statx
    private static final int STATX_BYTES = 256;
    private static final int STATX_MODE = 28;
    private static final int STATX_DEV_MAJOR = 136;
    private static final int STATX_DEV_MINOR = 140;
    private static final int STATX_MNT_ID = 144;
    private static final int STATX_HAS_MNT_ID = 0x1000;
    private static final int S_IFMT = 0xf000;
    private static final int S_IFDIR = 0x4000;
    private static final int S_IFLNK = 0xa000;
    private static final int STATFS_BYTES = 120;
    // sys/mount.h
    private static final int MNT_DETACH = 2;
    private static final int UMOUNT_NOFOLLOW = 8;
    private static final int OWNER_AND_GROUP = 0750;
    private static final int REGULAR_OF_GROUP = 0100660;

    private final Path path;
    private final Path name;
    private final Descriptor directory;

    private Place(Path path, Path name, Descriptor directory) {
        this.path = path;
        this.name = name;
        this.directory = directory;
    }

    /// What is at a place. `mount`: the number of the mount one sees there. `mounted`: whether that is the root
    /// of a mount, and not just part of what the directory is on.
    public record Entry(Kind kind, long device, long mount, boolean mounted) {}

    /// What a file is.
    public enum Kind {
        DIRECTORY,
        LINK,
        OTHER
    }

    /// The place at `path`, absolute, normal and not the root. Throws [PosixException] with ENOTDIR where a
    /// component on the way is a symbolic link or a file, naming it, and with ENOENT where it is absent; the
    /// last component may be anything and absent.
    public static Place of(Path path) throws IOException {
        return below(new Descriptor(Descriptor.AT_FDCWD), Path.of("/"), path);
    }

    /// As [#of] with `root` instead of the root directory.
    static Place below(Descriptor root, Path first, Path path) throws IOException {
        Path name = path.getFileName();
        Path parent = path.getParent();
        if (name == null || parent == null || !path.isAbsolute()) {
            throw new IllegalArgumentException("no place to mount at: " + path);
        }
        Descriptor directory = Descriptor.directory(root.number(), first);
        Path reached = Path.of("/");
        for (Path component : parent) {
            reached = reached.resolve(component);
            directory = next(directory, component, reached);
        }
        return new Place(path, name, directory);
    }

    private static Descriptor next(Descriptor directory, Path component, Path reached) throws IOException {
        try (directory) {
            return Descriptor.directory(directory.number(), component);
        } catch (PosixException e) {
            throw new PosixException(e.errno(), reached + ": " + reason(e));
        }
    }

    private static String reason(PosixException e) {
        return switch (e.errno()) {
            case ENOTDIR -> "is a symbolic link or no directory";
            case ENOENT -> "does not exist";
            default -> String.valueOf(e.getMessage());
        };
    }

    /// Its path as it was given.
    public Path path() {
        return path;
    }

    /// What is there; empty where nothing is. Needs Linux 5.8.
    public Optional<Entry> look() throws IOException {
        ByteBuffer here = statx(Path.of(""), AT_EMPTY_PATH);
        ByteBuffer there;
        try {
            there = statx(name, AT_SYMLINK_NOFOLLOW);
        } catch (PosixException e) {
            if (e.errno() == ENOENT) {
                return Optional.empty();
            }
            throw e;
        }
        long mount = there.getLong(STATX_MNT_ID);
        Kind kind =
                switch (there.getShort(STATX_MODE) & S_IFMT) {
                    case S_IFDIR -> Kind.DIRECTORY;
                    case S_IFLNK -> Kind.LINK;
                    default -> Kind.OTHER;
                };
        long device = DeviceNumber.of(there.getInt(STATX_DEV_MAJOR), there.getInt(STATX_DEV_MINOR));
        return Optional.of(new Entry(kind, device, mount, mount != here.getLong(STATX_MNT_ID)));
    }

    private ByteBuffer statx(Path file, int flags) throws IOException {
        var bytes = new byte[STATX_BYTES];
        var _ = Libc.STATX.call(path, b -> {
            b.putInt(directory.number());
            in(b, file);
            b.putInt(flags | AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT);
            b.putInt(0);
            out(b, bytes);
        });
        ByteBuffer fields = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        if ((fields.getInt(0) & STATX_HAS_MNT_ID) == 0) {
            throw new IOException(
                    "the kernel does not tell mounts apart at " + path + "; Linux 5.8 or newer is needed");
        }
        return fields;
    }

    /// Whether the mount there is a FUSE mount whose client is gone for good. Asks its file system, and so hangs
    /// with it.
    public boolean dead() throws IOException {
        var bytes = new byte[STATFS_BYTES];
        try (Descriptor file = Descriptor.of(directory.number(), name)) {
            var _ = Libc.FSTATFS.call(path, b -> {
                b.putInt(file.number());
                out(b, bytes);
            });
            return false;
        } catch (PosixException e) {
            if (e.errno() == ENOTCONN || e.errno() == ECONNABORTED) {
                return true;
            }
            throw e;
        }
    }

    /// Whether the directory there holds nothing.
    public boolean isEmpty() throws IOException {
        try (Descriptor file = Descriptor.directory(directory.number(), name);
                var entries = Files.newDirectoryStream(file.path())) {
            return !entries.iterator().hasNext();
        }
    }

    /// Makes a directory there.
    public void makeDirectory() throws IOException {
        var _ = Libc.MKDIRAT.call(path, b -> {
            b.putInt(directory.number());
            in(b, name);
            b.putInt(OWNER_AND_GROUP);
        });
    }

    /// Makes an empty file there.
    public void makeFile() throws IOException {
        var _ = Libc.MKNODAT.call(path, b -> {
            b.putInt(directory.number());
            in(b, name);
            b.putInt(REGULAR_OF_GROUP);
            b.putLong(0);
        });
    }

    /// Removes the empty directory there.
    public void removeDirectory() throws IOException {
        remove(AT_REMOVEDIR);
    }

    /// Removes the file there.
    public void removeFile() throws IOException {
        remove(0);
    }

    private void remove(int flags) throws IOException {
        var _ = Libc.UNLINKAT.call(path, b -> {
            b.putInt(directory.number());
            in(b, name);
            b.putInt(flags);
        });
    }

    /// Mounts the file system on the block device `source` here. `options`: as the file system takes them.
    public void mount(Path source, String type, String options) throws IOException {
        BindMount.fileSystem(source, destination(), type, options);
    }

    /// Binds `source` here, as [Posix#bind].
    public void bind(Path source, Set<MountFlag> flags) throws IOException {
        BindMount.make(source, destination(), flags);
    }

    /// Binds `source` in the place of the topmost mount here, which is detached, also when it is dead. From Linux
    /// 6.5 on there is no moment at which neither is there.
    public void rebind(Path source, Set<MountFlag> flags) throws IOException {
        try (MountTree tree = MountTree.of(source)) {
            tree.add(flags);
            tree.replacing(directory.number(), name, destination().kernel()).run(path);
        } catch (PosixException e) {
            if (e.errno() != ENOSYS) {
                throw e;
            }
            unmount();
            bind(source, flags);
        }
    }

    /// Detaches the topmost mount here, also when it is busy, dead or hangs.
    public void unmount() throws IOException {
        int result = detaching(destination().kernel()).invoke();
        if (result < 0) {
            throw Libc.UMOUNT.failure(path, -result);
        }
    }

    /// The call that detaches the topmost mount at a path.
    static LibcFunction.Prepared detaching(Path mounted) {
        return Libc.UMOUNT.prepare(b -> {
            in(b, mounted);
            b.putInt(UMOUNT_NOFOLLOW | MNT_DETACH);
        });
    }

    private BindMount.Destination destination() {
        return new BindMount.Destination(
                directory.number(), name, directory.path().resolve(name), path);
    }

    Path name() {
        return name;
    }

    Descriptor directory() {
        return directory;
    }

    @Override
    public void close() throws IOException {
        directory.close();
    }

    private static final class Libc {
        static final LibcFunction STATX =
                new LibcFunction("statx", Type.SINT32, Type.POINTER, Type.SINT32, Type.UINT32, Type.POINTER);
        static final LibcFunction FSTATFS = new LibcFunction("fstatfs", Type.SINT32, Type.POINTER);
        static final LibcFunction MKDIRAT = new LibcFunction("mkdirat", Type.SINT32, Type.POINTER, Type.UINT32);
        static final LibcFunction MKNODAT =
                new LibcFunction("mknodat", Type.SINT32, Type.POINTER, Type.UINT32, Type.UINT64);
        static final LibcFunction UNLINKAT = new LibcFunction("unlinkat", Type.SINT32, Type.POINTER, Type.SINT32);
        static final LibcFunction UMOUNT = new LibcFunction("umount2", Type.POINTER, Type.SINT32);

        private Libc() {}
    }
}
