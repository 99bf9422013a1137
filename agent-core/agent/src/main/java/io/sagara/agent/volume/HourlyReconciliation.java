package io.sagara.agent.volume;

import io.sagara.agent.time.Timer;
import io.sagara.spi.StorageException;
import java.time.Duration;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Has the account of a pool compared with its volumes every hour, on the worker of the pool. It ends when the worker
/// takes no more work.
public final class HourlyReconciliation {
    static final Duration INTERVAL = Duration.ofHours(1);
    private static final Logger LOG = LoggerFactory.getLogger(HourlyReconciliation.class);

    private final PoolVolumeSet volumes;
    private final Timer timer;
    private final Consumer<Runnable> worker;

    private HourlyReconciliation(PoolVolumeSet volumes, Timer timer, Consumer<Runnable> worker) {
        this.volumes = volumes;
        this.timer = timer;
        this.worker = worker;
    }

    /// Begins, with the first comparison an hour from now. `worker`: takes work of the pool, and does it one after
    /// the other.
    public static void begin(PoolVolumeSet volumes, Timer timer, Consumer<Runnable> worker) {
        new HourlyReconciliation(volumes, timer, worker).next();
    }

    private void next() {
        var _ = timer.after(INTERVAL, () -> worker.accept(this::run));
    }

    private void run() {
        try {
            volumes.reconcile();
        } catch (StorageException e) {
            LOG.atWarn()
                    .addKeyValue("pool", volumes.pool().name())
                    .addKeyValue("reason", e.getMessage())
                    .log("the account was not compared with the volumes; it is tried again in an hour");
        } finally {
            next();
        }
    }
}
