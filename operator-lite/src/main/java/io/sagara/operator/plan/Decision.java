package io.sagara.operator.plan;

import io.sagara.api.v1.BrickSpec;
import io.sagara.api.v1.LayoutType;
import io.sagara.api.v1.PoolSpec;
import io.sagara.api.v1.PoolStatus;
import io.sagara.api.v1.Tiebreaker;
import io.sagara.operator.crd.InfoEntry;
import io.sagara.operator.crd.NodeReport;
import io.sagara.operator.crd.PoolResource;
import io.sagara.resource.Checked;
import io.sagara.resource.Finding;
import io.sagara.resource.Nodes;
import io.sagara.resource.StorageCheck;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
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
        return present.map(plan -> keep(plan, fresh, around)).orElse(fresh);
    }

    /// A plan that stays as it is, but for bricks on claims, which come and go with the pods that hold them.
    public PoolSpec settled(PoolSpec plan, Surroundings around) {
        Ports ports = new Ports(around.ports(), around.others(plan.getName()));
        ports.keep(plan);
        PoolSpec.Builder settled = plan.toBuilder();
        for (int i = 0; i < plan.getBricksCount(); i++) {
            BrickSpec was = plan.getBricks(i);
            BrickSpec asked = was.toBuilder().clearNode().build();
            if (ClaimBrick.is(was)
                    && brick(plan.getName(), i, asked, Optional.of(was), around, ports) instanceof Placed.At(var now)) {
                settled.setBricks(i, now);
            }
        }
        return settled.build();
    }

    private Verdict keep(PoolSpec plan, Verdict fresh, Surroundings around) {
        return switch (fresh) {
            case Verdict.Rejected(String reason, String message) ->
                new Verdict.Kept(settled(plan, around), reason, message);
            case Verdict.Waiting(String reason, String message) ->
                new Verdict.Kept(settled(plan, around), reason, message);
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
        present.ifPresent(ports::keep);
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
            switch (brick(asked.getName(), i, asked.getBricks(i), was, around, ports)) {
                case Placed.At(BrickSpec brick) -> plan.addBricks(brick);
                case Placed.Nowhere(String reason, String message) -> {
                    return new Verdict.Waiting(reason, message);
                }
            }
        }
        if (asked.hasTiebreaker()) {
            switch (tiebreaker(asked.getTiebreaker(), present, around, ports)) {
                case PlacedThird.At(Tiebreaker third) -> plan.setTiebreaker(third);
                case PlacedThird.Nowhere(String reason, String message) -> {
                    return new Verdict.Waiting(reason, message);
                }
            }
        }
        return new Verdict.Accepted(plan.build());
    }

    /// On a node of the cluster its agent runs it; anything else is the address of somebody else's. That is
    /// decided once: a node may be away later.
    private static PlacedThird tiebreaker(
            Tiebreaker asked, Optional<PoolSpec> present, Surroundings around, Ports ports) {
        Optional<Tiebreaker> was = present.filter(PoolSpec::hasTiebreaker).map(PoolSpec::getTiebreaker);
        Optional<KubeNode> node = around.node(asked.getNode());
        boolean served = was.map(Tiebreaker::getServed).orElse(node.isPresent());
        if (!served) {
            return new PlacedThird.At(asked);
        }
        Optional<String> address = node.flatMap(KubeNode::address)
                .or(() -> was.map(Tiebreaker::getAddress).filter(before -> !before.isEmpty()));
        if (address.isEmpty()) {
            return new PlacedThird.Nowhere(
                    "NoAddress", "tiebreaker: node " + asked.getNode() + " has no InternalIP yet");
        }
        int port = was.map(Tiebreaker::getPort)
                .filter(before -> before > 0)
                .orElseGet(() -> asked.getPort() > 0
                        ? asked.getPort()
                        : ports.take(asked.getNode()).orElse(0));
        if (port == 0) {
            return new PlacedThird.Nowhere(
                    "NoPort",
                    "tiebreaker: every port from " + around.ports() + " has a brick on node " + asked.getNode()
                            + "; set SAGARA_PORTS to a larger range");
        }
        return new PlacedThird.At(asked.toBuilder()
                .setServed(true)
                .setAddress(address.get())
                .setPort(port)
                .build());
    }

    private Placed brick(
            String pool, int index, BrickSpec asked, Optional<BrickSpec> was, Surroundings around, Ports ports) {
        BrickSpec.Builder brick = asked.toBuilder();
        brick.setNodeId(was.map(BrickSpec::getNodeId)
                .filter(id -> !id.isEmpty())
                .orElseGet(() -> newId.get().toString()));
        if (ClaimBrick.is(asked)) {
            if (!asked.getNode().isEmpty() && around.node(asked.getNode()).isEmpty()) {
                return Placed.noNode(index, asked, false, around);
            }
            Optional<BrickSpec> moved = ClaimBrick.moved(pool, index, asked, was, around);
            if (moved.isEmpty()) {
                return Placed.noHolder(pool, index, asked, around);
            }
            brick = moved.get().toBuilder().setNodeId(brick.getNodeId());
        }
        String home = brick.getNode();
        if (home.isEmpty() && was.isPresent()) {
            // on no node: clients go on knocking where it was
            return new Placed.At(brick.setAddress(was.get().getAddress())
                    .setPort(was.get().getPort())
                    .build());
        }
        Optional<KubeNode> node = around.node(home);
        // a node that is away, or that says no address, is where it was
        Optional<String> address = node.flatMap(KubeNode::address)
                .or(() -> was.filter(before -> before.getNode().equals(home))
                        .map(BrickSpec::getAddress)
                        .filter(before -> !before.isEmpty()));
        if (address.isEmpty()) {
            return Placed.noNode(index, asked, node.isPresent(), around);
        }
        brick.setAddress(address.get());
        int port = was.filter(before -> before.getPort() > 0 && ports.isOf(before, home))
                .map(BrickSpec::getPort)
                .orElseGet(() -> ports.take(home).orElse(0));
        if (port == 0) {
            return new Placed.Nowhere(
                    "NoPort",
                    "storage[" + index + "]: every port from " + around.ports() + " has a brick on node " + home
                            + "; set SAGARA_PORTS to a larger range");
        }
        return new Placed.At(brick.setPort(port).build());
    }

    /// The claims that a pool needs pods for: those of its description, and those that it is served with. None
    /// are new where the description is wrong.
    public List<HolderWish> wishes(PoolResource pool, Optional<PoolSpec> plan, Surroundings around) {
        Map<String, HolderWish> wishes = new TreeMap<>();
        plan.ifPresent(spec -> spec.getBricksList().stream()
                .filter(ClaimBrick::is)
                .forEach(brick -> wishes.put(brick.getSource(), new HolderWish(pool.name(), brick.getSource(), ""))));
        if (StorageCheck.check(pool.document(), new Nodes.Any()) instanceof Checked.Pools(var pools, var _)) {
            named(pools.getFirst(), around).getBricksList().stream()
                    .filter(ClaimBrick::is)
                    .forEach(brick -> wishes.put(
                            brick.getSource(), new HolderWish(pool.name(), brick.getSource(), brick.getNode())));
        }
        return List.copyOf(wishes.values());
    }
}
