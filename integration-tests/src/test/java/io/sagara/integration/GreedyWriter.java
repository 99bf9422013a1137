package io.sagara.integration;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Writes to a volume until it is refused because the volume is full, or gets no further whatever it is told, and
/// goes on before that whatever it is told: as an application does that wants all it can get.
final class GreedyWriter implements AutoCloseable {
    private static final int BLOCK = 256 * 1024;
    private static final int SYNC_EVERY = 8;
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    /// What a full volume says once may be about space that is being freed.
    private static final int REFUSALS = 5;
    /// A full volume of the type Disperse may say so with EIO.
    private static final Duration STUCK = Duration.ofSeconds(12);
    private static final Duration AGAIN = Duration.ofMillis(20);

    private final Path file;
    private final Thread thread;
    private volatile boolean stopping;
    private volatile long written;
    private volatile long longestWait;
    private final AtomicInteger errors = new AtomicInteger();
    private volatile @Nullable IOException lastError;

    GreedyWriter(Path file) {
        this.file = file;
        thread = Thread.ofPlatform()
                .daemon()
                .name("greedy-" + file.getFileName())
                .start(this::run);
    }

    private void run() {
        byte[] content = new byte[BLOCK];
        new Random(file.hashCode()).nextBytes(content);
        int refusals = 0;
        long position = 0;
        long progress = System.nanoTime();
        while (!stopping && refusals < REFUSALS && System.nanoTime() - progress < STUCK.toNanos()) {
            long start = System.nanoTime();
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                for (int n = 1; !stopping; n++) {
                    start = System.nanoTime();
                    position += channel.write(ByteBuffer.wrap(content), position);
                    if (n % SYNC_EVERY == 0) {
                        channel.force(false);
                        written = position;
                        progress = System.nanoTime();
                    }
                    waited(start);
                }
            } catch (IOException e) {
                waited(start);
                if (full(e)) {
                    refusals++;
                } else {
                    errors.incrementAndGet();
                    lastError = e;
                }
                position = written;
                LockSupport.parkNanos(AGAIN.toNanos());
            }
        }
    }

    private static boolean full(IOException e) {
        String message = String.valueOf(e.getMessage());
        return message.contains("quota exceeded") || message.contains("No space left");
    }

    private void waited(long start) {
        longestWait = Math.max(longestWait, System.nanoTime() - start);
    }

    /// How much it has written and synced.
    long written() {
        return written;
    }

    /// For people: what it was told besides that the volume is full, and how long it waited at most.
    String told() {
        return String.format(
                "%d MiB, longest wait %.1f s, %d errors%s",
                written >> 20,
                longestWait / 1e9,
                errors.get(),
                lastError == null ? "" : ", such as " + lastError.getMessage());
    }

    /// Waits until the volume is full.
    void awaitFull() throws InterruptedException {
        if (!thread.join(PATIENCE)) {
            throw new AssertionError(file + " was never refused: " + told());
        }
    }

    @Override
    public void close() {
        stopping = true;
        try {
            var _ = thread.join(PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
