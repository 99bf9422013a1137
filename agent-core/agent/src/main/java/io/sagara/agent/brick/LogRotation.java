package io.sagara.agent.brick;

import io.sagara.agent.time.Timer;
import io.sagara.spi.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the logs of daemons bounded. A log that has grown beyond its limit is renamed to `LOG.1`, an older one
/// to `LOG.2` and so on, and the daemon is asked (SIGHUP) to open a new one, which it does with its next line;
/// until then it writes to the renamed file, so no line is lost. (Copying and truncating would lose what is
/// written in between.) The signal also makes a daemon ask for its volfile again, which changes nothing where
/// that is the same.
public final class LogRotation implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LogRotation.class);

    private final Timer timer;
    private final Duration every;
    private final Bytes limit;
    private final int kept;
    private final Map<Path, Runnable> logs = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /// Looks at all logs `every` so often. Of each at most `kept` files are there, of little more than `limit`
    /// each: a log can grow beyond it between two looks.
    public LogRotation(Timer timer, Duration every, Bytes limit, int kept) {
        if (kept < 2 || limit.value() == 0) {
            throw new IllegalArgumentException("rotation needs two files and a limit; got " + kept + ", " + limit);
        }
        this.timer = timer;
        this.every = every;
        this.limit = limit;
        this.kept = kept;
        Timer.Scheduled _ = timer.after(every, this::look);
    }

    /// From now on `log` is kept bounded. `reopen` asks its daemon to open it anew, and does nothing where that
    /// does not run.
    public void watch(Path log, Runnable reopen) {
        logs.put(log, reopen);
    }

    /// The log is left as it is from now on.
    public void forget(Path log) {
        logs.remove(log);
    }

    @Override
    public void close() {
        closed = true;
    }

    private void look() {
        if (closed) {
            return;
        }
        logs.forEach((log, reopen) -> {
            try {
                look(log, reopen);
            } catch (IOException e) {
                LOG.atWarn().addKeyValue("log", log).setCause(e).log("log could not be rotated; tried again later");
            }
        });
        Timer.Scheduled _ = timer.after(every, this::look);
    }

    private void look(Path log, Runnable reopen) throws IOException {
        if (Files.exists(log)) {
            if (Files.size(log) < limit.value()) {
                return;
            }
            for (int number = kept - 1; number > 1; number--) {
                if (Files.exists(old(log, number - 1))) {
                    Files.move(old(log, number - 1), old(log, number), StandardCopyOption.ATOMIC_MOVE);
                }
            }
            Files.move(log, old(log, 1), StandardCopyOption.ATOMIC_MOVE);
            reopen.run();
        } else if (Files.exists(old(log, 1)) && Files.size(old(log, 1)) >= limit.value()) {
            // Renamed, but perhaps the agent ended before it could ask.
            reopen.run();
        }
    }

    private static Path old(Path log, int number) {
        return log.resolveSibling(log.getFileName() + "." + number);
    }
}
