package io.sagara.backend.external;

import io.sagara.spi.Bytes;
import io.sagara.spi.PoolMount;
import io.sagara.spi.Volume;
import io.sagara.spi.VolumeUsage;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// What volumes hold whose cluster does not count it: counted here, file by file, when somebody asks and the
/// last count is some minutes old. One volume at a time: it costs a call to the bricks for each file. Any
/// number of threads may ask.
final class UsageCount {
    private static final Duration EVERY = Duration.ofMinutes(5);

    private final InstantSource clock;
    private final Map<Path, Count> counts = new ConcurrentHashMap<>();
    private final Set<Path> wanted = ConcurrentHashMap.newKeySet();

    UsageCount(InstantSource clock) {
        this.clock = clock;
    }

    private record Count(Bytes used, long entries, Instant at) {}

    /// The last count; empty before there is one.
    Optional<VolumeUsage> of(PoolMount mount, Volume volume) {
        Path directory = mount.root().resolve(volume.path());
        Count last = counts.get(directory);
        boolean old = last == null || last.at().plus(EVERY).isBefore(clock.instant());
        if (old && wanted.add(directory)) {
            Thread.ofPlatform().daemon().name("usage-" + volume.name()).start(() -> count(directory));
        }
        return Optional.ofNullable(last).map(count -> new VolumeUsage(volume.size(), count.used(), 0, count.entries()));
    }

    private void count(Path directory) {
        try {
            synchronized (this) {
                Sum sum = new Sum();
                Files.walkFileTree(directory, sum);
                counts.put(directory, new Count(new Bytes(sum.bytes), sum.entries, clock.instant()));
            }
        } catch (IOException e) {
            // gone, or its mount is away, which the pool's condition says; what was counted before is too old to tell
            counts.remove(directory);
        } finally {
            wanted.remove(directory);
        }
    }

    /// Symbolic links are not followed; what goes meanwhile is not counted.
    private static final class Sum extends SimpleFileVisitor<Path> {
        private long bytes;
        private long entries;

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            bytes += attributes.isRegularFile() ? attributes.size() : 0;
            entries++;
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) {
            return FileVisitResult.CONTINUE;
        }
    }
}
