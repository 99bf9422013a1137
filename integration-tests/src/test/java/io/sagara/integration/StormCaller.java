package io.sagara.integration;

import io.grpc.StatusRuntimeException;
import io.sagara.api.GrpcProblems;
import io.sagara.api.v1.ExpandVolumeRequest;
import io.sagara.spi.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// One who makes, expands, publishes, unpublishes and deletes volumes of its own, one call after the other, repeats
/// each until it succeeds, and remembers what was acknowledged.
final class StormCaller implements AutoCloseable {
    private static final long MIB = Scene.MIB;
    private static final int NAMES = 3;
    private static final int CONTENT = 50_000;
    private static final Duration PATIENCE = Duration.ofSeconds(150);
    private static final Duration AGAIN = Duration.ofMillis(50);
    private static final Duration STALE = Duration.ofMillis(500);
    private static final int STALE_LOOKS = 8;
    /// What may be answered while something is dead; all else is a failure.
    private static final Set<Problem> TRANSIENT = EnumSet.of(Problem.UNAVAILABLE, Problem.BUSY);

    private final AgentNode node;
    private final String pool;
    private final Path directory;
    private final String prefix;
    private final Random random;
    private final Lock working;
    private final Map<String, Known> volumes = new TreeMap<>();
    private final Thread thread;
    private volatile boolean stopping;
    private volatile @Nullable Throwable failure;
    private final AtomicLong operations = new AtomicLong();
    private final AtomicLong repeats = new AtomicLong();
    private final AtomicLong stale = new AtomicLong();

    /// What was acknowledged of a volume. `content`: the seed of what was written into it last.
    record Known(long size, boolean published, Optional<Integer> content) {}

    /// `working`: held during each operation.
    StormCaller(AgentNode node, String pool, Path directory, String prefix, long seed, Lock working) {
        this.node = node;
        this.pool = pool;
        this.directory = directory;
        this.prefix = prefix;
        this.random = new Random(seed);
        this.working = working;
        thread = Thread.ofPlatform().daemon().name("storm-" + prefix).start(this::run);
    }

    private void run() {
        try {
            while (!stopping) {
                working.lock();
                try {
                    operate(prefix + random.nextInt(NAMES));
                    operations.incrementAndGet();
                } finally {
                    working.unlock();
                }
            }
        } catch (Exception | AssertionError e) {
            failure = e;
        }
    }

    private void operate(String name) throws Exception {
        Known known = volumes.get(name);
        if (known == null) {
            long size = (4 + random.nextInt(4)) * MIB;
            repeat("create " + name, () -> node.create(name, pool, size));
            volumes.put(name, new Known(size, false, Optional.empty()));
        } else if (known.published()) {
            repeat("unpublish " + name, () -> node.unpublish(name, staging(name), target(name)));
            volumes.put(name, new Known(known.size(), false, known.content()));
        } else {
            switch (random.nextInt(4)) {
                case 0 -> {
                    long size = known.size() + MIB;
                    repeat(
                            "expand " + name,
                            () -> node.agent()
                                    .expandVolume(ExpandVolumeRequest.newBuilder()
                                            .setName(name)
                                            .setSizeBytes(size)
                                            .build()));
                    volumes.put(name, new Known(size, false, known.content()));
                }
                case 1 -> {
                    repeat("delete " + name, () -> node.delete(name));
                    volumes.remove(name);
                }
                default -> publish(name, known);
            }
        }
    }

    private void publish(String name, Known known) throws Exception {
        Files.createDirectories(staging(name));
        repeat("publish " + name, () -> node.publish(name, staging(name), target(name)));
        Path file = target(name).resolve("content");
        repeatIo("read " + file, () -> compare(name, file, known.content()));
        int next = random.nextInt();
        repeatIo(
                "write " + file,
                () -> Files.write(
                        file,
                        content(next),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.SYNC));
        volumes.put(name, new Known(known.size(), true, Optional.of(next)));
    }

    /// A client that took the place of another may believe for a second what that one has seen last. What is wrong for
    /// longer is lost.
    private void compare(String name, Path file, Optional<Integer> expected) throws IOException {
        for (int look = 0; !isContent(file, expected); look++) {
            stale.incrementAndGet();
            if (look == STALE_LOOKS) {
                throw new AssertionError(name + " does not hold what was written last, " + expected + ", but "
                        + (Files.exists(file) ? Files.size(file) + " bytes" : "no file") + "; on the disk: "
                        + Shell.run(
                                        Duration.ofSeconds(10),
                                        List.of(
                                                "find",
                                                directory.resolveSibling("d").toString(),
                                                "-path",
                                                "*" + name + "*",
                                                "-ls"))
                                .output());
            }
            LockSupport.parkNanos(STALE.toNanos());
        }
    }

    private static boolean isContent(Path file, Optional<Integer> expected) throws IOException {
        try {
            byte[] read = Files.readAllBytes(file);
            return expected.isPresent() && Arrays.equals(read, content(expected.get()));
        } catch (NoSuchFileException e) {
            return expected.isEmpty();
        }
    }

    private static byte[] content(int seed) {
        byte[] content = new byte[CONTENT];
        new Random(seed).nextBytes(content);
        return content;
    }

    private interface Attempt {
        void run() throws IOException;
    }

    private void repeat(String what, Runnable call) throws IOException {
        attempt(what, () -> {
            try {
                call.run();
            } catch (StatusRuntimeException e) {
                if (!TRANSIENT.contains(GrpcProblems.fromStatus(e).problem())) {
                    throw new AssertionError(what + " was answered with " + e.getStatus(), e);
                }
                throw new IOException(e.getStatus().toString(), e);
            }
        });
    }

    private void repeatIo(String what, Attempt attempt) throws IOException {
        attempt(what, attempt);
    }

    private void attempt(String what, Attempt attempt) throws IOException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                attempt.run();
                return;
            } catch (IOException e) {
                if (System.nanoTime() > end) {
                    throw new AssertionError(what + " does not succeed, however often it is repeated: " + e, e);
                }
                repeats.incrementAndGet();
                LockSupport.parkNanos(AGAIN.toNanos());
            }
        }
    }

    Path staging(String name) {
        return directory.resolve(name + ".staging");
    }

    Path target(String name) {
        return directory.resolve(name);
    }

    /// What was acknowledged. Only while it does not work.
    Map<String, Known> volumes() {
        return volumes;
    }

    long operations() {
        return operations.get();
    }

    long repeats() {
        return repeats.get();
    }

    /// How often a file was not, for a moment, what was written last.
    long stale() {
        return stale.get();
    }

    /// Throws what has ended it.
    void check() {
        Throwable ended = failure;
        if (ended != null) {
            throw new AssertionError(prefix + ": " + ended.getMessage(), ended);
        }
    }

    /// Takes away what it has published, and ends. Nothing may be dead any more.
    @Override
    public void close() throws IOException {
        stopping = true;
        try {
            var _ = thread.join(PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (Map.Entry<String, Known> volume : volumes.entrySet()) {
            String name = volume.getKey();
            repeat("unpublish " + name, () -> node.unpublish(name, staging(name), target(name)));
        }
    }
}
