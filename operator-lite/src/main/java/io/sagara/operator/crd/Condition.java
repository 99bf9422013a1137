package io.sagara.operator.crd;

import java.util.LinkedHashMap;
import java.util.Map;

/// One condition of a status, as Kubernetes has them.
///
/// `type`: Accepted, Ready, Warning or Deleted. `reason`: one word in camel case. `message`: for people. `since`:
/// when `holds` last changed, RFC 3339.
public record Condition(String type, boolean holds, String reason, String message, String since) {
    /// The same condition as `before` where only its words differ: it holds, or does not, since then.
    Condition after(Condition before) {
        return holds == before.holds ? new Condition(type, holds, reason, message, before.since) : this;
    }

    Map<String, Object> tree(long generation) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("type", type);
        tree.put("status", holds ? "True" : "False");
        tree.put("reason", reason);
        tree.put("message", message);
        tree.put("observedGeneration", generation);
        tree.put("lastTransitionTime", since);
        return tree;
    }

    static Condition of(Map<?, ?> tree) {
        return new Condition(
                Tree.text(tree, "type"),
                Tree.text(tree, "status").equals("True"),
                Tree.text(tree, "reason"),
                Tree.text(tree, "message"),
                Tree.text(tree, "lastTransitionTime"));
    }
}
