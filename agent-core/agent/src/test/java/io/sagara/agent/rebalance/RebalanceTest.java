package io.sagara.agent.rebalance;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagara.agent.file.StateDirectory;
import io.sagara.agent.process.FakeDaemons;
import io.sagara.api.v1.RebalancePhase;
import io.sagara.spi.PoolName;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RebalanceTest {
    private static final Duration SOON = Duration.ofSeconds(5);

    @TempDir
    Path state;

    private final FakeDaemons daemons = new FakeDaemons();
    private final CompletableFuture<Thread> watcher = new CompletableFuture<>();

    private final List<Rebalance> made = new ArrayList<>();

    private Rebalance rebalance() {
        Rebalance rebalance = new Rebalance(
                new PoolName("p1"), new UUID(1, 2), new StateDirectory(state), daemons, InstantSource.system(), () -> {
                    boolean _ = watcher.complete(Thread.currentThread());
                    return new RebalanceJob("volume p1\nend-volume\n", "p1-dht", new UUID(3, 4), false);
                });
        made.add(rebalance);
        return rebalance;
    }

    @AfterEach
    void nothingGoesOn() {
        made.forEach(Rebalance::halt);
    }

    @Test
    void onePausedBeforeItsProcessIsThereNeverStartsIt() throws Exception {
        Rebalance rebalance = rebalance();
        CountDownLatch gate = daemons.hangStarts();
        var _ = rebalance.start();
        Thread starting = watcher.get(SOON.toSeconds(), TimeUnit.SECONDS);

        assertThat(rebalance.pause().getPhase()).isEqualTo(RebalancePhase.PAUSED);
        gate.countDown();

        assertThat(starting.join(SOON)).as("nobody waits to start it").isTrue();
        assertThat(daemons.running()).isEmpty();
        assertThat(daemons.starts()).isZero();
        assertThat(rebalance.status().getPhase()).isEqualTo(RebalancePhase.PAUSED);
        assertThat(rebalance().status().getPhase()).as("for the next agent").isEqualTo(RebalancePhase.PAUSED);
    }

    @Test
    void aPauseEndsTheProcessAndToGoOnStartsAnother() {
        Rebalance rebalance = rebalance();
        var _ = rebalance.start();
        awaitProcess(1);

        assertThat(rebalance.pause().getPhase()).isEqualTo(RebalancePhase.PAUSED);
        assertThat(daemons.running()).isEmpty();

        assertThat(rebalance.start().getPhase()).isEqualTo(RebalancePhase.RUNNING);
        awaitProcess(2);
        assertThat(daemons.mostAtOnce()).isEqualTo(1);
    }

    @Test
    void oneThatEndsWithoutAWordHasFailed() throws Exception {
        Rebalance rebalance = rebalance();
        var _ = rebalance.start();
        awaitProcess(1);
        daemons.crash(daemons.running().getFirst());

        assertThat(watcher.get().join(SOON)).isTrue();
        assertThat(rebalance.status().getPhase()).isEqualTo(RebalancePhase.REBALANCE_FAILED);
    }

    private void awaitProcess(int starts) {
        while (daemons.starts() < starts || daemons.running().isEmpty()) {
            Thread.onSpinWait();
        }
    }
}
