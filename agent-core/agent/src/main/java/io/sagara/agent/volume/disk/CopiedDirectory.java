package io.sagara.agent.volume.disk;

import io.sagara.agent.posix.MountTree;
import io.sagara.spi.Bytes;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;

/// A directory, which may be in use while it is copied: owners, modes, times, ACLs, attributes, links, holes and
/// special files are kept, and the file system is asked to share or copy extents by itself (copy_file_range).
record CopiedDirectory(PoolDisk disk, CopyProgram program, String what) implements CopiedContent {
    @Override
    public void make(Path data) throws IOException {
        disk.makeLeaf(data);
    }

    @Override
    public void limit(Path data, Bytes size) {
        disk.limit(data, size);
    }

    @Override
    public void fill(Path from, Path to, Bytes size) throws IOException {
        try (MountTree tree = MountTree.of(disk.absolute(from))) {
            program.run(
                    what,
                    List.of("-a", "--reflink=auto", "--sparse=auto"),
                    tree.sealed().resolve("."),
                    to.resolve("."));
        }
    }

    @Override
    public void force(Path data) throws IOException {
        Files.walkFileTree(disk.absolute(data), new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (attributes.isRegularFile()) {
                    try (FileChannel open =
                            FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
                        open.force(true);
                    }
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
