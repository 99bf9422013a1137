package io.sagara.agent.volume.disk;

import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import io.sagara.spi.Volume;
import io.sagara.spi.VolumeName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The mark of a copy that is under way, which this agent renews so that others see that it is alive. What it says
/// changes every [#BEAT]; an observer needs no clock but its own. Who finds that the mark is another's has been
/// taken for dead: its copying thread is interrupted, and must change nothing under the name any more.
final class CopyMark implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CopyMark.class);
    /// Eight beats before another agent takes the name over.
    private static final Duration BEAT = Duration.ofSeconds(5);
    /// Half the time after which it does.
    private static final Duration SILENCE = Duration.ofSeconds(20);

    private final PoolDisk disk;
    private final VolumeName name;
    private final Path file;
    private final byte[] token;
    private final Duration beat;
    private final Thread copier = Thread.currentThread();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Object state = new Object();
    private boolean watching = true;
    private boolean lost;
    private long count;
    private long renewed = System.nanoTime();

    private CopyMark(PoolDisk disk, Volume wanted, byte[] token, Duration beat) {
        this.disk = disk;
        this.name = wanted.name();
        this.file = disk.absolute(BlockFiles.mark(wanted.kind(), wanted.name()));
        this.token = token;
        this.beat = beat;
    }

    /// Sets the mark and begins to renew it. For the thread that copies.
    static CopyMark set(PoolDisk disk, Volume wanted) throws IOException {
        return set(disk, wanted, BEAT);
    }

    static CopyMark set(PoolDisk disk, Volume wanted, Duration beat) throws IOException {
        byte[] token = (UUID.randomUUID() + "\n").getBytes(StandardCharsets.UTF_8);
        BlockFiles.setMark(disk, wanted, token);
        CopyMark mark = new CopyMark(disk, wanted, token, beat);
        Thread.ofPlatform().daemon().name("sign of life of " + wanted.name()).start(mark::beat);
        return mark;
    }

    /// What the mark of this name says; empty where there is none.
    static Optional<String> read(PoolDisk disk, VolumeName name) throws IOException {
        for (Volume.Kind kind : Volume.Kind.values()) {
            try {
                return Optional.of(
                        Files.readString(disk.absolute(BlockFiles.mark(kind, name)), StandardCharsets.ISO_8859_1));
            } catch (NoSuchFileException e) {
                // it may be of another kind
            }
        }
        return Optional.empty();
    }

    private void beat() {
        try {
            while (!ended.await(beat.toNanos(), TimeUnit.NANOSECONDS)) {
                try {
                    renew();
                } catch (IOException e) {
                    LOG.atWarn()
                            .addKeyValue("volume", name)
                            .addKeyValue("reason", e.getMessage())
                            .log("the mark of a copy was not renewed");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Returns when others have just been shown that this one is alive and none can have taken the name over; throws
    /// UNAVAILABLE where one has.
    void confirm() throws IOException {
        try {
            while (true) {
                long before = renewedAt();
                boolean ours = renew();
                if (!ours || lost()) {
                    throw takenOver();
                }
                if (System.nanoTime() - before < SILENCE.toNanos()) {
                    return;
                }
                // one who took it over at the last moment is seen at the next beat
                var _ = ended.await(beat.toNanos(), TimeUnit.NANOSECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /// Whether nobody else has taken the name over.
    boolean ours() throws IOException {
        try {
            return says(Files.readAllBytes(file)) && !lost();
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /// Whether somebody else was seen to have taken the name over.
    boolean lost() {
        synchronized (state) {
            return lost;
        }
    }

    StorageException takenOver() {
        return disk.problem(
                Problem.UNAVAILABLE,
                "volume " + name + ": the agent of another node did not see for long that this one copies, and has"
                        + " taken the name over; repeat the request");
    }

    /// Only into the file that was read, never into one that has come in its place.
    private boolean renew() throws IOException {
        byte[] sign;
        synchronized (state) {
            sign = (new String(token, StandardCharsets.UTF_8) + ++count + "\n").getBytes(StandardCharsets.UTF_8);
        }
        try (FileChannel open = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer there = ByteBuffer.allocate(token.length);
            while (there.hasRemaining() && open.read(there, there.position()) > 0) {
                // to the end of the token
            }
            if (says(Arrays.copyOf(there.array(), there.position()))) {
                ByteBuffer rest = ByteBuffer.wrap(sign);
                while (rest.hasRemaining()) {
                    var _ = open.write(rest, rest.position());
                }
                open.force(false);
            }
        } catch (NoSuchFileException e) {
            return gone();
        }
        if (!ours()) {
            return gone();
        }
        synchronized (state) {
            renewed = System.nanoTime();
        }
        return true;
    }

    private boolean gone() {
        synchronized (state) {
            if (watching && !lost) {
                lost = true;
                copier.interrupt();
            }
        }
        return false;
    }

    private boolean says(byte[] content) {
        return content.length >= token.length && Arrays.equals(Arrays.copyOf(content, token.length), token);
    }

    private long renewedAt() {
        synchronized (state) {
            return renewed;
        }
    }

    /// Ends the renewal; leaves the mark.
    @Override
    public void close() {
        synchronized (state) {
            watching = false;
        }
        ended.countDown();
    }
}
