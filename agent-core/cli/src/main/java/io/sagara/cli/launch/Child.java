package io.sagara.cli.launch;

import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// One service as a child process: started, waited for, from then on started again whenever it ends, and
/// stopped. [#keepRunning] is called by one thread; the other methods may be called by any.
public final class Child implements AutoCloseable {
    // between two looks at a socket that is not there yet; a start takes ten to forty of them
    private static final Duration LOOK = Duration.ofMillis(25);
    private static final Duration TERM_GRACE = Duration.ofSeconds(15);

    private final Launch launch;
    private final InstantSource clock;
    private final Consumer<String> tell;
    private final CountDownLatch stop = new CountDownLatch(1);
    private Process process;
    private Instant started;

    /// Starts the service. `tell` is given what people should know of it later on.
    public Child(Launch launch, InstantSource clock, Consumer<String> tell) {
        this.launch = launch;
        this.clock = clock;
        this.tell = tell;
        started = clock.instant();
        process = launch.start();
    }

    /// Waits until something listens on `socket`. Throws UNAVAILABLE where the process ends before, or the time
    /// is up.
    public void awaitSocket(Path socket, Duration time) throws InterruptedException {
        Process waitedFor = current();
        Instant end = clock.instant().plus(time);
        while (!isListening(socket)) {
            if (waitedFor.waitFor(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new StorageException(
                        Problem.UNAVAILABLE,
                        "the " + launch.service() + " ended at its start with exit code " + waitedFor.exitValue() + ": "
                                + launch.lastWords() + " (all of it in " + launch.log() + ")");
            }
            if (clock.instant().isAfter(end)) {
                throw new StorageException(
                        Problem.UNAVAILABLE,
                        "the " + launch.service() + " does not listen on " + socket + " after " + time.toSeconds()
                                + " s; see " + launch.log());
            }
        }
    }

    /// Starts the service again, after a growing pause, whenever it ends. Returns when [#close] was called, or
    /// when it ended with exit code 0, as the agent does when it was asked to shut down; true in the latter
    /// case.
    public boolean keepRunning() throws InterruptedException {
        Backoff backoff = Backoff.NONE;
        while (true) {
            int code = current().waitFor();
            if (isStopping()) {
                return false;
            }
            if (code == 0 && launch.service().shutsDown()) {
                return true;
            }
            tell.accept("the " + launch.service() + " ended unexpectedly with exit code " + code
                    + "; bricks and mounts go on (see " + launch.log() + ")");
            do {
                backoff = backoff.after(Duration.between(startedAt(), clock.instant()));
                if (stop.await(backoff.delay().toMillis(), TimeUnit.MILLISECONDS)) {
                    return false;
                }
            } while (!restart());
        }
    }

    /// Waits for the process that runs now; true where it ended in that time.
    public boolean endsWithin(Duration time) throws InterruptedException {
        return current().waitFor(time.toMillis(), TimeUnit.MILLISECONDS);
    }

    /// The pid of the process that runs, or ran last.
    public long pid() {
        return current().pid();
    }

    /// Asks the process to end, kills it where it does not, and waits for it. It is not started again.
    /// Repeatable.
    @Override
    public void close() {
        Process last;
        synchronized (this) {
            stop.countDown();
            last = process;
        }
        last.destroy();
        try {
            if (!last.waitFor(TERM_GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
                tell.accept("the " + launch.service() + " does not end; it is killed");
                last.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            last.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /// Whether a server accepts connections on the socket.
    public static boolean isListening(Path socket) {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return channel.connect(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            return false;
        }
    }

    private synchronized boolean restart() {
        if (isStopping()) {
            // the process stays the one that ended, which the loop then sees
            return true;
        }
        started = clock.instant();
        try {
            process = launch.start();
        } catch (StorageException e) {
            tell.accept(e.getMessage());
            return false;
        }
        tell.accept("the " + launch.service() + " runs again (pid " + process.pid() + ")");
        return true;
    }

    private boolean isStopping() {
        return stop.getCount() == 0;
    }

    private synchronized Process current() {
        return process;
    }

    private synchronized Instant startedAt() {
        return started;
    }
}
