package io.sagara.agent.posix;

import static io.sagara.agent.posix.LibcFunction.in;
import static io.sagara.agent.posix.LibcFunction.out;

import com.kenai.jffi.Type;
import io.sagara.spi.Bytes;
import io.sagara.spi.VolumeUsage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/// [Posix] on Linux with 64 bits (x86_64 and aarch64 share all layouts and numbers used here). The native
/// library is loaded by the first call.
public final class JnrPosix implements Posix {
    // linux/errno
    private static final int ENODATA = 61;
    private static final int EEXIST = 17;
    /// linux/xattr.h.
    private static final int XATTR_CREATE = 1;
    private static final int ERANGE = 34;
    // sys/mount.h
    private static final int MNT_FORCE = 1;
    private static final int MNT_DETACH = 2;
    private static final int UMOUNT_NOFOLLOW = 8;
    // linux/fcntl.h
    private static final int AT_FDCWD = -100;
    private static final int AT_SYMLINK_NOFOLLOW = 0x100;
    private static final int AT_STATX_DONT_SYNC = 0x4000;
    // linux/stat.h: struct statx
    private static final int STATX_BYTES = 256;
    private static final int STATX_DEV_MAJOR = 136;
    private static final int STATX_DEV_MINOR = 140;
    // struct statfs of 64-bit Linux: seven longs from f_type to f_ffree, f_fsid, f_namelen, f_frsize, …
    private static final int STATFS_BYTES = 120;
    private static final int STATFS_FRAGMENT = 72;

    private static final int MOST_ATTRIBUTES_FIT = 256;
    private static final int LARGEST_ATTRIBUTE = 64 * 1024;

    @Override
    public Optional<byte[]> attribute(Path file, String name) throws IOException {
        try {
            try {
                return Optional.of(attribute(file, name, new byte[MOST_ATTRIBUTES_FIT]));
            } catch (PosixException e) {
                if (e.errno() == ERANGE) {
                    return Optional.of(attribute(file, name, new byte[LARGEST_ATTRIBUTE]));
                }
                throw e;
            }
        } catch (PosixException e) {
            if (e.errno() == ENODATA) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static byte[] attribute(Path file, String name, byte[] value) throws PosixException {
        long length = Libc.GETXATTR.call(file + " " + name, b -> {
            in(b, file);
            in(b, name);
            out(b, value);
            b.putLong(value.length);
        });
        return Arrays.copyOf(value, (int) length);
    }

    @Override
    public void setAttribute(Path file, String name, byte[] value) throws IOException {
        set(file, name, value, 0);
    }

    @Override
    public boolean createAttribute(Path file, String name, byte[] value) throws IOException {
        try {
            set(file, name, value, XATTR_CREATE);
            return true;
        } catch (PosixException e) {
            if (e.errno() == EEXIST) {
                return false;
            }
            throw e;
        }
    }

    private static void set(Path file, String name, byte[] value, int flags) throws PosixException {
        var _ = Libc.SETXATTR.call(file + " " + name, b -> {
            in(b, file);
            in(b, name);
            in(b, value);
            b.putLong(value.length);
            b.putInt(flags);
        });
    }

    @Override
    public void removeAttribute(Path file, String name) throws IOException {
        try {
            var _ = Libc.REMOVEXATTR.call(file + " " + name, b -> {
                in(b, file);
                in(b, name);
            });
        } catch (PosixException e) {
            if (e.errno() != ENODATA) {
                throw e;
            }
        }
    }

    @Override
    public FileSystem fileSystem(Path file) throws IOException {
        var bytes = new byte[STATFS_BYTES];
        var _ = Libc.STATFS.call(file, b -> {
            in(b, file);
            out(b, bytes);
        });
        var fields = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        long type = fields.getLong();
        fields.getLong(); // the size f_bsize is a hint for I/O; the blocks are counted in f_frsize
        long blocks = fields.getLong();
        fields.getLong(); // f_bfree, which includes what only root may use
        long available = fields.getLong();
        long inodes = fields.getLong();
        long freeInodes = fields.getLong();
        long size = fields.getLong(STATFS_FRAGMENT);
        var usage = new VolumeUsage(
                new Bytes(blocks * size), new Bytes((blocks - available) * size), inodes, inodes - freeInodes);
        return new FileSystem(type, usage);
    }

    @Override
    public void bind(Path source, Path target, Set<MountFlag> flags) throws IOException {
        BindMount.make(source, target, flags);
    }

    @Override
    public void unmount(Path target, boolean detach) throws IOException {
        unmount(target, UMOUNT_NOFOLLOW | (detach ? MNT_DETACH : 0));
    }

    @Override
    public void abort(Path target) throws IOException {
        unmount(target, UMOUNT_NOFOLLOW | MNT_FORCE | MNT_DETACH);
    }

    private static void unmount(Path target, int flags) throws PosixException {
        var _ = Libc.UMOUNT.call(target, b -> {
            in(b, target);
            b.putInt(flags);
        });
    }

    @Override
    public long device(Path file) throws IOException {
        var bytes = new byte[STATX_BYTES];
        var _ = Libc.STATX.call(file, b -> {
            b.putInt(AT_FDCWD);
            in(b, file);
            b.putInt(AT_SYMLINK_NOFOLLOW | AT_STATX_DONT_SYNC);
            b.putInt(0);
            out(b, bytes);
        });
        var fields = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        return DeviceNumber.of(fields.getInt(STATX_DEV_MAJOR), fields.getInt(STATX_DEV_MINOR));
    }

    @Override
    public int userId() {
        try {
            return (int) Libc.GETEUID.call("", _ -> {});
        } catch (PosixException e) {
            throw new IllegalStateException("geteuid cannot fail", e);
        }
    }

    /// Initialised, and with it the native library, by the first call.
    private static final class Libc {
        static final LibcFunction GETXATTR =
                new LibcFunction("lgetxattr", Type.POINTER, Type.POINTER, Type.POINTER, Type.UINT64);
        static final LibcFunction SETXATTR =
                new LibcFunction("lsetxattr", Type.POINTER, Type.POINTER, Type.POINTER, Type.UINT64, Type.SINT32);
        static final LibcFunction REMOVEXATTR = new LibcFunction("lremovexattr", Type.POINTER, Type.POINTER);
        static final LibcFunction STATFS = new LibcFunction("statfs", Type.POINTER, Type.POINTER);
        static final LibcFunction UMOUNT = new LibcFunction("umount2", Type.POINTER, Type.SINT32);
        static final LibcFunction STATX =
                new LibcFunction("statx", Type.SINT32, Type.POINTER, Type.SINT32, Type.UINT32, Type.POINTER);
        static final LibcFunction GETEUID = new LibcFunction("geteuid");

        private Libc() {}
    }
}
