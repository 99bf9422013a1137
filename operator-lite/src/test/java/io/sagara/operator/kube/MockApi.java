package io.sagara.operator.kube;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.CustomResourceDefinitionContext;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// fabric8's API server in memory, with KadaluStorage. It has no server-side apply, and deletes nothing by
/// owner.
public final class MockApi implements AutoCloseable {
    static final String NAMESPACE = "kadalu";

    final KubernetesMockServer server;
    final KubernetesClient client;
    final ApiServer api;

    public MockApi() {
        CustomResourceDefinitionContext context = new CustomResourceDefinitionContext.Builder()
                .withGroup("kadalu-operator.storage")
                .withVersion("v1alpha1")
                .withPlural("kadalustorages")
                .withKind("KadaluStorage")
                .withScope("Namespaced")
                .withStatusSubresource(true)
                .build();
        server = new KubernetesMockServer(
                new Context(),
                new MockWebServer(),
                new HashMap<>(),
                new KubernetesCrudDispatcher(List.of(context)),
                false);
        server.init();
        client = server.createClient(new JdkHttpClientFactory());
        api = new ApiServer(client, NAMESPACE);
    }

    public String url() {
        return client.getMasterUrl().toString();
    }

    public void node(String name, String address) {
        client.nodes()
                .resource(new NodeBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .addToLabels("kubernetes.io/hostname", "host-of-" + name)
                        .endMetadata()
                        .withNewStatus()
                        .addNewAddress("Hostname.example.org", "Hostname")
                        .addNewAddress(address, "InternalIP")
                        .addNewCondition()
                        .withType("Ready")
                        .withStatus("True")
                        .endCondition()
                        .endStatus()
                        .build())
                .create();
    }

    public void pool(String name, Map<String, Object> spec) {
        GenericKubernetesResource object = new GenericKubernetesResourceBuilder()
                .withApiVersion(PoolObjects.GROUP_VERSION)
                .withKind(PoolObjects.KIND)
                .withNewMetadata()
                .withName(name)
                .withNamespace(NAMESPACE)
                .endMetadata()
                .addToAdditionalProperties("spec", spec)
                .build();
        new PoolObjects(api).all().resource(object).create();
    }

    public Map<String, Object> status(String pool) {
        return new PoolObjects(api)
                .now(pool)
                .map(PoolObjects::resource)
                .orElseThrow()
                .status();
    }

    @Override
    public void close() {
        client.close();
        server.destroy();
    }
}
