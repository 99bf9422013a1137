package io.sagara.agent.posix;

import io.sagara.spi.VolumeUsage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/// System calls. Every method throws [PosixException], an [IOException] that carries the errno, for anything
/// the system call refuses. Any number of threads may call.
///
/// A call on a FUSE mount that hangs does not return, and it keeps its thread: a platform thread, or the
/// carrier of a virtual one. What may meet a pool's mount is therefore called through the pool's own threads
/// (`agent.mount`), never from a virtual thread directly. The exceptions are named below.
public interface Posix {
    /// What statfs(2) calls a FUSE mount (FUSE_SUPER_MAGIC in linux/magic.h).
    long FUSE = 0x65735546L;

    /// The value of an extended attribute; empty where the file has none of this name (ENODATA). A symbolic
    /// link is not followed.
    Optional<byte[]> attribute(Path file, String name) throws IOException;

    /// Sets an extended attribute, replacing a value that is there. A symbolic link is not followed.
    void setAttribute(Path file, String name, byte[] value) throws IOException;

    /// Sets an extended attribute where there is none of this name; whether it did. A symbolic link is not followed.
    boolean createAttribute(Path file, String name, byte[] value) throws IOException;

    /// Removes an extended attribute. Removing an absent one succeeds. A symbolic link is not followed.
    void removeAttribute(Path file, String name) throws IOException;

    /// Type, space and inodes of the file system that holds `file` (statfs).
    FileSystem fileSystem(Path file) throws IOException;

    /// Space and inodes of the file system that holds `file`.
    default VolumeUsage usage(Path file) throws IOException {
        return fileSystem(file).usage();
    }

    /// Binds `source` to `target`, both directories or both files, and adds `flags` to those the mount of
    /// `source` has. The mount appears with all its flags at once, except on kernels before 5.12.
    void bind(Path source, Path target, Set<MountFlag> flags) throws IOException;

    /// Unmounts the topmost mount at `target`. `detach`: also when it is busy or dead (MNT_DETACH). Does not
    /// wait for a FUSE mount that hangs.
    void unmount(Path target, boolean detach) throws IOException;

    /// Cuts a FUSE mount off: everything that waits for it anywhere, also through bind mounts of it, fails with
    /// ECONNABORTED, everything later with ENOTCONN, and the topmost mount at `target` is detached (MNT_FORCE |
    /// MNT_DETACH). Does not wait.
    void abort(Path target) throws IOException;

    /// The device number of a file (st_dev), which tells file systems apart; bind mounts of one file system
    /// share it. For the root of a mount it does not wait for the file system.
    long device(Path file) throws IOException;

    /// The user id this process runs as.
    int userId();

    /// What statfs(2) says. `type`: its magic number, such as [#FUSE]. `usage`: used is everything that a
    /// process without special rights cannot allocate, so what ext4 reserves for root counts as used.
    record FileSystem(long type, VolumeUsage usage) {}

    /// Flags of a bind mount, as in mount(8).
    enum MountFlag {
        READONLY("ro"),
        NOSUID("nosuid"),
        NODEV("nodev"),
        NOEXEC("noexec"),
        NOATIME("noatime"),
        NODIRATIME("nodiratime"),
        RELATIME("relatime");

        private final String option;

        MountFlag(String option) {
            this.option = option;
        }

        /// Its name in mount(8) and in mountinfo.
        public String option() {
            return option;
        }
    }
}
