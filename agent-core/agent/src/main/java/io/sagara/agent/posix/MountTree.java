package io.sagara.agent.posix;

import static io.sagara.agent.posix.LibcFunction.in;

import com.kenai.jffi.Type;
import io.sagara.agent.posix.Posix.MountFlag;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Set;

/// A copy of a mount that is mounted nowhere yet, so that it can get all its flags before anyone sees it. Closed
/// without being attached it vanishes. Needs Linux 5.2, and 5.12 for flags; ENOSYS before.
public final class MountTree implements AutoCloseable {
    // linux/fcntl.h
    private static final int AT_SYMLINK_NOFOLLOW = 0x100;
    private static final int AT_EMPTY_PATH = 0x1000;
    // linux/mount.h
    private static final int OPEN_TREE_CLONE = 1;
    private static final int OPEN_TREE_CLOEXEC = 0x80000;
    private static final int MOVE_MOUNT_F_EMPTY_PATH = 4;
    private static final int MOVE_MOUNT_BENEATH = 0x200;
    private static final long ATTR_RDONLY = 0x1;
    private static final long ATTR_NOSYMFOLLOW = 0x200000;
    private static final long ATTR_ATIME_MASK = 0x70;
    private static final long ATTR_STRICT_ATIME = 0x20;
    private static final int MOUNT_ATTR_BYTES = 32;
    private static final long MS_PRIVATE = 1 << 18;
    private static final long MS_SLAVE = 1 << 19;
    private static final long MS_SHARED = 1 << 20;
    // asm-generic/unistd.h; the same on every architecture
    private static final long SYS_OPEN_TREE = 428;
    private static final long SYS_MOVE_MOUNT = 429;
    private static final long SYS_MOUNT_SETATTR = 442;

    private final Descriptor tree;
    private final Path source;

    private MountTree(Descriptor tree, Path source) {
        this.tree = tree;
        this.source = source;
    }

    /// A copy of the mount that `source` is on, with `source` as its root. Looks `source` up, and so waits for
    /// its file system.
    public static MountTree of(Path source) throws IOException {
        int tree = opening(source, 0).invoke();
        if (tree < 0) {
            throw Libc.OPEN_TREE.failure("open_tree " + source, -tree);
        }
        return opened(tree, source);
    }

    /// The call that makes such a copy, whose result is for [#opened]. The last component is no symbolic link.
    static LibcFunction.Prepared opening(Path source) {
        return opening(source, AT_SYMLINK_NOFOLLOW);
    }

    private static LibcFunction.Prepared opening(Path source, int flags) {
        return Libc.OPEN_TREE.prepare(b -> {
            b.putLong(SYS_OPEN_TREE);
            b.putInt(Descriptor.AT_FDCWD);
            in(b, source);
            b.putInt(OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | flags);
        });
    }

    static MountTree opened(int tree, Path source) {
        return new MountTree(new Descriptor(tree), source);
    }

    /// Adds `flags` to those it has.
    void add(Set<MountFlag> flags) throws PosixException {
        if (flags.isEmpty()) {
            return;
        }
        long set = 0;
        long clear = 0;
        for (MountFlag flag : flags) {
            set |= attribute(flag);
            clear |= (attribute(flag) & ATTR_ATIME_MASK) != 0 || flag == MountFlag.RELATIME ? ATTR_ATIME_MASK : 0;
        }
        set(set, clear, 0);
    }

    /// Makes it read-only and returns a path to its root, for this process and those it starts, at which no symbolic
    /// link is followed: whoever may write into `source` cannot lead a reader elsewhere. Good until it is closed.
    public Path sealed() throws IOException {
        set(ATTR_RDONLY | ATTR_NOSYMFOLLOW, 0, 0);
        return path();
    }

    /// A path to its root, for this process and those it starts, which stays with the directory whatever becomes of
    /// its name. Good until it is closed.
    public Path path() {
        return Path.of("/proc", Long.toString(ProcessHandle.current().pid()), "fd", Integer.toString(tree.number()));
    }

