package io.sagara.agent.brick;

import io.sagara.agent.posix.MountInfo;
import io.sagara.agent.posix.Posix;
import io.sagara.spi.Bytes;
import io.sagara.spi.VolumeUsage;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Looks at a brick's directory without ever being held up by its disk: at most one thread hangs, however often
/// one looks. Writes nothing; glusterfsd itself writes to `.glusterfs/health_check` every 30 s and ends when it
/// cannot.
final class DirectoryWatch {
    private static final Set<String> READ_ONLY = Set.of("ro", "emergency_ro", "shutdown");
    private static final VolumeUsage UNKNOWN = new VolumeUsage(Bytes.ZERO, Bytes.ZERO, 0, 0);

    private final Posix posix;
    private final Path directory;
    private final UUID volume;
    private @Nullable FutureTask<Finding> underWay;

    DirectoryWatch(Posix posix, Path directory, UUID volume) {
        this.posix = posix;
        this.directory = directory;
        this.volume = volume;
    }

    /// `trouble`: what is wrong with the directory and what to do; empty where it can be served.
    record Finding(Optional<String> trouble, VolumeUsage usage, long pendingHeals) {
        private static Finding trouble(String what) {
            return new Finding(Optional.of(what), UNKNOWN, 0);
        }
    }

    Finding look(Duration deadline) throws InterruptedException {
        FutureTask<Finding> answer = begin();
        try {
            return answer.get(deadline.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return Finding.trouble("the file system of " + directory + " does not answer within " + deadline.toSeconds()
                    + " s; check its disk, 'dmesg' tells of errors");
        } catch (ExecutionException e) {
            return Finding.trouble(directory + " cannot be read (" + e.getCause()
                    + "); check its disk and its file system, 'dmesg' tells of errors");
        }
    }

    private synchronized FutureTask<Finding> begin() {
        FutureTask<Finding> current = underWay;
        if (current == null || current.isDone()) {
            current = new FutureTask<>(this::look);
            underWay = current;
            // A platform thread: a disk that hangs would keep the carrier of a virtual one.
            Thread.ofPlatform().daemon().name("look at " + directory).start(current);
        }
        return current;
    }

    private Finding look() throws IOException {
        if (!Files.isDirectory(directory)) {
            return Finding.trouble(directory + " is gone; mount its file system again");
        }
        if (!VolumeId.of(posix, directory).equals(Optional.of(volume))) {
            return Finding.trouble(
                    directory + " does not carry the volume id " + volume + " any more; mount its file system again");
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            boolean _ = entries.iterator().hasNext();
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        Optional<String> trouble = isReadOnly()
                ? Optional.of("the file system of " + directory
                        + " is read-only, as the kernel makes it after an error; check it and mount it anew")
                : Optional.empty();
        return new Finding(trouble, posix.usage(directory), PendingHeals.of(directory));
    }

    /// By the mount table: ext4 after an error tells neither access(2) nor statfs(2) (Linux 6.14 and later).
    private boolean isReadOnly() throws IOException {
        return MountInfo.read()
                .holding(directory.toRealPath())
                .filter(mount -> mount.options().contains("ro")
                        || mount.superOptions().stream().anyMatch(READ_ONLY::contains))
                .isPresent();
    }
}
