package io.sagara.cli.state;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/// A lock file that the kernel lets go of when its holder ends, however it ends. Its holder's pid is written in
/// it, for people.
public final class Lock implements AutoCloseable {
    private final FileChannel channel;

    private Lock(FileChannel channel) {
        this.channel = channel;
    }

    /// Takes the lock, or returns nothing where another process has it. The file is made where it is missing.
    public static Optional<Lock> take(Path file) {
        try {
            FileChannel channel = FileChannel.open(file, CREATE, READ, WRITE);
            Lock lock = new Lock(channel);
            if (!lock.isTaken()) {
                lock.close();
                return Optional.empty();
            }
            channel.truncate(0);
            byte[] pid = (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII);
            channel.write(ByteBuffer.wrap(pid));
            return Optional.of(lock);
        } catch (IOException e) {
            throw new StorageException(
                    Problem.UNAVAILABLE, "cannot lock " + file + ": " + e + "; may you write to its directory?", e);
        }
    }

    private boolean isTaken() throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            // another thread of this process has it
            return false;
        }
    }

    /// Whether another process holds the lock right now.
    public static boolean isHeld(Path file) {
        try (FileChannel channel = FileChannel.open(file, READ, WRITE)) {
            var lock = channel.tryLock();
            if (lock != null) {
                lock.release();
            }
            return lock == null;
        } catch (OverlappingFileLockException e) {
            return true;
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            throw new StorageException(
                    Problem.UNAVAILABLE, "cannot look at " + file + ": " + e + "; are you its owner?", e);
        }
    }

    /// The pid that a holder wrote into the file; true only while it is held.
    public static Optional<Long> pid(Path file) {
        try {
            String text = Files.readString(file, StandardCharsets.US_ASCII).strip();
            return text.matches("[0-9]{1,10}") ? Optional.of(Long.valueOf(text)) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /// Lets go. The file stays, because removing it would race with the next holder.
    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // the kernel has let go of the lock with the descriptor, which is closed even when close fails
        }
    }
}
