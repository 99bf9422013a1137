package io.sagara.operator.kube;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfig;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfigBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Competes for the lease for as long as it is open.
public final class Leadership implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Leadership.class);
    private static final String LEASE = "sagara-operator";
    private static final Duration DURATION = Duration.ofSeconds(15);
    private static final Duration RENEWAL = Duration.ofSeconds(10);
    private static final Duration RETRY = Duration.ofSeconds(2);

    private final ApiServer api;
    private final LeaderElectionConfig election;
    private final Thread thread;
    private volatile boolean open = true;
    private volatile @Nullable CompletableFuture<?> round;

    /// `identity`: of this process, never used before. `begin`, `end`: called when it begins and ends to
    /// lead, one after the other.
    public Leadership(ApiServer api, String identity, Runnable begin, Runnable end) {
        this.api = api;
        election = new LeaderElectionConfigBuilder()
                .withName(LEASE)
                .withLock(new LeaseLock(api.namespace(), LEASE, identity))
                .withLeaseDuration(DURATION)
                .withRenewDeadline(RENEWAL)
                .withRetryPeriod(RETRY)
                .withReleaseOnCancel(true)
                .withLeaderCallbacks(new LeaderCallbacks(
                        begin,
                        end,
                        leader -> LOG.atInfo().addKeyValue("leader", leader).log("leader is known")))
                .build();
        thread = Thread.ofVirtual().name("leadership").start(this::compete);
    }

    private void compete() {
        while (open) {
            CompletableFuture<?> current =
                    api.client().leaderElector().withConfig(election).build().start();
            round = current;
            if (!open) {
                current.cancel(true);
            }
            try {
                var _ = current.get();
            } catch (CancellationException e) {
                LOG.atDebug().log("stopped competing for the lease");
            } catch (ExecutionException | KubernetesClientException e) {
                LOG.atWarn().addKeyValue("reason", e.getMessage()).log("the lease is out of reach, trying again");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /// Gives the lease back, if it holds it.
    @Override
    public void close() {
        open = false;
        CompletableFuture<?> current = round;
        if (current != null) {
            current.cancel(true);
        }
        try {
            var _ = thread.join(RETRY);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
