package io.sagara.agent.heal;

import io.sagara.spi.Pool;
import io.sagara.spi.StorageException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Has the self-heal daemon go on while heals are pending. What a round of it finds is one level of directories deep,
/// where their entries are not known to differ before they are healed themselves, and its next round is a minute
/// away (`heal-timeout`): an empty brick would have its files after as many minutes as they are deep. Asks aside,
/// so that a daemon which does not answer holds nobody up.
public final class HealRounds {
    private static final Logger LOG = LoggerFactory.getLogger(HealRounds.class);
    private static final Duration FIRST = Duration.ofSeconds(5);
    /// From here on the daemon's own rounds come as often.
    private static final Duration LAST = Duration.ofSeconds(60);

    private final Consumer<Pool> start;
    private final InstantSource clock;
    private final Executor aside;
    private final AtomicBoolean asking = new AtomicBoolean();
    private Duration interval = FIRST;
    private Instant due = Instant.MAX;
    private long asked = Long.MAX_VALUE;

    /// `start`: begins a round; runs in `aside`.
    public HealRounds(Consumer<Pool> start, InstantSource clock, Executor aside) {
        this.start = start;
        this.clock = clock;
        this.aside = aside;
    }

    /// To be told every few seconds how many heals are pending; by one thread. Returns at once.
    public void look(Pool pool, long pending) {
        Instant now = clock.instant();
        if (pending == 0) {
            interval = FIRST;
            due = Instant.MAX;
            asked = Long.MAX_VALUE;
        } else if (due.equals(Instant.MAX)) {
            due = now.plus(interval);
        } else if (!now.isBefore(due)) {
            // what does not become less waits for something else, such as a brick that is away
            interval = pending < asked ? FIRST : longer();
            asked = pending;
            due = now.plus(interval);
            if (asking.compareAndSet(false, true)) {
                aside.execute(() -> ask(pool));
            }
        }
    }

    private Duration longer() {
        Duration twice = interval.multipliedBy(2);
        return twice.compareTo(LAST) < 0 ? twice : LAST;
    }

    private void ask(Pool pool) {
        try {
            start.accept(pool);
        } catch (StorageException e) {
            // its own round comes all the same
            LOG.atDebug().addKeyValue("pool", pool.name()).setCause(e).log("self-heal daemon cannot be told to go on");
        } finally {
            asking.set(false);
        }
    }
}
