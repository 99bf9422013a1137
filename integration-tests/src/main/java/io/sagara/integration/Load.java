package io.sagara.integration;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A writer that never trusts: each round writes a block, syncs it, reads it back and compares. The first
/// failure of any of it ends the load and is thrown to whoever asks.
public final class Load implements AutoCloseable {
    private static final int BLOCK = 1024 * 1024;
    private static final int BLOCKS = 8;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Path file;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Thread writer;
    private long rounds;
    private boolean stopping;
    private @Nullable Throwable failure;

    /// Starts writing to `file`.
    public Load(Path file) {
        this.file = file;
        // a platform thread: it may hang in the kernel with the mount it writes to
        writer = Thread.ofPlatform().name("load").start(this::run);
    }

    private void run() {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            for (long round = 0; next(round); round++) {
                long position = round % BLOCKS * BLOCK;
                ByteBuffer block = block(round);
                writeFully(channel, block.duplicate(), position);
                channel.force(false);
                compare(channel, block, position);
            }
        } catch (IOException | RuntimeException | AssertionError e) {
            fail(e);
        }
    }

    private boolean next(long round) {
        lock.lock();
        try {
            rounds = round;
            changed.signalAll();
            return !stopping;
        } finally {
            lock.unlock();
        }
    }

    private void fail(Throwable reason) {
        lock.lock();
        try {
            failure = reason;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Waits for `count` more rounds to be done. Fails with the load's own failure, or when it takes longer
    /// than half a minute.
    public void awaitRounds(long count) throws InterruptedException {
        lock.lock();
        try {
            long goal = rounds + count;
            long left = PATIENCE.toNanos();
            while (rounds < goal) {
                throwFailure();
                if (left <= 0) {
                    throw new AssertionError("the writer hangs: no " + count + " rounds within " + PATIENCE);
                }
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /// How many rounds were done.
    public long rounds() {
        lock.lock();
        try {
            return rounds;
        } finally {
            lock.unlock();
        }
    }

    private void throwFailure() {
        if (failure != null) {
            throw new AssertionError("the writer failed after " + rounds + " rounds: " + failure, failure);
        }
    }

    /// Stops, and fails if the load had failed.
    @Override
    public void close() {
        lock.lock();
        try {
            stopping = true;
        } finally {
            lock.unlock();
        }
        if (!ended()) {
            throw new AssertionError("the writer hangs in the kernel");
        }
        throwFailure();
    }

    private boolean ended() {
        try {
            return writer.join(PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// Writes up to `bytes` bytes of known content and syncs them; returns how many the file system took before
    /// it refused.
    public static long write(Path file, long bytes) throws IOException {
        long written = 0;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            while (written < bytes) {
                ByteBuffer block = block(written / BLOCK);
                block.limit((int) Math.min(BLOCK, bytes - written));
                writeFully(channel, block, written);
                channel.force(false);
                written += block.limit();
            }
        } catch (IOException e) {
            if (!refusal(e)) {
                throw e;
            }
        }
        return written;
    }

    private static boolean refusal(IOException failure) {
        String message = String.valueOf(failure.getMessage());
        return message.contains("Disk quota exceeded") || message.contains("No space left");
    }

    /// Reads back what [#write] wrote and fails unless it is the same.
    public static void verify(Path file, long bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            for (long position = 0; position < bytes; position += BLOCK) {
                ByteBuffer block = block(position / BLOCK);
                block.limit((int) Math.min(BLOCK, bytes - position));
                compare(channel, block, position);
            }
        }
    }

    private static ByteBuffer block(long seed) {
        byte[] content = new byte[BLOCK];
        new Random(seed).nextBytes(content);
        return ByteBuffer.wrap(content);
    }

    private static void writeFully(FileChannel channel, ByteBuffer block, long position) throws IOException {
        long at = position;
        while (block.hasRemaining()) {
            at += channel.write(block, at);
        }
    }

    private static void compare(FileChannel channel, ByteBuffer expected, long position) throws IOException {
        ByteBuffer actual = ByteBuffer.allocate(expected.remaining());
        while (actual.hasRemaining()) {
            if (channel.read(actual, position + actual.position()) < 0) {
                throw new EOFException("file ends at " + (position + actual.position()));
            }
        }
        if (!actual.flip().equals(expected)) {
            throw new AssertionError("what was read at " + position + " is not what was written");
        }
    }
}
