package io.sagara.operator.crd;

import io.sagara.api.v1.PoolSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The status of a KadaluStorage.
///
/// `message`: for people; empty where all is well. `usage`: numbers, which change all the time. `plan`: what
/// every node's agent serves. `removing`: whether they are to let go of it.
public record PoolState(
        Phase phase,
        String message,
        List<Condition> conditions,
        Usage usage,
        List<BrickState> bricks,
        NodeCount nodes,
        Optional<PoolSpec> plan,
        boolean removing) {
    /// Bytes as a client sees them, `promised`: the sum of the sizes of the pool's volumes.
    public record Usage(long total, long used, long promised, long volumes) {
        /// Nothing is known.
        public static final Usage NONE = new Usage(0, 0, 0, 0);
    }

    /// One brick as its node reports it. `state`: as in the agent's API, or UNKNOWN.
    public record BrickState(
            int index,
            String node,
            String source,
            String address,
            int port,
            String state,
            String detail,
            long pid,
            long restarts) {}

    /// On how many nodes it can be used, of how many that report.
    public record NodeCount(int ready, int all) {}

    /// Copies the lists.
    public PoolState {
        conditions = List.copyOf(conditions);
        bricks = List.copyOf(bricks);
    }

    /// The condition of a type.
    public Optional<Condition> condition(String type) {
        return conditions.stream()
                .filter(condition -> condition.type().equals(type))
                .findFirst();
    }

    /// The same, where conditions that held before keep the time since when they do.
    public PoolState after(PoolState before) {
        List<Condition> kept = conditions.stream()
                .map(now -> before.condition(now.type()).map(now::after).orElse(now))
                .toList();
        return new PoolState(phase, message, kept, usage, bricks, nodes, plan, removing);
    }

    /// The same without numbers that change all the time.
    public PoolState withUsage(Usage other) {
        return new PoolState(phase, message, conditions, other, bricks, nodes, plan, removing);
    }

    /// As it is written, for the object of that generation.
    public Map<String, Object> tree(long generation) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("observedGeneration", generation);
        tree.put("phase", phase.word());
        tree.put("message", message);
        tree.put(
                "conditions",
                conditions.stream().map(condition -> condition.tree(generation)).toList());
        plan.ifPresent(spec -> {
            tree.put("volumeId", spec.getId());
            tree.put("plan", Json.tree(spec));
        });
        Map<String, Object> capacity = new LinkedHashMap<>();
        capacity.put("totalBytes", usage.total());
        capacity.put("usedBytes", usage.used());
        capacity.put("promisedBytes", usage.promised());
        tree.put("capacity", capacity);
        tree.put("volumes", usage.volumes());
        tree.put("bricks", bricks.stream().map(PoolState::tree).toList());
        tree.put("nodes", Map.of("ready", (long) nodes.ready(), "total", (long) nodes.all()));
        if (removing) {
            tree.put("removing", true);
        }
        return tree;
    }

    private static Map<String, Object> tree(BrickState brick) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("index", (long) brick.index());
        tree.put("node", brick.node());
        tree.put("source", brick.source());
        tree.put("address", brick.address());
        tree.put("port", (long) brick.port());
        tree.put("state", brick.state());
        tree.put("detail", brick.detail());
        tree.put("pid", brick.pid());
        tree.put("restarts", brick.restarts());
        return tree;
    }

    static PoolState of(Map<String, ?> tree) {
        Map<?, ?> capacity = Tree.map(tree, "capacity");
        Map<?, ?> nodes = Tree.map(tree, "nodes");
        List<BrickState> bricks = new ArrayList<>();
        Tree.maps(tree, "bricks").forEach(brick -> bricks.add(brick(brick)));
        return new PoolState(
                Phase.of(Tree.text(tree, "phase")),
                Tree.text(tree, "message"),
                Tree.maps(tree, "conditions").stream().map(Condition::of).toList(),
                new Usage(
                        Tree.number(capacity, "totalBytes"),
                        Tree.number(capacity, "usedBytes"),
                        Tree.number(capacity, "promisedBytes"),
                        Tree.number(tree, "volumes")),
                bricks,
                new NodeCount((int) Tree.number(nodes, "ready"), (int) Tree.number(nodes, "total")),
                Optional.empty(),
                Tree.flag(tree, "removing"));
    }

    private static BrickState brick(Map<?, ?> tree) {
        return new BrickState(
                (int) Tree.number(tree, "index"),
                Tree.text(tree, "node"),
                Tree.text(tree, "source"),
                Tree.text(tree, "address"),
                (int) Tree.number(tree, "port"),
                Tree.text(tree, "state"),
                Tree.text(tree, "detail"),
                Tree.number(tree, "pid"),
                Tree.number(tree, "restarts"));
    }
}
