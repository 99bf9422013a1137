package io.sagara.backend.device.system;

import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/// A small text file that is there as a whole or not at all, whatever crashes when. All methods throw
/// UNAVAILABLE on an I/O error.
public record AtomicFile(Path directory, String name) {
    /// The file.
    public Path path() {
        return directory.resolve(name);
    }

    /// The text; empty where there is no file.
    public Optional<String> read() {
        try {
            return Optional.of(Files.readString(path()));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /// Replaces the text and returns once it is on disk. Makes the directory where it is absent.
    public void write(String text) {
        Path temporary = directory.resolve(name + ".new");
        try {
            Files.createDirectories(directory);
            try (FileChannel channel = FileChannel.open(
                    temporary,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.TRUNCATE_EXISTING)) {
                ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            Files.move(temporary, path(), StandardCopyOption.ATOMIC_MOVE);
            sync(directory);
            // it may be new itself
            sync(directory.resolve(".."));
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /// Removes the file; removing an absent one succeeds.
    public void delete() {
        try {
            if (Files.deleteIfExists(path())) {
                sync(directory);
            }
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private static void sync(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private StorageException failed(IOException e) {
        return new StorageException(
                Problem.UNAVAILABLE, path() + " cannot be read or written (" + e + "); check its file system", e);
    }
}
