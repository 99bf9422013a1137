package io.sagara.operator.kube;

import com.google.protobuf.ByteString;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.dsl.NonDeletingOperation;
import io.sagara.api.v1.TlsMaterial;
import io.sagara.operator.crd.KadaluInfo;
import io.sagara.operator.crd.NodeReport;
import io.sagara.operator.crd.PoolResource;
import io.sagara.operator.node.Objects;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
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
    public TlsMaterial secret(String name) {
        Secret secret = ApiServer.call(
                "read Secret " + name,
                () -> api.client()
                        .secrets()
                        .inNamespace(api.namespace())
                        .withName(name)
                        .get());
        if (secret == null) {
            throw new StorageException(
                    Problem.NOT_FOUND,
                    "there is no Secret " + name + " in namespace " + api.namespace()
                            + "; make it with ca.crt, tls.crt and tls.key");
        }
        return TlsMaterial.newBuilder()
                .setCa(part(secret, "ca.crt"))
                .setCertificate(part(secret, "tls.crt"))
                .setKey(part(secret, "tls.key"))
                .build();
    }

    private static ByteString part(Secret secret, String key) {
        String text = Optional.ofNullable(secret.getData()).orElse(Map.of()).get(key);
        try {
            if (text != null) {
                return ByteString.copyFrom(Base64.getDecoder().decode(text));
            }
        } catch (IllegalArgumentException e) {
            throw new StorageException(
                    Problem.INVALID_ARGUMENT,
                    key + " of Secret " + secret.getMetadata().getName() + " is no base64; make the Secret anew",
                    e);
        }
        throw new StorageException(
                Problem.INVALID_ARGUMENT,
                "Secret " + secret.getMetadata().getName() + " has no " + key
                        + "; it needs ca.crt, tls.crt and tls.key, as cert-manager makes it");
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
