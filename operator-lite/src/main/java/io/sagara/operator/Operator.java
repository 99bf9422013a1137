package io.sagara.operator;

import io.sagara.operator.kube.ApiServer;
import io.sagara.operator.kube.Leadership;
import io.sagara.operator.kube.NodeObjects;
import io.sagara.operator.node.GrpcAgent;
import io.sagara.operator.node.LocalPools;
import java.time.Duration;
import java.time.InstantSource;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One instance, at work: for its node always, for the cluster while it holds the lease.
final class Operator implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Operator.class);
    // agents tell of no change by themselves
    private static final Duration LOCAL_PERIOD = Duration.ofSeconds(5);
    private static final Duration SOON = Duration.ofMillis(200);

    private final ApiServer api;
    private final GrpcAgent agent;
    private final ExecutorService aside = Executors.newVirtualThreadPerTaskExecutor();
    private final NodeObjects objects;
    private final Rounds local;
    private final Leadership leadership;
    private final AtomicReference<ClusterWork> leading = new AtomicReference<>();

    /// Begins to work. Neither the agent nor the API server has to be there yet.
    Operator(OperatorConfig config, ApiServer api, String version, InstantSource clock) {
        this.api = api;
        agent = new GrpcAgent(config.agentSocket());
        local = new Rounds("node", LOCAL_PERIOD, SOON);
        objects = new NodeObjects(api, local::wake);
        LocalPools pools = new LocalPools(config.node(), objects, agent, aside, local::wake, clock);
        local.start(() -> {
            pools.round();
            return false;
        });
        leadership = new Leadership(
                api, config.node() + "_" + UUID.randomUUID(), () -> lead(config, version, clock), this::follow);
    }

    private void lead(OperatorConfig config, String version, InstantSource clock) {
        LOG.atInfo().log("leading");
        ClusterWork before = leading.getAndSet(new ClusterWork(config, api, version, clock));
        if (before != null) {
            before.close();
        }
    }

    private void follow() {
        ClusterWork ended = leading.getAndSet(null);
        if (ended != null) {
            ended.close();
            LOG.atInfo().log("no longer leading");
        }
    }

    /// Ends all work; what is being told to the agent goes on there.
    @Override
    public void close() {
        leadership.close();
        follow();
        local.close();
        objects.close();
        aside.shutdownNow();
        agent.close();
        api.close();
    }
}
