package io.sagara.operator.crd;

import io.sagara.api.v1.BrickStatus;
import io.sagara.api.v1.PoolStatus;
import io.sagara.spi.StorageUnit;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/// What a node's instance says of its agent and the pools there, in a ConfigMap of its own, so that a cluster
/// of many nodes does not fight over one object.
///
/// `renewed`: when it was written last. `trouble`: why the agent cannot be asked; empty where it can.
/// `pools`: as the agent serves them, without what a plan says already. `failures`: what the agent said to
/// the last request about a pool, where it refused it.
public record NodeReport(
        String node, Instant renewed, String trouble, Map<String, PoolStatus> pools, Map<String, String> failures) {
    /// In front of the node's name in the ConfigMap's.
    public static final String PREFIX = "sagara-node-";

    private static final String STATUS = ".status";
    private static final String FAILURE = ".failure";

    /// Copies the maps and drops from the pools what every node would say.
    public NodeReport {
        Map<String, PoolStatus> own = new TreeMap<>();
        pools.forEach((name, pool) -> own.put(name, own(pool)));
        pools = own;
        failures = new TreeMap<>(failures);
    }

    private static PoolStatus own(PoolStatus pool) {
        PoolStatus.Builder own = pool.toBuilder().clearBricks().clearSpec();
        own.getSpecBuilder()
                .setName(pool.getSpec().getName())
                .setId(pool.getSpec().getId());
        for (BrickStatus brick : pool.getBricksList()) {
            own.addBricks(brick.getLocal() ? brick : elsewhere(brick));
        }
        return own.build();
    }

    /// Of a unit that moves, that and after which holder this node does not have it.
    private static BrickStatus elsewhere(BrickStatus brick) {
        BrickStatus.Builder status = BrickStatus.newBuilder().setIndex(brick.getIndex());
        if (brick.containsUnitOptions(StorageUnit.HOLDER)) {
            status.putAllUnitOptions(brick.getUnitOptionsMap());
        }
        return status.build();
    }

    /// Whether the two say the same about pools, apart from how full they are.
    public boolean agrees(NodeReport other) {
        return node.equals(other.node)
                && trouble.equals(other.trouble)
                && failures.equals(other.failures)
                && still().equals(other.still());
    }

    private Map<String, PoolStatus> still() {
        Map<String, PoolStatus> still = new TreeMap<>();
        pools.forEach((name, pool) -> {
            PoolStatus.Builder without = pool.toBuilder()
                    .clearTotalBytes()
                    .clearUsedBytes()
                    .clearPromisedBytes()
                    .clearVolumes();
            without.getBricksBuilderList()
                    .forEach(brick -> brick.clearFreeBytes().clearTotalBytes());
            still.put(name, without.build());
        });
        return still;
    }

    /// The data of the ConfigMap.
    public Map<String, String> data() {
        Map<String, String> data = new TreeMap<>();
        data.put("renewed", renewed.toString());
        data.put("trouble", trouble);
        pools.forEach((name, pool) -> data.put(name + STATUS, Json.text(pool)));
        failures.forEach((name, text) -> data.put(name + FAILURE, text));
        return data;
    }

    /// What the data of a ConfigMap says about `node`; what cannot be read is left out.
    public static NodeReport of(String node, Map<String, String> data) {
        Map<String, PoolStatus> pools = new TreeMap<>();
        Map<String, String> failures = new TreeMap<>();
        data.forEach((key, value) -> {
            PoolStatus.Builder pool = PoolStatus.newBuilder();
            if (key.endsWith(STATUS) && Json.read(value, pool)) {
                pools.put(key.substring(0, key.length() - STATUS.length()), pool.build());
            } else if (key.endsWith(FAILURE)) {
                failures.put(key.substring(0, key.length() - FAILURE.length()), value);
            }
        });
        return new NodeReport(
                node, instant(data.getOrDefault("renewed", "")), data.getOrDefault("trouble", ""), pools, failures);
    }

    private static Instant instant(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            return Instant.EPOCH;
        }
    }
}
