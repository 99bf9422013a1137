package io.sagara.agent.process;

import io.sagara.spi.Commands;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs short programs as child processes. Of stdout and stderr the last mebibyte each is kept; a program that
/// writes more is not held up.
public final class ProcessCommands implements Commands {
    private static final Logger LOG = LoggerFactory.getLogger(ProcessCommands.class);

    /// More than the longest answer of any tool we call (blkid, findmnt and glfsheal write a few KiB).
    private static final int KEPT_OUTPUT = 1 << 20;

    /// How long output may still come after the program has ended: it is in the pipe by then, unless a
    /// background process it left behind holds the pipe open.
    private static final Duration LATE_OUTPUT = Duration.ofSeconds(1);

    private static final File NOTHING = new File("/dev/null");

    private final Programs programs;

    /// Finds programs along this process' PATH and in the system's directories.
    public ProcessCommands() {
        this.programs = Programs.ofEnvironment();
    }

    @Override
    public Result run(Duration deadline, List<String> argv) {
        Process process = start(argv);
        Tail out = new Tail(KEPT_OUTPUT);
        Tail err = new Tail(KEPT_OUTPUT);
        Thread readsOut = drain(process.getInputStream(), out, argv);
        Thread readsErr = drain(process.getErrorStream(), err, argv);
        try {
            if (!process.waitFor(deadline.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new StorageException(
                        Problem.UNAVAILABLE,
                        shown(argv) + " did not end within " + deadline.toMillis()
                                + " ms and was killed; look whether the device or file system it works on still"
                                + " answers");
            }
            readsOut.join(LATE_OUTPUT);
            readsErr.join(LATE_OUTPUT);
            return new Result(process.exitValue(), out.text(), err.text());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StorageException(Problem.UNAVAILABLE, shown(argv) + " was given up by its caller; repeat it", e);
        } finally {
            killTree(process);
        }
    }

    private Process start(List<String> argv) {
        ProcessBuilder builder = new ProcessBuilder(programs.resolve(argv)).redirectInput(NOTHING);
        builder.environment().put("LC_ALL", "C");
        builder.environment().put("PATH", programs.searchPath());
        try {
            return builder.start();
        } catch (IOException e) {
            throw new StorageException(Problem.INTERNAL, shown(argv) + " could not be started: " + e.getMessage(), e);
        }
    }

    private static Thread drain(InputStream stream, Tail tail, List<String> argv) {
        return Thread.ofVirtual().name("output of " + argv.getFirst()).start(() -> {
            try (stream) {
                tail.drain(stream);
            } catch (IOException e) {
                LOG.atDebug().addKeyValue("command", argv).setCause(e).log("output ended early");
            }
        });
    }

    /// Ends what still runs of a program and its descendants. The descendants are listed first: once their
    /// parent is gone nothing links them to it.
    static void killTree(Process process) {
        if (process.isAlive()) {
            List<ProcessHandle> descendants = process.descendants().toList();
            process.destroyForcibly();
            descendants.forEach(ProcessHandle::destroyForcibly);
        }
    }

    private static String shown(List<String> argv) {
        return "'" + String.join(" ", argv) + "'";
    }
}
