package io.sagara.cli.state;

import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Removes a state directory after everything in it has ended. It never follows a link and never enters another
/// file system, so that a mount that was overlooked cannot be emptied.
public final class Purge {
    private Purge() {}

    /// Removes what an agent puts into `state`, and the directory where nothing else is in it. Repeatable.
    /// Throws IN_USE, before anything is removed, while it has mounts or is no state directory; UNAVAILABLE
    /// where a file cannot be removed. Returns the names that were left because they are not ours.
    public static List<String> remove(StateDirectory state) {
        if (state.kind() == StateDirectory.Kind.FOREIGN) {
            throw new StorageException(
                    Problem.IN_USE,
                    state.root() + " is no state directory, it holds " + StateDirectory.shown(state.foreignNames())
                            + "; nothing was removed");
        }
        List<String> mounts = new Remains(state).mounts();
        if (!mounts.isEmpty()) {
            throw new StorageException(
                    Problem.IN_USE,
                    "there are still mounts in " + state.root() + ": " + StateDirectory.shown(mounts)
                            + "; unmount them and repeat");
        }
        try {
            return removeContents(state);
        } catch (IOException e) {
            throw new StorageException(Problem.UNAVAILABLE, "cannot remove all of " + state.root() + ": " + e, e);
        }
    }

    private static List<String> removeContents(StateDirectory state) throws IOException {
        if (!Files.isDirectory(state.root(), LinkOption.NOFOLLOW_LINKS)) {
            return List.of();
        }
        Object device = device(state.root());
        // the locks last: they are what a repetition knows the directory by
        for (String name : StateDirectory.CONTENTS) {
            if (!name.endsWith(".lock")) {
                removeTree(state.root().resolve(name), device);
            }
        }
        List<String> left = state.foreignNames();
        if (left.isEmpty()) {
            Files.deleteIfExists(state.agentLock());
            Files.deleteIfExists(state.upLock());
            Files.delete(state.root());
        }
        return left;
    }

    private static void removeTree(Path top, Object device) throws IOException {
        if (!Files.exists(top, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(top, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                if (!device.equals(device(directory))) {
                    throw new IOException(directory + " is on another file system; unmount it");
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
                    throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static Object device(Path path) throws IOException {
        return Files.getAttribute(path, "unix:dev", LinkOption.NOFOLLOW_LINKS);
    }
}
