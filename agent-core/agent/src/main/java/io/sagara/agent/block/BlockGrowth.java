package io.sagara.agent.block;

import io.sagara.agent.posix.LoopDevice;
import io.sagara.spi.Bytes;
import io.sagara.spi.Commands;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import io.sagara.spi.Volume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/// A block volume that is in use and whose file has become larger: the loop device follows, and an XFS in it.
final class BlockGrowth {
    private static final Duration GROWING = Duration.ofSeconds(15);
    private static final Duration CACHED = Duration.ofSeconds(6);
    private static final Duration LOOK = Duration.ofMillis(200);

    private final Commands commands;

    BlockGrowth(Commands commands) {
        this.commands = commands;
    }

    /// Repeating it changes nothing. `root`: of the pool's client that the loop device uses.
    void grow(BlockUse staged, Path root, Bytes size) throws IOException {
        LoopDevice.State loop = staged.present()
                .orElseThrow(() -> new StorageException(
                        Problem.UNAVAILABLE, "volume " + staged.volume() + ": " + BlockStats.DEAD));
        if (loop.size() < size.value()) {
            awaitSize(staged, root.resolve(staged.file()), size);
            LoopDevice.stretch(loop.number());
        }
        if (staged.kind() == Volume.Kind.VIRTBLOCK) {
            var _ = commands.check(
                    GROWING, List.of("xfs_growfs", "-d", staged.target().toString()));
        }
    }

    /// Another mount has made the file larger. This one has its old size in a cache for a second or two, and nothing
    /// tells when that ends.
    private static void awaitSize(BlockUse staged, Path file, Bytes size) throws IOException {
        long end = System.nanoTime() + CACHED.toNanos();
        while (Files.size(file) < size.value()) {
            if (System.nanoTime() > end) {
                throw new StorageException(
                        Problem.UNAVAILABLE,
                        "volume " + staged.volume() + ": its file does not have " + size
                                + " yet; expand the volume, then repeat the request");
            }
            LockSupport.parkNanos(LOOK.toNanos());
        }
    }
}
