package io.sagara.operator.plan;

import io.sagara.api.v1.PoolSpec;
import io.sagara.api.v1.PoolStatus;
import io.sagara.operator.crd.InfoText;
import io.sagara.operator.crd.KadaluInfo;
import io.sagara.operator.crd.NodeReport;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/// Surroundings for tests: nodes n1 to n4, all there and ready.
final class Worlds {
    static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    static final PortRange PORTS = new PortRange(24_100, 24_199);
    static final Surroundings EMPTY =
            new Surroundings(nodes(), KadaluInfo.ABSENT, Map.of(), Map.of(), Map.of(), List.of(), PORTS);

    private Worlds() {}

    static Map<String, KubeNode> nodes() {
        Map<String, KubeNode> nodes = new TreeMap<>();
        for (int i = 1; i <= 4; i++) {
            nodes.put("n" + i, new KubeNode("n" + i, "host" + i, Optional.of("10.0.0." + i), true));
        }
        return nodes;
    }

    static Surroundings with(PoolSpec... plans) {
        Map<String, PoolSpec> known = new TreeMap<>();
        for (PoolSpec plan : plans) {
            known.put(plan.getName(), plan);
        }
        return new Surroundings(nodes(), KadaluInfo.ABSENT, known, Map.of(), Map.of(), List.of(), PORTS);
    }

    static Surroundings recorded(PoolSpec plan) {
        KadaluInfo info = new KadaluInfo("1", Map.of()).with(plan.getName(), InfoText.of(plan, "kadalu", "1"));
        return new Surroundings(nodes(), info, Map.of(), Map.of(), Map.of(), List.of(), PORTS);
    }

    static Surroundings reporting(Surroundings around, NodeReport... reports) {
        Map<String, NodeReport> known = new TreeMap<>(around.reports());
        for (NodeReport report : reports) {
            known.put(report.node(), report);
        }
        return new Surroundings(
                around.nodes(),
                around.info(),
                around.plans(),
                known,
                around.claims(),
                around.holders(),
                around.ports());
    }

    static NodeReport report(String node, PoolStatus... pools) {
        Map<String, PoolStatus> served = new TreeMap<>();
        for (PoolStatus pool : pools) {
            served.put(pool.getSpec().getName(), pool);
        }
        return new NodeReport(node, NOW, "", served, Map.of());
    }

    /// Ids that tell the order in which they were made.
    static Supplier<UUID> ids() {
        AtomicLong next = new AtomicLong();
        return () -> new UUID(0, next.incrementAndGet());
    }

    static PoolSpec accepted(Verdict verdict) {
        return ((Verdict.Accepted) verdict).plan();
    }
}
