package io.sagara.operator;

import io.sagara.operator.kube.ApiServer;
import io.sagara.operator.kube.LeaderCluster;
import io.sagara.operator.lead.Leader;
import java.time.Duration;
import java.time.InstantSource;

/// The leader's watches and rounds, for as long as it leads.
final class ClusterWork implements AutoCloseable {
    // what no event tells: volumes that are gone, reports that become old
    private static final Duration PERIOD = Duration.ofSeconds(10);
    private static final Duration SOON = Duration.ofMillis(100);

    private final LeaderCluster cluster;
    private final Rounds rounds;

    ClusterWork(OperatorConfig config, ApiServer api, String version, InstantSource clock) {
        rounds = new Rounds("leader", PERIOD, SOON);
        cluster = new LeaderCluster(api, config.image(), clock, rounds::wake);
        Leader leader = new Leader(cluster, config.namespace(), version, config.ports(), clock);
        rounds.start(() -> !cluster.known() || leader.round());
    }

    @Override
    public void close() {
        rounds.close();
        cluster.close();
    }
}
