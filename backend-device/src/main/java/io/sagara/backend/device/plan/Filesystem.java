package io.sagara.backend.device.plan;

import io.sagara.spi.Bytes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/// The file systems a brick can live on, and the commands that make, mount and grow them.
public enum Filesystem {
    /// The default; GlusterFS recommends it.
    // 300 MiB: mkfs.xfs of xfsprogs 5.19 and later refuses less
    XFS("xfs", 300, "inode64", "norecovery"),
    /// On request, for small devices.
    // 32 MiB: below that journal and inode tables take most of the device
    EXT4("ext4", 32, "errors=remount-ro", "noload");

    /// Seen by people in lsblk, at most 12 characters for XFS. Nothing is ever found by it.
    private static final String LABEL = "sagara-brick";

    /// Big enough for GlusterFS' extended attributes to stay inside the inode.
    private static final String INODE_BYTES = "512";

    // bricks hold device nodes and set-user-id files of clients, which mean nothing on the server
    private static final String SAFE = "noatime,nodev,nosuid,noexec";

    private final String type;
    private final long minimumMib;
    private final String ownOptions;
    private final String noReplay;

    Filesystem(String type, long minimumMib, String ownOptions, String noReplay) {
        this.type = type;
        this.minimumMib = minimumMib;
        this.ownOptions = ownOptions;
        this.noReplay = noReplay;
    }

    /// The file system that blkid, mount and users call `type`.
    public static Optional<Filesystem> ofType(String type) {
        return Stream.of(values()).filter(one -> one.type.equals(type)).findAny();
    }

    /// Its name for blkid, mount and users.
    public String type() {
        return type;
    }

    /// The smallest device it is made on.
    public Bytes minimum() {
        return Bytes.mib(minimumMib);
    }

    /// Makes one with this UUID. Without `-f`: the program refuses, on its own account, a device that is in use
    /// or not blank. Nothing is discarded, so the blocks of a preallocated file stay allocated.
    public List<String> make(UUID id, Path device) {
        List<String> argv = new ArrayList<>(
                switch (this) {
                    case XFS -> List.of("mkfs.xfs", "-q", "-K", "-i", "size=" + INODE_BYTES, "-m", "uuid=" + id);
                    // inode tables are zeroed after mounting: at once would take minutes on a large disk
                    case EXT4 ->
                        List.of(
                                "mkfs.ext4",
                                "-q",
                                "-I",
                                INODE_BYTES,
                                "-m",
                                "0",
                                "-U",
                                id.toString(),
                                "-E",
                                "nodiscard,lazy_itable_init=1,lazy_journal_init=1");
                });
        argv.addAll(List.of("-L", LABEL, device.toString()));
        return argv;
    }

    /// Mounts it to be served.
    public List<String> mount(Path device, Path directory) {
        return mount("rw," + SAFE + "," + ownOptions, device, directory);
    }

    /// Mounts it for a look that writes nothing, not even the replay of its journal.
    public List<String> look(Path device, Path directory) {
        return mount("ro," + SAFE + "," + noReplay, device, directory);
    }

    private List<String> mount(String options, Path device, Path directory) {
        return List.of("mount", "-t", type, "-o", options, device.toString(), directory.toString());
    }

    /// Grows it to the size of its device while it is mounted.
    public List<String> grow(Path device, Path directory) {
        return switch (this) {
            case XFS -> List.of("xfs_growfs", "-d", directory.toString());
            case EXT4 -> List.of("resize2fs", device.toString());
        };
    }

    /// Repairs it, for messages.
    public String repairTool() {
        return this == XFS ? "xfs_repair" : "e2fsck -f";
    }
}
