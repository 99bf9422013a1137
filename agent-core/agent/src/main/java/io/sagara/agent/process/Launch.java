package io.sagara.agent.process;

import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// Starts one daemon and waits for it to go into the background, which GlusterFS' processes do by themselves
/// when their graph is up: the process that was started (the launcher) ends then, with 0.
final class Launch {
    /// What runs in the new mount namespace before the daemon: it sees `$1` as /run/gluster. This text is also
    /// what tells such a launcher from any other process that names the pid file.
    static final String IN_NAMESPACE =
            "mkdir -p /run/gluster && mount --bind \"$1\" /run/gluster && shift && exec \"$@\"";

    /// GlusterFS' program for bricks, and for nothing else.
    private static final String BRICK = "glusterfsd";

    private final Programs programs;
    private final DaemonSpec spec;
    private final LogTail log;
    private final Path output;
    private final Optional<DataPlane> dataPlane;
    private final Optional<DataPlane.Container> container;

    /// `dataPlane`: where the daemon is to run; where empty, where the agent is. Throws UNAVAILABLE while there
    /// is no such place.
    Launch(Programs programs, DaemonSpec spec, Optional<DataPlane> dataPlane) {
        this.programs = programs;
        this.spec = spec;
        this.dataPlane = dataPlane;
        this.container = dataPlane.map(DataPlane::container);
        this.log = LogTail.fromNow(spec.log());
        this.output = spec.pidFile().resolveSibling(spec.pidFile().getFileName() + ".start");
    }

    /// Returns the exit code of the launcher. Throws UNAVAILABLE at the deadline or when the thread is
    /// interrupted; the launcher is killed then, but not a daemon that has detached itself from it.
    int run(Duration deadline) {
        Process launcher = start();
        try {
            if (!launcher.waitFor(deadline.toNanos(), TimeUnit.NANOSECONDS)) {
                throw failure("did not come up within " + deadline.toMillis() + " ms");
            }
            return launcher.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StorageException(
                    Problem.UNAVAILABLE, "the start of " + spec.name() + " was given up by its caller; repeat it", e);
        } finally {
            ProcessCommands.killTree(launcher);
        }
    }

    /// Throws UNSUPPORTED where the daemon is not where it should be.
    void requirePlace(DaemonProcess daemon) {
        dataPlane.ifPresent(plane -> plane.requireInside(container.orElseThrow(), daemon));
    }

    /// The failure to throw, with what the daemon itself says about it.
    StorageException failure(String what) {
        return new StorageException(
                Problem.UNAVAILABLE, spec.name() + " " + what + "; it says: " + said() + log.reason());
    }

    private String said() {
        LogTail printed = new LogTail(output, 0);
        String text = printed.text().strip();
        return text.isEmpty() ? "" : text.replace('\n', ' ') + " / ";
    }

    private Process start() {
        List<String> argv = argv();
        try {
            Files.createDirectories(spec.pidFile().getParent());
            Files.createDirectories(spec.log().getParent());
            // A file and not a pipe: nobody need read it, also when this agent dies before the launcher ends.
            ProcessBuilder builder = new ProcessBuilder(argv)
                    .directory(new File("/"))
                    .redirectInput(new File("/dev/null"))
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile());
            builder.environment().put("LC_ALL", "C");
            builder.environment().put("PATH", programs.searchPath());
            return brick() ? SystemCallFilter.start(builder) : builder.start();
        } catch (IOException e) {
            throw new StorageException(Problem.INTERNAL, spec.name() + " could not be started: " + e.getMessage(), e);
        }
    }

    private boolean brick() {
        return spec.argv().getFirst().equals(BRICK);
    }

    private List<String> argv() {
        List<String> daemon = programs.resolve(spec.argv());
        List<String> command =
                spec.runDirectory().map(run -> inNamespace(run, daemon)).orElse(daemon);
        return dataPlane
                .map(plane -> plane.enter(container.orElseThrow(), programs, command))
                .orElse(command);
    }

    /// A slave of the host's mounts: what the host unmounts below a shared mount is unmounted here too, so no
    /// device stays busy because of this daemon.
    private List<String> inNamespace(Path run, List<String> daemon) {
        try {
            Files.createDirectories(run);
        } catch (IOException e) {
            throw new StorageException(
                    Problem.INTERNAL, spec.name() + ": cannot create its run directory: " + e.getMessage(), e);
        }
        List<String> argv = new ArrayList<>(programs.resolve(List.of("unshare", "--mount", "--propagation", "slave")));
        argv.addAll(List.of("--", "sh", "-c", IN_NAMESPACE, "sh", run.toString()));
        argv.addAll(daemon);
        return argv;
    }
}
