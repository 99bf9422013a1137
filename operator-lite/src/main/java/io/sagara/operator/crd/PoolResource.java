package io.sagara.operator.crd;

import io.sagara.api.v1.PoolSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A KadaluStorage object of the API server.
///
/// `version`: its resourceVersion, which every write of ours names, so that none undoes another. `deleting`:
/// whether its deletion was asked for. `document`: name and spec as JSON, as a user would have written it.
/// `status`: the tree that is there now; empty where there is none.
public record PoolResource(
        String name,
        String uid,
        String version,
        long generation,
        boolean deleting,
        List<String> finalizers,
        String document,
        Map<String, Object> status) {
    /// Keeps an object until its pool is no longer served anywhere.
    public static final String FINALIZER = "sagara.io/pool";

    /// Copies the lists.
    public PoolResource {
        finalizers = List.copyOf(finalizers);
        status = Map.copyOf(status);
    }

    /// The object of a tree as the API server sends it.
    public static PoolResource of(Map<String, Object> tree) {
        Map<?, ?> metadata = Tree.map(tree, "metadata");
        String name = Tree.text(metadata, "name");
        Map<String, Object> document = Map.of(
                "apiVersion",
                Tree.text(tree, "apiVersion"),
                "kind",
                Tree.text(tree, "kind"),
                "metadata",
                Map.of("name", name),
                "spec",
                Tree.map(tree, "spec"));
        Map<String, Object> status = new LinkedHashMap<>();
        Tree.map(tree, "status").forEach((key, value) -> {
            if (value != null) {
                status.put(String.valueOf(key), value);
            }
        });
        return new PoolResource(
                name,
                Tree.text(metadata, "uid"),
                Tree.text(metadata, "resourceVersion"),
                Tree.number(metadata, "generation"),
                !Tree.text(metadata, "deletionTimestamp").isEmpty(),
                Tree.texts(metadata, "finalizers"),
                Json.text(document),
                status);
    }

    /// What every node's agent is to serve; empty where nothing was decided yet, or where someone damaged it.
    public Optional<PoolSpec> plan() {
        Map<?, ?> plan = Tree.map(status, "plan");
        PoolSpec.Builder spec = PoolSpec.newBuilder();
        boolean readable = Tree.text(plan, "name").equals(name) && Json.read(Json.text(named(plan)), spec);
        return readable ? Optional.of(spec.build()) : Optional.empty();
    }

    /// What its pods tolerate, as the user wrote it.
    public List<Map<String, String>> tolerations() {
        Map<?, ?> spec = Tree.map(Json.tree(document).orElse(Map.of()), "spec");
        return Tree.maps(spec, "tolerations").stream().map(PoolResource::texts).toList();
    }

    private static Map<String, String> texts(Map<?, ?> tree) {
        Map<String, String> texts = new LinkedHashMap<>();
        named(tree).forEach((key, value) -> texts.put(key, String.valueOf(value)));
        return texts;
    }

    /// Whether every node's agent is to let go of it.
    public boolean removing() {
        return deleting && Tree.flag(status, "removing");
    }

    /// Whether it waits for us before it goes.
    public boolean held() {
        return finalizers.contains(FINALIZER);
    }

    /// What its status says.
    public PoolState state() {
        return PoolState.of(status);
    }

    private static Map<String, Object> named(Map<?, ?> tree) {
        Map<String, Object> copy = new LinkedHashMap<>();
        tree.forEach((key, value) -> {
            if (value != null) {
                copy.put(String.valueOf(key), value);
            }
        });
        return copy;
    }
}
