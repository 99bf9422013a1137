package io.sagara.operator.plan;

import io.sagara.api.v1.BrickSpec;
import io.sagara.api.v1.LayoutType;
import io.sagara.api.v1.PoolSpec;
import io.sagara.api.v1.PoolStatus;
import io.sagara.operator.crd.InfoEntry;
import io.sagara.operator.crd.NodeReport;
import io.sagara.operator.crd.PoolResource;
import io.sagara.resource.Checked;
import io.sagara.resource.Finding;
import io.sagara.resource.Nodes;
import io.sagara.resource.StorageCheck;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// Judges a pool's description and completes it. What was assigned once is never assigned anew: it comes from
/// the pool's status, or from `kadalu-info` where the status was lost.
public final class Decision {
    private final Supplier<UUID> newId;

    /// `newId`: makes ids that were never used.
    public Decision(Supplier<UUID> newId) {
        this.newId = newId;
    }

    /// What is to become of the pool.
    public Verdict of(PoolResource pool, Surroundings around) {
        Optional<InfoEntry> recorded = around.info().entry(pool.name());
        Optional<PoolSpec> present =
                pool.plan().or(() -> recorded.filter(InfoEntry::ours).map(InfoEntry::plan));
        Verdict fresh = judge(pool, present, recorded, around);
        return present.map(plan -> keep(plan, fresh)).orElse(fresh);
    }

    private static Verdict keep(PoolSpec plan, Verdict fresh) {
        return switch (fresh) {
            case Verdict.Rejected(String reason, String message) -> new Verdict.Kept(plan, reason, message);
            case Verdict.Waiting(String reason, String message) -> new Verdict.Kept(plan, reason, message);
            case Verdict.Accepted _, Verdict.Kept _ -> fresh;
        };
    }

    private Verdict judge(
            PoolResource pool, Optional<PoolSpec> present, Optional<InfoEntry> recorded, Surroundings around) {
        return switch (StorageCheck.check(pool.document(), new Nodes.Any())) {
            case Checked.Refused(List<Finding> findings) ->
                new Verdict.Rejected(
                        "Invalid",
                        findings.stream()
                                .map(finding -> said(pool.name(), finding))
                                .distinct()
                                .collect(Collectors.joining("; ")));
            case Checked.Pools(List<PoolSpec> pools, List<Finding> _) -> {
                if (present.isEmpty() && recorded.isPresent() && !recorded.get().ours()) {
                    yield new Verdict.Waiting(
                            "KadaluPool",
                            "kadalu-info has an entry of this name that Sagara did not write: its bricks may be served"
                                    + " by Kadalu; stop Kadalu and adopt the pool, or remove the entry"
                                    + " if the pool is no more");
                }
                PoolSpec asked = named(pools.getFirst(), around);
                Optional<String> left = present.isEmpty() ? leftover(asked, around) : Optional.empty();
                yield left.<Verdict>map(message -> new Verdict.Rejected("VolumeIdNeeded", message))
                        .orElseGet(() -> placed(asked, present, around));
            }
        };
    }

    /// Where all records are lost, or a node comes back that missed a deletion, an agent may still serve a
    /// pool of this name. Its data may be taken over, but not by accident.
    private static Optional<String> leftover(PoolSpec asked, Surroundings around) {
        for (NodeReport report : around.reports().values()) {
            PoolStatus left = report.pools().get(asked.getName());
            if (left != null && !left.getSpec().getId().equals(asked.getId())) {
                return Optional.of("node " + report.node() + " still serves a pool of this name; to take its data over"
                        + " set 'volume_id: " + left.getSpec().getId() + "', or give this pool another name");
            }
        }
        return Optional.empty();
    }

    /// The finding without its line, which is one of a text that the user never saw.
    private static String said(String pool, Finding finding) {
        String where = finding.where().replace("pool " + pool + ": ", "");
        return where.isEmpty() ? finding.message() : where + ": " + finding.message();
    }

    /// With nodes called by their names.
    private static PoolSpec named(PoolSpec asked, Surroundings around) {
        PoolSpec.Builder pool = asked.toBuilder();
        pool.getBricksBuilderList()
                .forEach(brick ->
                        around.node(brick.getNode()).map(KubeNode::name).ifPresent(brick::setNode));
        if (pool.hasTiebreaker()) {
            around.node(pool.getTiebreaker().getNode())
                    .map(KubeNode::name)
                    .ifPresent(pool.getTiebreakerBuilder()::setNode);
        }
        return pool.build();
    }

    private Verdict placed(PoolSpec asked, Optional<PoolSpec> present, Surroundings around) {
        List<String> refusals = present.map(was -> Edit.refusals(
                        was, asked, around.reports(), around.nodes().size() == 1))
                .orElse(List.of());
        if (!refusals.isEmpty()) {
            return new Verdict.Rejected("EditRefused", String.join("; ", refusals));
        }
        Optional<String> clash = Clash.with(asked, around.others(asked.getName()));
        if (clash.isPresent()) {
            return new Verdict.Rejected("Conflict", clash.get());
        }
        PoolSpec.Builder plan = asked.toBuilder();
        if (asked.getId().isEmpty()) {
            plan.setId(present.map(PoolSpec::getId).orElseGet(() -> newId.get().toString()));
        }
        Ports ports = new Ports(around.ports(), around.others(asked.getName()));
        present.ifPresent(was -> was.getBricksList().forEach(ports::keep));
        if (asked.getLayout() != LayoutType.EXTERNAL) {
            around.nodes().values().stream()
                    .flatMap(node -> node.address().stream())
                    .sorted()
                    .forEach(plan::addClients);
        }
        plan.clearBricks();
        for (int i = 0; i < asked.getBricksCount(); i++) {
            int index = i;
            Optional<BrickSpec> was =
                    present.filter(spec -> index < spec.getBricksCount()).map(spec -> spec.getBricks(index));
            switch (brick(i, asked.getBricks(i), was, around, ports)) {
                case Placed.At(BrickSpec brick) -> plan.addBricks(brick);
                case Placed.Nowhere(String reason, String message) -> {
                    return new Verdict.Waiting(reason, message);
                }
            }
        }
        return new Verdict.Accepted(plan.build());
    }

    private Placed brick(int index, BrickSpec asked, Optional<BrickSpec> was, Surroundings around, Ports ports) {
        BrickSpec.Builder brick = asked.toBuilder();
        brick.setNodeId(was.map(BrickSpec::getNodeId)
                .filter(id -> !id.isEmpty())
                .orElseGet(() -> newId.get().toString()));
        Optional<KubeNode> node = around.node(asked.getNode());
        // a node that is away, or that says no address, is where it was
        Optional<String> address = node.flatMap(KubeNode::address)
                .or(() -> was.map(BrickSpec::getAddress).filter(before -> !before.isEmpty()));
        if (address.isEmpty()) {
            return Placed.noNode(index, asked, node.isPresent(), around);
        }
        brick.setAddress(address.get());
        int port = was.map(BrickSpec::getPort)
                .filter(before -> before > 0)
                .orElseGet(() -> ports.take(asked.getNode()).orElse(0));
        if (port == 0) {
            return new Placed.Nowhere(
                    "NoPort",
                    "storage[" + index + "]: every port from " + around.ports() + " has a brick on node "
                            + asked.getNode() + "; set SAGARA_PORTS to a larger range");
        }
        return new Placed.At(brick.setPort(port).build());
    }
}
