package io.sagara.operator.plan;

import io.sagara.api.v1.BrickSpec;
import io.sagara.api.v1.PoolSpec;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;

/// The ports that bricks have, node by node.
final class Ports {
    private final PortRange range;
    private final Map<String, Set<Integer>> taken = new HashMap<>();

    /// Those of `plans` are taken, also where they are outside of the range, which may have been another
    /// once.
    Ports(PortRange range, Collection<PoolSpec> plans) {
        this.range = range;
        plans.forEach(this::keep);
    }

    void keep(PoolSpec plan) {
        for (BrickSpec brick : plan.getBricksList()) {
            keep(brick.getNode(), brick.getPort());
        }
        if (plan.getTiebreaker().getServed()) {
            keep(plan.getTiebreaker().getNode(), plan.getTiebreaker().getPort());
        }
    }

    private void keep(String node, int port) {
        if (port > 0) {
            on(node).add(port);
        }
    }

    boolean isTaken(String node, int port) {
        return on(node).contains(port);
    }

    /// The lowest port of the range that no brick of the node has.
    OptionalInt take(String node) {
        OptionalInt free = IntStream.rangeClosed(range.first(), range.last())
                .filter(port -> !isTaken(node, port))
                .findFirst();
        free.ifPresent(on(node)::add);
        return free;
    }

    private Set<Integer> on(String node) {
        return taken.computeIfAbsent(node, _ -> new HashSet<>());
    }
}
