package io.sagara.agent.posix;

import static io.sagara.agent.posix.LibcFunction.in;

import com.kenai.jffi.Type;
import io.sagara.agent.posix.Posix.MountFlag;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Set;

/// Bind mounts. With open_tree, mount_setattr and move_mount a mount gets its flags before anyone can see it, so
/// no crash leaves one that is writable and should not be. Kernels before 5.12 lack mount_setattr: there it is
/// mounted first and restricted then.
final class BindMount {
    private static final int ENOSYS = 38;
    private static final int AT_FDCWD = -100;
    private static final int AT_EMPTY_PATH = 0x1000;
    // linux/mount.h
    private static final int OPEN_TREE_CLONE = 1;
    private static final int OPEN_TREE_CLOEXEC = 0x80000;
    private static final int MOVE_MOUNT_F_EMPTY_PATH = 4;
    private static final long MS_REMOUNT = 32;
    private static final long MS_BIND = 4096;
    private static final int MNT_DETACH = 2;
    private static final long ATTR_ATIME_MASK = 0x70;
    private static final int MOUNT_ATTR_BYTES = 32;
    // asm-generic/unistd.h; the same on every architecture
    private static final long SYS_OPEN_TREE = 428;
    private static final long SYS_MOVE_MOUNT = 429;
    private static final long SYS_MOUNT_SETATTR = 442;

    private BindMount() {}

    static void make(Path source, Path target, Set<MountFlag> flags) throws IOException {
        int tree;
        try {
            tree = openTree(source);
        } catch (PosixException e) {
            if (e.errno() != ENOSYS) {
                throw e;
            }
            mountThenRestrict(source, target, flags);
            return;
        }
        boolean restricted;
        try {
            restricted = restrict(tree, target, flags);
            if (restricted) {
                move(tree, source, target);
            }
        } finally {
            var _ = Libc.CLOSE.call(target, b -> b.putInt(tree));
        }
        if (!restricted) {
            mountThenRestrict(source, target, flags);
        }
    }

    private static int openTree(Path source) throws PosixException {
        return (int) Libc.OPEN_TREE.call("open_tree " + source, b -> {
            b.putLong(SYS_OPEN_TREE);
            b.putInt(AT_FDCWD);
            in(b, source);
            b.putInt(OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
        });
    }

    /// False where the kernel has no mount_setattr.
    private static boolean restrict(int tree, Path target, Set<MountFlag> flags) throws PosixException {
        if (flags.isEmpty()) {
            return true;
        }
        long set = 0;
        long clear = 0;
        for (MountFlag flag : flags) {
            set |= attribute(flag);
            clear |= (attribute(flag) & ATTR_ATIME_MASK) != 0 || flag == MountFlag.RELATIME ? ATTR_ATIME_MASK : 0;
        }
        var attr = new byte[MOUNT_ATTR_BYTES];
        ByteBuffer.wrap(attr).order(ByteOrder.nativeOrder()).putLong(set).putLong(clear);
        try {
            var _ = Libc.MOUNT_SETATTR.call("mount_setattr " + target + " " + flags, b -> {
                b.putLong(SYS_MOUNT_SETATTR);
                b.putInt(tree);
                in(b, "");
                b.putInt(AT_EMPTY_PATH);
                in(b, attr);
                b.putLong(attr.length);
            });
            return true;
        } catch (PosixException e) {
            if (e.errno() == ENOSYS) {
                return false;
            }
            throw e;
        }
    }

    private static void move(int tree, Path source, Path target) throws PosixException {
        var _ = Libc.MOVE_MOUNT.call("move_mount " + source + " to " + target, b -> {
            b.putLong(SYS_MOVE_MOUNT);
            b.putInt(tree);
            in(b, "");
            b.putInt(AT_FDCWD);
            in(b, target);
            b.putInt(MOVE_MOUNT_F_EMPTY_PATH);
        });
    }

    static void mountThenRestrict(Path source, Path target, Set<MountFlag> flags) throws IOException {
        mount(source, target, MS_BIND);
        if (flags.isEmpty()) {
            return;
        }
        try {
            // MS_REMOUNT replaces all flags, so those that the source's mount has are given again
            long all = MS_REMOUNT | MS_BIND;
            for (MountFlag flag : flags) {
                all |= remountFlag(flag);
            }
            Set<String> inherited =
                    MountInfo.read().at(target).map(MountInfo.Mount::options).orElse(Set.of());
            for (MountFlag flag : MountFlag.values()) {
                all |= inherited.contains(flag.option()) ? remountFlag(flag) : 0;
            }
            mount(source, target, all);
        } catch (IOException | RuntimeException e) {
            var _ = Libc.UMOUNT.call(target, b -> {
                in(b, target);
                b.putInt(MNT_DETACH);
            });
            throw e;
        }
    }

    private static void mount(Path source, Path target, long flags) throws PosixException {
        var _ = Libc.MOUNT.call(source + " to " + target, b -> {
            in(b, source);
            in(b, target);
            b.putAddress(0);
            b.putLong(flags);
            b.putAddress(0);
        });
    }

    /// MOUNT_ATTR_* of linux/mount.h.
    private static long attribute(MountFlag flag) {
        return switch (flag) {
            case READONLY -> 0x1;
            case NOSUID -> 0x2;
            case NODEV -> 0x4;
            case NOEXEC -> 0x8;
            case NOATIME -> 0x10;
            case NODIRATIME -> 0x80;
            case RELATIME -> 0;
        };
    }

    /// MS_* of sys/mount.h.
    private static long remountFlag(MountFlag flag) {
        return switch (flag) {
            case READONLY -> 1;
            case NOSUID -> 2;
            case NODEV -> 4;
            case NOEXEC -> 8;
            case NOATIME -> 1024;
            case NODIRATIME -> 2048;
            case RELATIME -> 1 << 21;
        };
    }

    private static final class Libc {
        static final LibcFunction MOUNT =
                new LibcFunction("mount", Type.POINTER, Type.POINTER, Type.POINTER, Type.UINT64, Type.POINTER);
        static final LibcFunction UMOUNT = new LibcFunction("umount2", Type.POINTER, Type.SINT32);
        static final LibcFunction CLOSE = new LibcFunction("close", Type.SINT32);
        static final LibcFunction OPEN_TREE =
                new LibcFunction("syscall", Type.SINT64, Type.SINT32, Type.POINTER, Type.UINT32);
        static final LibcFunction MOUNT_SETATTR = new LibcFunction(
                "syscall", Type.SINT64, Type.SINT32, Type.POINTER, Type.UINT32, Type.POINTER, Type.UINT64);
        static final LibcFunction MOVE_MOUNT = new LibcFunction(
                "syscall", Type.SINT64, Type.SINT32, Type.POINTER, Type.SINT32, Type.POINTER, Type.UINT32);

        private Libc() {}
    }
}
