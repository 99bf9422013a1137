package io.sagara.agent.mount;

import io.sagara.agent.posix.MountInfo;
import io.sagara.agent.posix.Posix;
import io.sagara.agent.process.DaemonProcess;
import io.sagara.agent.process.Daemons;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The process of a client and what it has mounted. For one thread, but for [#running].
final class ClientProcess {
    private static final Logger LOG = LoggerFactory.getLogger(ClientProcess.class);
    private static final String FUSE_TYPE = "fuse.glusterfs";

    private final ClientSpec spec;
    private final Daemons daemons;
    private final Posix posix;
    private final Duration start;
    private final Runnable exited;
    private volatile @Nullable DaemonProcess current;

    /// `exited` is called when the process ends, from any thread.
    ClientProcess(ClientSpec spec, Daemons daemons, Posix posix, Duration start, Runnable exited) {
        this.spec = spec;
        this.daemons = daemons;
        this.posix = posix;
        this.start = start;
        this.exited = exited;
    }

    Optional<DaemonProcess> running() {
        return Optional.ofNullable(current);
    }

    boolean alive() {
        return running().filter(daemons::alive).isPresent();
    }

    /// The client that runs already, where its mount is there as well. Clears away what is left of one
    /// otherwise.
    Optional<DaemonProcess> adopt() throws IOException {
        Optional<DaemonProcess> found = daemons.find(spec.daemon());
        if (found.isPresent() && mounted().isPresent()) {
            watch(found.get());
            return found;
        }
        clear();
        return Optional.empty();
    }

    /// Starts the client. The directory must be free of mounts.
    DaemonProcess mount() throws IOException {
        Files.createDirectories(spec.directory());
        DaemonProcess started = daemons.ensure(spec.daemon(), start);
        watch(started);
        return started;
    }

    private void watch(DaemonProcess process) {
        current = process;
        var _ = daemons.onExit(process).thenRun(exited);
    }

    /// Cuts off and takes away what is mounted, and kills the client. What others bound from it fails from then
    /// on instead of waiting.
    void clear() throws IOException {
        while (mounted().isPresent()) {
            posix.abort(spec.directory());
        }
        kill(Duration.ZERO);
    }

    /// Unmounts and lets the client finish.
    void end(Duration grace) throws IOException {
        while (mounted().isPresent()) {
            posix.unmount(spec.directory(), true);
        }
        kill(grace);
        try {
            Files.deleteIfExists(spec.directory());
        } catch (DirectoryNotEmptyException e) {
            LOG.atWarn().addKeyValue("directory", spec.directory()).log("mount directory kept: it holds files");
        }
    }

    private void kill(Duration grace) {
        daemons.find(spec.daemon()).ifPresent(process -> daemons.stop(process, grace));
        current = null;
    }

    /// The client's mount. Throws IN_USE where something else is mounted in its place, which is left alone.
    private Optional<MountInfo.Mount> mounted() throws IOException {
        Path directory = spec.directory();
        Optional<MountInfo.Mount> mount = MountInfo.read().at(directory);
        mount.filter(other -> !other.type().equals(FUSE_TYPE)).ifPresent(other -> {
            throw new StorageException(
                    Problem.IN_USE,
                    "pool " + spec.pool() + ": " + other.source() + " (" + other.type() + ") is mounted at " + directory
                            + ", where the pool belongs; unmount it");
        });
        return mount;
    }
}
