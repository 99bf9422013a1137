package io.sagara.operator;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes a round whenever it is woken, and now and then without that, one after the other on a thread of its
/// own.
final class Rounds implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Rounds.class);
    private static final Duration STOPPING = Duration.ofSeconds(15);

    private final String name;
    private final Duration period;
    private final Duration soon;
    private final BlockingQueue<String> wakes = new ArrayBlockingQueue<>(1);
    private @Nullable Thread thread;

    /// The next round comes after `period`, or after `soon` where the last one says so.
    Rounds(String name, Duration period, Duration soon) {
        this.name = name;
        this.period = period;
        this.soon = soon;
    }

    /// Begins. `round`: says whether the next one should come soon.
    void start(BooleanSupplier round) {
        thread = Thread.ofPlatform().daemon().name(name).start(() -> run(round));
    }

    /// Asks for a round; any thread may call it, any number of times.
    void wake() {
        var _ = wakes.offer(name);
    }

    private void run(BooleanSupplier round) {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                Duration wait = attempt(round) ? soon : period;
                var _ = wakes.poll(wait.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            LOG.atDebug().addKeyValue("rounds", name).log("stopped");
        }
    }

    private boolean attempt(BooleanSupplier round) {
        try {
            return round.getAsBoolean();
        } catch (RuntimeException e) {
            if (!Thread.currentThread().isInterrupted()) {
                LOG.atError().addKeyValue("rounds", name).setCause(e).log("round failed, trying again");
            }
            return false;
        }
    }

    /// Ends the running round, and makes no other.
    @Override
    public void close() {
        Thread running = thread;
        if (running == null) {
            return;
        }
        running.interrupt();
        try {
            var _ = running.join(STOPPING);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
