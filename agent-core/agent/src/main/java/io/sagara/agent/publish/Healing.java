package io.sagara.agent.publish;

import io.sagara.agent.mount.PoolClient;
import io.sagara.agent.posix.Posix;
import io.sagara.agent.time.Timer;
import io.sagara.spi.PoolName;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Binds what is published anew after the pool's client was replaced, in passes. Each pool is healed on its own, one
/// pass at a time. A pass finds out what is to be done, so it may be repeated at any time, and is, until nothing is
/// left.
final class Healing {
    private static final Logger LOG = LoggerFactory.getLogger(Healing.class);
    private static final Duration LOOK = Duration.ofSeconds(10);
    private static final Duration SOON = Duration.ofSeconds(2);
    private static final Duration LATER = Duration.ofMinutes(1);
    private static final int QUICK_PASSES = 15;

    private final Binding binding;
    private final PublicationRecords records;
    private final TargetLocks locks;
    private final Posix posix;
    private final Function<PoolName, PoolClient> clients;
    private final Timer timer;
    private final Map<PoolName, Repairs> repairs = new ConcurrentHashMap<>();
    private volatile boolean closed;

    Healing(
            Binding binding,
            PublicationRecords records,
            TargetLocks locks,
            Posix posix,
            Function<PoolName, PoolClient> clients,
            Timer timer) {
        this.binding = binding;
        this.records = records;
        this.locks = locks;
        this.posix = posix;
        this.clients = clients;
        this.timer = timer;
    }

    Repairs of(PoolName pool) {
        return repairs.computeIfAbsent(pool, _ -> new Repairs());
    }

    /// Heals on a thread of its own.
    void begin(PoolName pool) {
        begin(pool, 1);
    }

    private void begin(PoolName pool, int pass) {
        Thread.ofVirtual().name("heal-" + pool).start(() -> heal(pool, pass));
    }

    private void heal(PoolName pool, int pass) {
        Repairs repaired = of(pool);
        repaired.alone.lock();
        try {
            Optional<Duration> next = pass(pool, repaired, pass < QUICK_PASSES ? SOON : LATER);
            if (!closed) {
                repaired.next(next.map(delay -> timer.after(delay, () -> begin(pool, pass + 1)))
                        .orElse(null));
            }
        } finally {
            repaired.alone.unlock();
        }
    }

    /// Returns after what time there is to be another one; `delay` where this one could not do all.
    private Optional<Duration> pass(PoolName pool, Repairs repaired, Duration delay) {
        if (closed || records.of(pool).isEmpty()) {
            return Optional.empty();
        }
        try {
            PoolClient client = clients.apply(pool);
            Path root = client.root();
            long device = client.threads().call("look at its mount", LOOK, () -> posix.device(root));
            var pass = new HealingPass(binding, records, locks, client.threads(), root, device, repaired);
            return pass.run(pool) ? Optional.empty() : Optional.of(delay);
        } catch (IOException | StorageException e) {
            // the pool's status says so already; asking again costs nothing
            LOG.atDebug().addKeyValue("pool", pool).setCause(e).log("published volumes cannot be bound anew yet");
            return Optional.of(SOON);
        }
    }

    /// Begins no more passes. One that is at work goes on; whatever it leaves, the next agent heals.
    void close() {
        closed = true;
        repairs.values().forEach(repaired -> repaired.next(null));
    }
}
