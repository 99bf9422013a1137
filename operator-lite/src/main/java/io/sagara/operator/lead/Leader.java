package io.sagara.operator.lead;

import io.sagara.api.v1.PoolSpec;
import io.sagara.operator.crd.KadaluInfo;
import io.sagara.operator.crd.NodeReport;
import io.sagara.operator.crd.PoolResource;
import io.sagara.operator.plan.Claim;
import io.sagara.operator.plan.KubeNode;
import io.sagara.operator.plan.PortRange;
import io.sagara.operator.plan.Surroundings;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Goes over all pools and does for each what is due. Every round starts from what is there, so a round may
/// be left out, repeated or begun by another leader. One thread; a pool that cannot be done is left for later
/// rounds, longer each time, and the others go on.
public final class Leader {
    private static final Logger LOG = LoggerFactory.getLogger(Leader.class);
    private static final Duration MOST_PATIENCE = Duration.ofMinutes(2);

    // no name of a pool
    private static final String DRIVER = "CSIDriver";

    private final Cluster cluster;
    private final PoolWork work;
    private final PortRange ports;
    private final InstantSource clock;
    private final Map<String, Later> later = new HashMap<>();
    private boolean driverMade;

    private record Later(Instant notBefore, Duration pause) {}

    /// A leader of that cluster. `namespace`, `version`: for the records it writes.
    public Leader(Cluster cluster, String namespace, String version, PortRange ports, InstantSource clock) {
        this.cluster = cluster;
        this.ports = ports;
        this.clock = clock;
        Records records = new Records(cluster, namespace, version);
        work = new PoolWork(cluster, records, clock);
    }

    /// One round. Says whether something has to be tried again soon: the next round should not wait for an
    /// event.
    public boolean round() {
        boolean again = !driverMade && attempt(DRIVER, this::makeDriver);
        KadaluInfo info = cluster.info();
        // what only the missing record would tell is in the objects, if they are read now
        List<PoolResource> pools = info.version().isEmpty() ? cluster.poolsNow() : cluster.pools();
        Set<String> names = pools.stream().map(PoolResource::name).collect(Collectors.toSet());
        later.keySet().removeIf(name -> !name.equals(DRIVER) && !names.contains(name));
        // one view for all: a write that another write of this round made out of date is refused
        Surroundings around = around(info, pools);
        for (PoolResource pool : pools) {
            again |= attempt(pool.name(), () -> work.attend(pool, around));
        }
        return again;
    }

    private void makeDriver() {
        cluster.makeDriver();
        driverMade = true;
    }

    /// Whether it has to be tried again soon; what failed waits for a round that comes anyway.
    private boolean attempt(String pool, Runnable work) {
        Later wait = later.get(pool);
        if (wait != null && clock.instant().isBefore(wait.notBefore)) {
            return false;
        }
        try {
            work.run();
            later.remove(pool);
            return false;
        } catch (StorageException e) {
            if (e.problem() == Problem.BUSY) {
                // a watch that is a moment behind is no failure
                LOG.atDebug()
                        .addKeyValue("pool", pool)
                        .addKeyValue("reason", e.getMessage())
                        .log("pool changed meanwhile");
                return true;
            }
            Duration pause = longer(wait);
            later.put(pool, new Later(clock.instant().plus(pause), pause));
            LOG.atWarn()
                    .addKeyValue("pool", pool)
                    .addKeyValue("reason", e.getMessage())
                    .addKeyValue("again in s", pause.toSeconds())
                    .log("pool left for later");
            return false;
        }
    }

    private static Duration longer(@Nullable Later wait) {
        if (wait == null) {
            return Duration.ofSeconds(1);
        }
        Duration doubled = wait.pause.multipliedBy(2);
        return doubled.compareTo(MOST_PATIENCE) > 0 ? MOST_PATIENCE : doubled;
    }

    private Surroundings around(KadaluInfo info, List<PoolResource> pools) {
        Map<String, PoolSpec> plans = new TreeMap<>();
        pools.forEach(pool -> pool.plan().ifPresent(plan -> plans.put(pool.name(), plan)));
        Map<String, KubeNode> nodes = new TreeMap<>();
        cluster.nodes().forEach(node -> nodes.put(node.name(), node));
        Map<String, NodeReport> reports = new TreeMap<>();
        cluster.reports().stream()
                .filter(report -> nodes.containsKey(report.node()))
                .forEach(report -> reports.put(report.node(), report));
        Map<String, Claim> claims = new TreeMap<>();
        cluster.claims().forEach(claim -> claims.put(claim.name(), claim));
        return new Surroundings(nodes, info, plans, reports, claims, cluster.holders(), ports);
    }
}
