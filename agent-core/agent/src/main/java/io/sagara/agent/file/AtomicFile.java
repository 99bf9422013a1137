package io.sagara.agent.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;

/// Writes files so that at any moment, also after a crash or a power failure, the file has its whole old or its
/// whole new content, and the new one once [#write] has returned.
///
/// Any number of threads may write different files; the writers of one file are the caller's to keep apart. A
/// crash may leave the temporary file, `.<name>.tmp` in the same directory; the next write of the file uses it
/// up.
public final class AtomicFile {
    private AtomicFile() {}

    /// The temporary file that a crash may leave beside `file`.
    public static Path temporary(Path file) {
        return file.resolveSibling("." + file.getFileName() + ".tmp");
    }

    /// Makes `text` the content of `file`, which may be absent; its directory must exist. Repeating it changes
    /// nothing. Where it fails, no other file is left.
    public static void write(Path file, String text) throws IOException {
        write(FileChanges.direct(), file, text.getBytes(StandardCharsets.UTF_8));
    }

    /// As [#write(Path, String)]. `changes`: how the file is changed.
    public static void write(FileChanges changes, Path file, byte[] content) throws IOException {
        Path temporary = temporary(file);
        try (FileChannel channel = changes.create(temporary)) {
            changes.write(channel, ByteBuffer.wrap(content));
            // content before name: a name without its content is a broken file
            changes.force(channel);
            changes.rename(temporary, file);
            // through GlusterFS the fsync of a directory does nothing on the bricks; that of the renamed file
            // writes their journals out, the new name included
            changes.force(channel);
        } catch (IOException e) {
            removeQuietly(changes, temporary, e);
            throw e;
        }
        changes.forceDirectory(directory(file));
    }

    /// As [#write(Path, String)], but a power failure may lose or empty the file: for what means nothing after a
    /// reboot. It costs no wait for the disk.
    public static void writeUntilReboot(Path file, String text) throws IOException {
        Path temporary = temporary(file);
        Files.writeString(temporary, text);
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void removeQuietly(FileChanges changes, Path temporary, IOException reason) {
        try {
            changes.delete(temporary);
        } catch (NoSuchFileException e) {
            // it was not made, or has its name already
        } catch (IOException e) {
            reason.addSuppressed(e);
        }
    }

    /// Removes `file` so that it stays removed after a power failure. Removing an absent one succeeds.
    public static void delete(Path file) throws IOException {
        FileChanges changes = FileChanges.direct();
        try {
            changes.delete(file);
        } catch (NoSuchFileException e) {
            return;
        }
        changes.forceDirectory(directory(file));
    }

    private static Path directory(Path file) {
        return Objects.requireNonNull(file.toAbsolutePath().getParent());
    }
}
