package io.sagara.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Makes, overwrites, renames, reads and removes small files in directories that come as it goes, all the time,
/// and knows the checksum of each. The first thing that is not as it should be ends it and is thrown to whoever
/// asks.
final class Churn implements AutoCloseable {
    private static final int FOLDERS = 12;
    private static final int MOST = 40_000;
    private static final int KEPT = 600;

    private final Path root;
    private final Random random = new Random(7);
    private final Map<Path, String> sums = new TreeMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Thread worker;
    private volatile boolean stopping;
    private long steps;
    private long files;
    private long bytes;
    private @Nullable Throwable failure;

    /// Begins in `root`, which it makes.
    Churn(Path root) throws IOException {
        this.root = Files.createDirectory(root);
        // a platform thread: it may hang in the kernel with the mount it works on
        worker = Thread.ofPlatform().name("churn").start(this::run);
    }

    private void run() {
        try {
            while (!stopping) {
                step();
                lock.lock();
                try {
                    steps++;
                    changed.signalAll();
                } finally {
                    lock.unlock();
                }
            }
        } catch (IOException | RuntimeException | AssertionError e) {
            lock.lock();
            try {
                failure = e;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    private void step() throws IOException {
        int kind = random.nextInt(10);
        if (sums.size() < 20 || (kind < 5 && sums.size() < KEPT)) {
            write(root.resolve("folder-" + random.nextInt(FOLDERS)).resolve("churn-" + random.nextInt(1_000_000)));
        } else if (kind < 6) {
            write(any());
        } else if (kind < 7) {
            Path from = any();
            Path to = from.resolveSibling("renamed-" + random.nextInt(1_000_000));
            Path _ = Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
            String sum = sums.remove(from);
            assertThat(sum).isNotNull();
            sums.put(to, sum);
        } else if (kind < 8) {
            Path gone = any();
            Files.delete(gone);
            sums.remove(gone);
        } else {
            check(any());
        }
    }

    private Path any() {
        List<Path> all = new ArrayList<>(sums.keySet());
        return all.get(random.nextInt(all.size()));
    }

    private void write(Path file) throws IOException {
        byte[] content = new byte[1 + random.nextInt(MOST)];
        random.nextBytes(content);
        Files.createDirectories(file.getParent());
        Path _ = Files.write(file, content);
        sums.put(file, sum(content));
    }

    private void check(Path file) throws IOException {
        byte[] content = Files.readAllBytes(file);
        assertThat(sum(content)).as("what is in " + file).isEqualTo(sums.get(file));
        files++;
        bytes += content.length;
    }

    private static String sum(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    /// Waits for `count` more steps. Fails with the churn's own failure.
    void awaitSteps(long count) throws InterruptedException {
        lock.lock();
        try {
            long goal = steps + count;
            long left = Duration.ofSeconds(60).toNanos();
            while (steps < goal && failure == null) {
                assertThat(left).as("time for " + count + " steps of the churn").isPositive();
                left = changed.awaitNanos(left);
            }
            failed();
        } finally {
            lock.unlock();
        }
    }

    private void failed() {
        if (failure != null) {
            throw new AssertionError("the churn: " + failure, failure);
        }
    }

    /// Ends it and compares everything there is, names included; returns what was compared since it began.
    String verify() throws Exception {
        close();
        for (Path file : sums.keySet()) {
            check(file);
        }
        try (Stream<Path> there = Files.walk(root)) {
            assertThat(there.filter(Files::isRegularFile).sorted()).containsExactlyElementsOf(sums.keySet());
        }
        return files + " files, " + bytes + " bytes, in " + steps + " steps";
    }

    @Override
    public void close() {
        stopping = true;
        try {
            worker.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while the churn ended", e);
        }
        lock.lock();
        try {
            failed();
        } finally {
            lock.unlock();
        }
    }
}