    /// Gives it exactly the flags of `other`, and its propagation: what was a slave becomes a slave of the mount
    /// this is a copy of, what was shared remains a peer of it or is shared anew.
    public void like(MountInfo.Mount other) throws IOException {
        long set = 0;
        long clear = ATTR_ATIME_MASK;
        for (MountFlag flag : MountFlag.values()) {
            boolean wanted = other.options().contains(flag.option());
            set |= wanted ? attribute(flag) : 0;
            clear |= wanted ? 0 : attribute(flag);
        }
        boolean strict = !other.options().contains(MountFlag.RELATIME.option())
                && !other.options().contains(MountFlag.NOATIME.option());
        set(strict ? set | ATTR_STRICT_ATIME : set, clear | ATTR_ATIME_MASK, 0);
        MountInfo.Propagation propagation = other.propagation();
        if (propagation.from() || !propagation.to()) {
            set(0, 0, propagation.from() ? MS_SLAVE : MS_PRIVATE);
        }
        if (propagation.to()) {
            set(0, 0, MS_SHARED);
        }
    }

    private void set(long set, long clear, long propagation) throws PosixException {
        var attr = new byte[MOUNT_ATTR_BYTES];
        ByteBuffer.wrap(attr)
                .order(ByteOrder.nativeOrder())
                .putLong(set)
                .putLong(clear)
                .putLong(propagation);
        var _ = Libc.MOUNT_SETATTR.call("mount_setattr " + source, b -> {
            b.putLong(SYS_MOUNT_SETATTR);
            b.putInt(tree.number());
            in(b, "");
            b.putInt(AT_EMPTY_PATH);
            in(b, attr);
            b.putLong(attr.length);
        });
    }

    void attach(BindMount.Destination target) throws PosixException {
        int result = attaching(target.directory(), target.name(), false).invoke();
        if (result < 0) {
            throw failure(target.shown(), -result);
        }
    }

    /// Where `beneath` is set, below what is mounted there already (Linux 6.5); EINVAL before.
    private LibcFunction.Prepared attaching(int directory, Path name, boolean beneath) {
        return Libc.MOVE_MOUNT.prepare(b -> {
            b.putLong(SYS_MOVE_MOUNT);
            b.putInt(tree.number());
            in(b, "");
            b.putInt(directory);
            in(b, name);
            b.putInt(MOVE_MOUNT_F_EMPTY_PATH | (beneath ? MOVE_MOUNT_BENEATH : 0));
        });
    }

    private PosixException failure(Path target, int errno) {
        return Libc.MOVE_MOUNT.failure("move_mount " + source + " to " + target, errno);
    }

    /// The calls that put it in the place of what is mounted at `name` in `directory`; `mounted`: the same place as
    /// umount(2) takes it.
    Exchange replacing(int directory, Path name, Path mounted) {
        return new Exchange(
                attaching(directory, name, true), Place.detaching(mounted), attaching(directory, name, false));
    }

    /// Calls that put one mount in the place of another, ready to be made.
    record Exchange(LibcFunction.Prepared beneath, LibcFunction.Prepared detach, LibcFunction.Prepared attach) {
        /// 0 or a negated errno. Nothing but system calls is made.
        int make() {
            boolean below = beneath.invoke() >= 0;
            int detached = detach.invoke();
            return detached < 0 || below ? detached : attach.invoke();
        }

        void run(Path target) throws PosixException {
            int result = make();
            if (result < 0) {
                throw Libc.MOVE_MOUNT.failure("putting a mount in the place of that at " + target, -result);
            }
        }
    }

    @Override
    public void close() throws IOException {
        tree.close();
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

    private static final class Libc {
        static final LibcFunction OPEN_TREE =
                new LibcFunction("syscall", Type.SINT64, Type.SINT32, Type.POINTER, Type.UINT32);
        static final LibcFunction MOUNT_SETATTR = new LibcFunction(
                "syscall", Type.SINT64, Type.SINT32, Type.POINTER, Type.UINT32, Type.POINTER, Type.UINT64);
        static final LibcFunction MOVE_MOUNT = new LibcFunction(
                "syscall", Type.SINT64, Type.SINT32, Type.POINTER, Type.SINT32, Type.POINTER, Type.UINT32);

        private Libc() {}
    }
}
