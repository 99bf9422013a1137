package io.sagara.agent;

import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/// Keeps a second agent away from a state directory. Held by the open file, so it ends with the process
/// whatever ends the process; the file names the pid for people.
final class StateLock implements AutoCloseable {
    private static final int PID_DIGITS = 20;

    private final FileChannel channel;

    /// Throws IN_USE, naming the holder, where another agent has it.
    StateLock(Path directory) {
        Path file = directory.resolve("agent.lock");
        try {
            channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            @Nullable FileLock lock = channel.tryLock();
            if (lock == null) {
                String holder = holder();
                channel.close();
                throw new StorageException(
                        Problem.IN_USE,
                        "another agent (pid " + holder + ") uses " + directory
                                + "; stop it, or choose another state directory");
            }
            channel.truncate(0);
            channel.write(StandardCharsets.UTF_8.encode(
                    Long.toString(ProcessHandle.current().pid())));
        } catch (IOException e) {
            throw new StorageException(
                    Problem.UNAVAILABLE,
                    "cannot lock " + file + ": " + e.getMessage() + "; is the directory writable?",
                    e);
        }
    }

    private String holder() throws IOException {
        ByteBuffer content = ByteBuffer.allocate(PID_DIGITS);
        channel.read(content, 0);
        return StandardCharsets.UTF_8.decode(content.flip()).toString();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
