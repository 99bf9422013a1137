package io.sagara.agent.heal;

import io.sagara.spi.Pool;
import io.sagara.spi.StorageException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks for split brain where heals stay pending. It asks aside, so that a brick which hangs holds nobody up,
/// and seldom: a set that heals by itself is not asked at all.
public final class SplitBrainWatch {
    private static final Logger LOG = LoggerFactory.getLogger(SplitBrainWatch.class);
    /// Most heals are over by then.
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration AGAIN = Duration.ofSeconds(60);

    private final SplitBrain splitBrain;
    private final InstantSource clock;
    private final AtomicBoolean asking = new AtomicBoolean();
    private Instant due = Instant.MAX;
    private volatile List<SplitFile> files = List.of();

    /// Knows of no file until it has looked.
    public SplitBrainWatch(SplitBrain splitBrain, InstantSource clock) {
        this.splitBrain = splitBrain;
        this.clock = clock;
    }

    /// To be told from time to time how many heals are pending; by one thread. Returns at once.
    public void look(Pool pool, long pending) {
        Instant now = clock.instant();
        if (pending == 0) {
            due = Instant.MAX;
            files = List.of();
        } else if (due.equals(Instant.MAX)) {
            due = now.plus(PATIENCE);
        } else if (!now.isBefore(due) && asking.compareAndSet(false, true)) {
            due = now.plus(AGAIN);
            Thread.ofVirtual().name("split brain of " + pool.name()).start(() -> ask(pool));
        }
    }

    private void ask(Pool pool) {
        try {
            files = splitBrain.files(pool);
        } catch (StorageException e) {
            LOG.atDebug().addKeyValue("pool", pool.name()).setCause(e).log("split brain cannot be looked for");
        } finally {
            asking.set(false);
        }
    }

    /// What was found last.
    public List<SplitFile> files() {
        return files;
    }

    /// What somebody else has found out now.
    public void found(List<SplitFile> now) {
        files = List.copyOf(now);
    }
}
