package io.sagara.operator.kube;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.dsl.NonDeletingOperation;
import io.sagara.operator.crd.KadaluInfo;
import io.sagara.operator.crd.NodeReport;
import io.sagara.operator.crd.PoolResource;
import io.sagara.operator.node.Objects;
import java.util.List;
import java.util.Optional;

/// What a node's instance reads and writes.
public final class NodeObjects implements Objects, AutoCloseable {
    private final ApiServer api;
    private final PoolObjects pools;
    private final Watch<GenericKubernetesResource> watch;

    /// `changed`: called after each change of a pool; any thread.
    public NodeObjects(ApiServer api, Runnable changed) {
        this.api = api;
        pools = new PoolObjects(api);
        watch = new Watch<>("KadaluStorage", pools.all(), changed);
    }

    @Override
    public boolean known() {
        return watch.known();
    }

    @Override
    public List<PoolResource> pools() {
        return watch.all().stream().map(PoolObjects::resource).toList();
    }

    @Override
    public boolean gone(String pool) {
        ConfigMap info = ApiServer.call(
                "read ConfigMap " + KadaluInfo.NAME,
                () -> api.client()
                        .configMaps()
                        .inNamespace(api.namespace())
                        .withName(KadaluInfo.NAME)
                        .get());
        return info != null
                && InfoMap.of(info).entry(pool).isEmpty()
                && pools.now(pool).isEmpty();
    }

    @Override
    public void report(NodeReport report) {
        ConfigMapBuilder map = new ConfigMapBuilder()
                .withNewMetadata()
                .withName(NodeReport.PREFIX + report.node())
                .withNamespace(api.namespace())
                .addToLabels(Labels.MANAGED_BY, Labels.SAGARA)
                .addToLabels(Labels.REPORT, "true")
                .endMetadata()
                .withData(report.data());
        // so that it goes with the node
        node(report.node())
                .ifPresent(node -> map.editMetadata()
                        .addNewOwnerReference()
                        .withApiVersion("v1")
                        .withKind("Node")
                        .withName(node.getMetadata().getName())
                        .withUid(node.getMetadata().getUid())
                        .endOwnerReference()
                        .endMetadata());
        var _ = ApiServer.call(
                "write the report of node " + report.node(),
                () -> api.client()
                        .configMaps()
                        .inNamespace(api.namespace())
                        .resource(map.build())
                        .createOr(NonDeletingOperation::update));
    }

    private Optional<Node> node(String name) {
        return Optional.ofNullable(ApiServer.call(
                "read node " + name, () -> api.client().nodes().withName(name).get()));
    }

    @Override
    public void close() {
        watch.close();
    }
}
