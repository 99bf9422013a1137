package io.sagara.agent.volume.disk;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.BasicFileAttributeView;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;

/// Removes everything below a directory, where a tenant may still be at work.
///
/// Every step names one entry of an open directory (openat, unlinkat), so that a symbolic link which is put in
/// place of a directory meanwhile leads nowhere. Directories that are nested very deeply are moved up, so depth
/// costs neither stack nor file descriptors.
final class TreeRemoval {
    private static final int MAX_DEPTH = 50;
    private static final int AT_A_TIME = 1000;

    private final Path root;
    private final Runnable before;
    private final Deque<Path> names = new ArrayDeque<>();

    /// `root`: stays, and is nobody's but ours. `before`: is run before each file or directory is removed.
    TreeRemoval(Path root, Runnable before) {
        this.root = root;
        this.before = before;
    }

    /// Removes an entry of the root with all that is below it. Ends early when the thread is interrupted.
    void remove(String entry) throws IOException {
        try (SecureDirectoryStream<Path> open = open(root)) {
            names.add(Path.of(entry));
            while (!names.isEmpty() && !Thread.currentThread().isInterrupted()) {
                remove(open, open, names.remove(), 1);
            }
        }
    }

    private void remove(SecureDirectoryStream<Path> top, SecureDirectoryStream<Path> parent, Path name, int depth)
            throws IOException {
        try {
            if (!directory(parent, name)) {
                before.run();
                parent.deleteFile(name);
            } else if (depth > MAX_DEPTH) {
                Path moved = Path.of("deep-" + UUID.randomUUID());
                parent.move(name, top, moved);
                names.add(moved);
            } else {
                empty(top, parent, name, depth);
                before.run();
                parent.deleteDirectory(name);
            }
        } catch (NoSuchFileException | NotDirectoryException | DirectoryNotEmptyException e) {
            // changed by someone meanwhile, or the thread was interrupted: the next run goes on
        }
    }

    /// A part of the entries at a time, for a directory may hold millions.
    private void empty(SecureDirectoryStream<Path> top, SecureDirectoryStream<Path> parent, Path name, int depth)
            throws IOException {
        boolean more = true;
        while (more && !Thread.currentThread().isInterrupted()) {
            try (SecureDirectoryStream<Path> directory = parent.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
                List<Path> entries = entries(directory, AT_A_TIME);
                more = entries.size() == AT_A_TIME;
                for (Path entry : entries) {
                    if (Thread.currentThread().isInterrupted()) {
                        return;
                    }
                    remove(top, directory, entry, depth + 1);
                }
            }
        }
    }

    private static boolean directory(SecureDirectoryStream<Path> parent, Path name) throws IOException {
        return parent.getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .readAttributes()
                .isDirectory();
    }

    private static List<Path> entries(SecureDirectoryStream<Path> directory, int most) throws IOException {
        List<Path> entries = new ArrayList<>();
        try {
            for (Iterator<Path> each = directory.iterator(); entries.size() < most && each.hasNext(); ) {
                entries.add(each.next().getFileName());
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return entries;
    }

    private static SecureDirectoryStream<Path> open(Path directory) throws IOException {
        // closed by the caller, where it is the kind that is wanted
        @SuppressWarnings("StreamResourceLeak")
        DirectoryStream<Path> stream = Files.newDirectoryStream(directory);
        if (stream instanceof SecureDirectoryStream<Path> secure) {
            return secure;
        }
        stream.close();
        throw new IOException("this platform cannot remove " + directory + " safely (no openat)");
    }
}
