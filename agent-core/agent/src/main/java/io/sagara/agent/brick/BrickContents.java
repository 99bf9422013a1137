package io.sagara.agent.brick;

import io.sagara.agent.posix.Posix;
import io.sagara.spi.Brick;
import io.sagara.spi.VolumeUsage;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/// What is on bricks, as seen on their own disks; no process is asked. Any number of threads may call.
public final class BrickContents {
    /// What a file that only points at another set has.
    private static final String POINTER = "trusted.glusterfs.dht.linkto";
    /// Its mode: the sticky bit and nothing else.
    private static final int POINTER_MODE = 01000;

    private static final int MODE_BITS = 07777;
    /// Files that were removed while somebody had them open: also those that were moved then, which point at where
    /// they are now.
    private static final String OPEN = ".glusterfs/unlink";

    private final Posix posix;

    /// Reads attributes with `posix`.
    public BrickContents(Posix posix) {
        this.posix = posix;
    }

    /// What would be lost with a brick. `bytes`: the sum of the lengths. `example`: the path of the last one
    /// within the brick, empty where there is none.
    public record Left(long files, long bytes, String example) {
        /// A brick that nobody would miss.
        public static final Left NOTHING = new Left(0, 0, "");
    }

    /// Counts what is on the brick in `directory` and not on other sets: files, what is neither file nor directory,
    /// files that were removed and are open still, and directories that are not in `other`, a brick of a set that
    /// stays. What only points at another set does not count. Looks at everything, which takes minutes where there
    /// are millions of files.
    public Left of(Path directory, Path other) throws IOException {
        Count count = new Count(directory, other);
        Path _ = Files.walkFileTree(directory, count);
        Path open = directory.resolve(OPEN);
        if (Files.isDirectory(open, LinkOption.NOFOLLOW_LINKS)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(open)) {
                for (Path entry : entries) {
                    count.addOpen(entry);
                }
            }
        }
        return count.left;
    }

    /// Space and inodes of the file system of a brick.
    public VolumeUsage usage(Path directory) throws IOException {
        return posix.usage(directory);
    }

    /// How many connections a brick of this node has, of whatever process.
    public long connections(Brick brick) throws IOException {
        return PortOwner.connections(Path.of("/proc"), brick.address(), brick.port());
    }

    private final class Count extends SimpleFileVisitor<Path> {
        private final Path brick;
        private final Path other;
        private Left left = Left.NOTHING;

        Count(Path brick, Path other) {
            this.brick = brick;
            this.other = other;
        }

        void add(String what, long bytes) {
            left = new Left(left.files() + 1, left.bytes() + bytes, what);
        }

        void addOpen(Path entry) throws IOException {
            try {
                if (!isPointer(entry, attributes(entry))) {
                    add("a removed file that is open still (" + entry.getFileName() + ")", 0);
                }
            } catch (NoSuchFileException _) {
                // closed meanwhile
            }
        }

        private static BasicFileAttributes attributes(Path file) throws IOException {
            return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        }

        @Override
        public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            Path relative = brick.relativize(directory);
            if (relative.equals(Path.of(BrickDirectory.HIDDEN))) {
                return FileVisitResult.SKIP_SUBTREE;
            }
            if (!Files.isDirectory(other.resolve(relative), LinkOption.NOFOLLOW_LINKS)) {
                add("/" + relative, 0);
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            try {
                if (!isPointer(file, attributes)) {
                    add("/" + brick.relativize(file), attributes.size());
                }
            } catch (IOException e) {
                if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                    throw e;
                }
                // removed or moved meanwhile
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException reason) throws IOException {
            if (reason instanceof NoSuchFileException && !file.equals(brick)) {
                return FileVisitResult.CONTINUE;
            }
            throw reason;
        }

        private boolean isPointer(Path file, BasicFileAttributes attributes) throws IOException {
            return attributes.isRegularFile()
                    && Files.getAttribute(file, "unix:mode", LinkOption.NOFOLLOW_LINKS) instanceof Integer mode
                    && (mode & MODE_BITS) == POINTER_MODE
                    && posix.attribute(file, POINTER).isPresent();
        }
    }
}
