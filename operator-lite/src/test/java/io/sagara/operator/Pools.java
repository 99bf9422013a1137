package io.sagara.operator;

import io.sagara.api.v1.BrickStatus;
import io.sagara.api.v1.PoolPhase;
import io.sagara.api.v1.PoolSpec;
import io.sagara.api.v1.PoolStatus;
import io.sagara.operator.crd.Json;
import io.sagara.operator.crd.PoolResource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// KadaluStorage objects for tests, and what agents say of their pools.
public final class Pools {
    private Pools() {}

    /// A unit as a user writes it: `n1:/data`, or `claim` for a PersistentVolumeClaim on any node.
    public static Map<String, Object> unit(String text) {
        int colon = text.indexOf(':');
        if (colon < 0) {
            return new LinkedHashMap<>(Map.of("pvc", text));
        }
        return new LinkedHashMap<>(Map.of("node", text.substring(0, colon), "path", text.substring(colon + 1)));
    }

    public static Map<String, Object> spec(String type, String... units) {
        Map<String, Object> spec = new LinkedHashMap<>();
        spec.put("type", type);
        List<Object> storage = new ArrayList<>();
        List.of(units).forEach(text -> storage.add(unit(text)));
        spec.put("storage", storage);
        return spec;
    }

    public static PoolResource object(String name, Map<String, Object> spec) {
        return object(name, spec, Map.of(), false);
    }

    public static PoolResource object(
            String name, Map<String, Object> spec, Map<String, Object> status, boolean deleting) {
        Map<String, Object> metadata = new LinkedHashMap<>(Map.of(
                "name",
                name,
                "uid",
                "uid-" + name,
                "resourceVersion",
                "1",
                "generation",
                1,
                "finalizers",
                List.of(PoolResource.FINALIZER)));
        if (deleting) {
            metadata.put("deletionTimestamp", "2026-01-01T00:00:00Z");
        }
        return PoolResource.of(Map.of(
                "apiVersion",
                "kadalu-operator.storage/v1alpha1",
                "kind",
                "KadaluStorage",
                "metadata",
                metadata,
                "spec",
                spec,
                "status",
                status));
    }

    /// The object once that plan was written.
    public static PoolResource planned(String name, Map<String, Object> spec, PoolSpec plan) {
        return object(name, spec, Map.of("plan", Json.tree(plan)), false);
    }

    /// What the agent of `node` says of a pool that it serves as planned.
    public static PoolStatus served(PoolSpec plan, String node) {
        PoolStatus.Builder status = PoolStatus.newBuilder()
                .setSpec(plan)
                .setPhase(PoolPhase.READY)
                .setTotalBytes(1000)
                .setUsedBytes(10);
        for (int i = 0; i < plan.getBricksCount(); i++) {
            boolean local = plan.getBricks(i).getNode().equals(node);
            status.addBricks(BrickStatus.newBuilder()
                    .setIndex(i)
                    .setNode(plan.getBricks(i).getNode())
                    .setSource(plan.getBricks(i).getSource())
                    .setLocal(local)
                    .putAllUnitOptions(plan.getBricks(i).getUnitOptionsMap())
                    .setDirectory(local ? "/d" : "")
                    .setState(local ? "RUNNING" : "")
                    .setPid(local ? 100 + i : 0));
        }
        return status.build();
    }
}
