package io.sagara.operator.kube;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.sagara.operator.crd.KadaluInfo;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.util.Map;

/// The ConfigMap `kadalu-info` of the API server.
final class InfoMap {
    private InfoMap() {}

    static KadaluInfo of(ConfigMap map) {
        Map<String, String> data = map.getData();
        return new KadaluInfo(map.getMetadata().getResourceVersion(), data == null ? Map.of() : data);
    }

    /// Writes it where it is still of that version, or still absent.
    static void write(KubernetesClient client, String namespace, KadaluInfo info) {
        ConfigMapBuilder map = new ConfigMapBuilder()
                .withNewMetadata()
                .withName(KadaluInfo.NAME)
                .withNamespace(namespace)
                .endMetadata()
                .withData(info.data());
        var objects = client.configMaps().inNamespace(namespace);
        if (info.version().isEmpty()) {
            var _ = ApiServer.call(
                    "make ConfigMap " + KadaluInfo.NAME,
                    () -> objects.resource(map.build()).create());
            return;
        }
        ConfigMap there = ApiServer.call(
                "read ConfigMap " + KadaluInfo.NAME,
                () -> objects.withName(KadaluInfo.NAME).get());
        if (there == null || !there.getMetadata().getResourceVersion().equals(info.version())) {
            throw new StorageException(Problem.BUSY, "ConfigMap " + KadaluInfo.NAME + " has changed meanwhile");
        }
        // with its version, labels and whatever else others put on it
        there.setData(info.data());
        var _ = ApiServer.call(
                "write ConfigMap " + KadaluInfo.NAME,
                () -> objects.resource(there).update());
    }
}
