package io.sagara.agent.volume.disk;

import io.sagara.agent.posix.FileLock;
import io.sagara.agent.posix.LoopDevice;
import io.sagara.agent.posix.Posix;
import io.sagara.agent.posix.PosixException;
import io.sagara.spi.Bytes;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;

/// The file of a block volume, or of a snapshot of one. While it is copied no node can have it: it is locked against
/// the loop devices of all nodes, which lock it too (decision 0017). Holes stay holes.
record CopiedFile(PoolDisk disk, CopyProgram program, Posix posix, String what) implements CopiedContent {
    @Override
    public void make(Path data) throws IOException {
        disk.makeDirectory(data.getParent());
        // fails where anything has the name
        Files.createFile(
                disk.absolute(data),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }

    @Override
    public void limit(Path data, Bytes size) {
        // it cannot become larger than it is
    }

    @Override
    public void fill(Path from, Path to, Bytes size) throws IOException {
        Path file = disk.absolute(from);
        try (FileLock lock = lock(file)) {
            refuseHeld(file);
            program.run(
                    what,
                    List.of("--preserve=mode,ownership,timestamps", "--reflink=auto", "--sparse=always"),
                    lock.path(),
                    to);
        }
        try (RandomAccessFile open = new RandomAccessFile(to.toFile(), "rw")) {
            // also where the source was smaller, or was expanded meanwhile
            open.setLength(size.value());
            open.getFD().sync();
        }
    }

    private FileLock lock(Path file) throws IOException {
        try {
            return FileLock.shared(file);
        } catch (PosixException e) {
            if (e.errno() != LoopDevice.LOCKED) {
                throw e;
            }
            StorageException used =
                    used(holder(file).map(node -> "in use on node " + node).orElse("in use on a node"));
            used.addSuppressed(e);
            throw used;
        }
    }

    /// Bricks forget locks when they restart, so that a node may have the volume without a lock.
    private void refuseHeld(Path file) throws IOException {
        Optional<String> node = holder(file);
        if (node.isPresent()) {
            throw used("in use on node " + node.get() + ", or was when that node died; where it is dead, use the volume"
                    + " on another node once");
        }
    }

    private Optional<String> holder(Path file) throws IOException {
        return posix.attribute(file, VolumeLayout.HOLDER)
                .map(bytes -> List.of(new String(bytes, StandardCharsets.UTF_8).split("\n", -1))
                        .getFirst());
    }

    private StorageException used(String where) {
        return disk.problem(
                Problem.IN_USE,
                what + " is a block volume and " + where
                        + "; it can be copied only while no pod uses it: end its pods, then repeat the request");
    }

    @Override
    public void force(Path data) throws IOException {
        // done with the last byte
    }
}
