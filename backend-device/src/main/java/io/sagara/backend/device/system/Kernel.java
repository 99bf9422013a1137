package io.sagara.backend.device.system;

import io.sagara.backend.device.plan.Device;
import io.sagara.spi.Bytes;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// What the kernel says about devices and mounts right now. Any number of threads may ask; nothing is changed
/// and no device is read. Throws UNAVAILABLE where the kernel's own files cannot be read.
public interface Kernel {
    /// What a path names.
    sealed interface Node {
        /// A block device; `number` is `major:minor`.
        record Block(Path path, String number) implements Node {}

        /// A regular file; `identity` is the same for every name of it.
        record RegularFile(Path path, String identity, Bytes size) implements Node {}

        /// A directory or anything else that cannot be a device.
        record Unfit() implements Node {}

        /// Nothing.
        record Missing() implements Node {}
    }

    /// A file system that is mounted. `number`: of its device.
    record Mounted(Path directory, String number) {}

    /// What the path names, through symbolic links.
    Node node(Path path);

    /// The block device of this number, under the kernel's name for it; empty where it is gone.
    Optional<Node.Block> block(String number);

    /// Size, users and identity of a device; `held` is not known here and false. Throws UNAVAILABLE where the
    /// kernel does not know it (any more).
    Device device(Node.Block block);

    /// The devices that are built upon this one, such as dm-0.
    List<String> holders(Node.Block block);

    /// What is mounted on exactly this directory, topmost.
    Optional<Mounted> mountAt(Path directory);

    /// A name for the time since the last boot.
    String bootId();
}
