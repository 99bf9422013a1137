package io.sagara.agent.posix;

import static io.sagara.agent.posix.LibcFunction.in;

import com.kenai.jffi.Type;
import io.sagara.agent.posix.Posix.MountFlag;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

/// Bind mounts. With open_tree, mount_setattr and move_mount a mount gets its flags before anyone can see it, so
/// no crash leaves one that is writable and should not be. Kernels before 5.12 lack mount_setattr: there it is
/// mounted first and restricted then.
final class BindMount {
    private static final int ENOSYS = 38;
    private static final int AT_FDCWD = -100;
    // linux/mount.h
    private static final long MS_REMOUNT = 32;
    private static final long MS_BIND = 4096;
    private static final int MNT_DETACH = 2;

    private BindMount() {}

    /// Where it is mounted. `name`: as seen from `directory`. `kernel`: a path the kernel takes. `shown`: as
    /// mountinfo and people have it.
    record Destination(int directory, Path name, Path kernel, Path shown) {}

    static void make(Path source, Path target, Set<MountFlag> flags) throws IOException {
        make(source, new Destination(AT_FDCWD, target, target, target), flags);
    }

    static void make(Path source, Destination target, Set<MountFlag> flags) throws IOException {
        try (MountTree tree = MountTree.of(source)) {
            tree.add(flags);
            tree.attach(target);
        } catch (PosixException e) {
            if (e.errno() != ENOSYS) {
                throw e;
            }
            mountThenRestrict(source, target, flags);
        }
    }

    static void mountThenRestrict(Path source, Path target, Set<MountFlag> flags) throws IOException {
        mountThenRestrict(source, new Destination(AT_FDCWD, target, target, target), flags);
    }

    private static void mountThenRestrict(Path source, Destination target, Set<MountFlag> flags) throws IOException {
        mount(source, target.kernel(), MS_BIND);
        if (flags.isEmpty()) {
            return;
        }
        try {
            // MS_REMOUNT replaces all flags, so those that the source's mount has are given again
            long all = MS_REMOUNT | MS_BIND;
            for (MountFlag flag : flags) {
                all |= remountFlag(flag);
            }
            Set<String> inherited = MountInfo.read()
                    .at(target.shown())
                    .map(MountInfo.Mount::options)
                    .orElse(Set.of());
            for (MountFlag flag : MountFlag.values()) {
                all |= inherited.contains(flag.option()) ? remountFlag(flag) : 0;
            }
            mount(source, target.kernel(), all);
        } catch (IOException | RuntimeException e) {
            var _ = Libc.UMOUNT.call(target.shown(), b -> {
                in(b, target.kernel());
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

    /// Mounts a file system of this type on a block device; not a bind mount, but the same call.
    static void fileSystem(Path source, Destination target, String type, String options) throws PosixException {
        var _ = Libc.MOUNT.call(source + " to " + target.shown(), b -> {
            in(b, source);
            in(b, target.kernel());
            in(b, type);
            b.putLong(0);
            in(b, options);
        });
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

        private Libc() {}
    }
}
