package io.sagara.operator.plan;

import io.sagara.api.v1.PoolSpec;
import io.sagara.operator.crd.KadaluInfo;
import io.sagara.operator.crd.NodeReport;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What a decision about a pool depends on beside its own description.
///
/// `nodes`: by name. `info`: the record, in the version that the decision is made from. `plans`: of all
/// pools, as their status has them. `reports`: of nodes that exist, by node. `claims`: those there are in our
/// namespace, by name. `holders`: the pods that hold them for pools.
public record Surroundings(
        Map<String, KubeNode> nodes,
        KadaluInfo info,
        Map<String, PoolSpec> plans,
        Map<String, NodeReport> reports,
        Map<String, Claim> claims,
        List<HolderPod> holders,
        PortRange ports) {
    /// Copies the maps.
    public Surroundings {
        nodes = new TreeMap<>(nodes);
        plans = new TreeMap<>(plans);
        reports = new TreeMap<>(reports);
        claims = Map.copyOf(claims);
        holders = List.copyOf(holders);
    }

    /// The pod that holds a claim for a pool.
    Optional<HolderPod> holder(String pool, String claim) {
        return holders.stream()
                .filter(pod -> pod.pool().equals(pool) && pod.claim().equals(claim))
                .findFirst();
    }

    /// Whether there is such a claim, and bricks can be on it.
    boolean servable(String claim) {
        return Optional.ofNullable(claims.get(claim))
                .filter(found -> !found.block())
                .isPresent();
    }

    /// The node that a user calls so: by its name, or else by its host name where that is one node's only.
    Optional<KubeNode> node(String called) {
        KubeNode named = nodes.get(called);
        if (named != null) {
            return Optional.of(named);
        }
        List<KubeNode> hosts = nodes.values().stream()
                .filter(node -> node.hostname().equals(called))
                .toList();
        return hosts.size() == 1 ? Optional.of(hosts.getFirst()) : Optional.empty();
    }

    /// Plans of other pools, from either record: what was decided but not yet written everywhere counts.
    Collection<PoolSpec> others(String pool) {
        Collection<PoolSpec> others = new ArrayList<>();
        plans.forEach((name, plan) -> {
            if (!name.equals(pool)) {
                others.add(plan);
            }
        });
        info.entries().forEach((name, entry) -> {
            if (!name.equals(pool) && !entry.plan().equals(plans.get(name))) {
                others.add(entry.plan());
            }
        });
        return others;
    }
}
