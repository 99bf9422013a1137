package io.sagara.operator.kube;

import io.fabric8.kubernetes.api.model.Node;
import io.sagara.operator.plan.KubeNode;
import java.util.Map;
import java.util.Optional;

/// Nodes as the API server has them.
final class KubeNodes {
    private KubeNodes() {}

    static KubeNode of(Node node) {
        String name = node.getMetadata().getName();
        Map<String, String> labels = node.getMetadata().getLabels();
        Optional<Node> told = Optional.of(node).filter(known -> known.getStatus() != null);
        Optional<String> address = told.stream()
                .flatMap(known -> known.getStatus().getAddresses().stream())
                .filter(known -> known.getType().equals("InternalIP"))
                .map(known -> known.getAddress())
                .findFirst();
        boolean ready = told.stream()
                .flatMap(known -> known.getStatus().getConditions().stream())
                .anyMatch(condition -> condition.getType().equals("Ready")
                        && condition.getStatus().equals("True"));
        String hostname = labels == null ? name : labels.getOrDefault("kubernetes.io/hostname", name);
        return new KubeNode(name, hostname, address, ready);
    }
}
