package io.sagara.operator.plan;

import io.sagara.api.v1.BrickSpec;
import io.sagara.api.v1.PoolSpec;
import io.sagara.operator.crd.NodeReport;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// How far the deletion of a pool is. Data is never erased by it.
public sealed interface Removal {
    /// Volumes of it exist: it goes on being served.
    record Refused(String message) implements Removal {}

    /// Nothing needs it any more: nodes may let go of it.
    record Allowed() implements Removal {}

    /// Some nodes still have it, or may have it.
    record Underway(String message) implements Removal {}

    /// No node has it any more.
    record Done() implements Removal {}

    /// How many volumes a message names.
    int NAMED = 10;

    /// Whether the pool may go. `volumes`: the names of those that are, or may be, in it.
    static Removal begin(List<String> volumes) {
        if (volumes.isEmpty()) {
            return new Allowed();
        }
        String named = volumes.stream().sorted().limit(NAMED).collect(Collectors.joining(", "));
        int more = volumes.size() - NAMED;
        return new Refused("the pool has " + volumes.size()
                + (volumes.size() == 1 ? " PersistentVolume: " : " PersistentVolumes: ") + named
                + (more > 0 ? " and " + more + " more" : "")
                + "; delete their claims (and retained volumes) first, then the pool goes by itself");
    }

    /// What is left to do once nodes were told. A node that left the cluster does not hold it up.
    static Removal progress(String name, Optional<PoolSpec> plan, Surroundings around, Instant now) {
        Set<String> holding = new TreeSet<>();
        around.reports().forEach((node, report) -> {
            if (report.pools().containsKey(name)) {
                holding.add(said(node, name, report, now));
            }
        });
        plan.stream()
                .flatMap(spec -> spec.getBricksList().stream())
                .map(BrickSpec::getNode)
                .filter(around.nodes()::containsKey)
                .filter(node -> !speaks(around.reports().get(node), now))
                .forEach(node -> holding.add("node " + node + " does not report"));
        return holding.isEmpty()
                ? new Done()
                : new Underway("waiting until no node serves it: " + String.join("; ", holding));
    }

    private static boolean speaks(@Nullable NodeReport report, Instant now) {
        return report != null
                && report.trouble().isEmpty()
                && !report.renewed().plus(Health.FRESH).isBefore(now);
    }

    private static String said(String node, String name, NodeReport report, Instant now) {
        String failure = report.failures().getOrDefault(name, "");
        if (!failure.isEmpty()) {
            return "node " + node + ": " + failure;
        }
        return "node " + node + (speaks(report, now) ? " still has it" : " had it when it reported last");
    }
}
