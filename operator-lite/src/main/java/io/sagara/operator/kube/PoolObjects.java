package io.sagara.operator.kube;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import io.fabric8.kubernetes.client.dsl.NonNamespaceOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.sagara.operator.crd.PoolResource;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// KadaluStorage objects. They are read as trees, so that nothing of them is lost when they are written back.
final class PoolObjects {
    static final String GROUP_VERSION = "kadalu-operator.storage/v1alpha1";
    static final String KIND = "KadaluStorage";
    static final ResourceDefinitionContext CONTEXT = new ResourceDefinitionContext.Builder()
            .withGroup("kadalu-operator.storage")
            .withVersion("v1alpha1")
            .withPlural("kadalustorages")
            .withKind(KIND)
            .withNamespaced(true)
            .build();

    private final ApiServer api;

    PoolObjects(ApiServer api) {
        this.api = api;
    }

    NonNamespaceOperation<GenericKubernetesResource, GenericKubernetesResourceList, Resource<GenericKubernetesResource>>
            all() {
        MixedOperation<GenericKubernetesResource, GenericKubernetesResourceList, Resource<GenericKubernetesResource>>
                operation = api.client().genericKubernetesResources(CONTEXT);
        return operation.inNamespace(api.namespace());
    }

    List<PoolResource> now() {
        return ApiServer.call("list KadaluStorage", () -> all().list()).getItems().stream()
                .map(PoolObjects::resource)
                .toList();
    }

    Optional<GenericKubernetesResource> now(String name) {
        return Optional.ofNullable(ApiServer.call(
                "read KadaluStorage " + name, () -> all().withName(name).get()));
    }

    /// The object as it was when `pool` was read; BUSY where it has changed.
    private GenericKubernetesResource unchanged(PoolResource pool) {
        return now(pool.name())
                .filter(object -> object.getMetadata().getResourceVersion().equals(pool.version()))
                .orElseThrow(() ->
                        new StorageException(Problem.BUSY, "KadaluStorage " + pool.name() + " has changed meanwhile"));
    }

    void writeStatus(PoolResource pool, Map<String, Object> status) {
        GenericKubernetesResource object = unchanged(pool);
        object.setAdditionalProperty("status", status);
        var _ = ApiServer.call(
                "write the status of " + pool.name(),
                () -> all().resource(object).updateStatus());
    }

    void hold(PoolResource pool, boolean held) {
        GenericKubernetesResource object = unchanged(pool);
        List<String> finalizers = object.getMetadata().getFinalizers();
        finalizers.remove(PoolResource.FINALIZER);
        if (held) {
            finalizers.add(PoolResource.FINALIZER);
        }
        var _ = ApiServer.call(
                "change the finalizers of " + pool.name(),
                () -> all().resource(object).update());
    }

    static PoolResource resource(GenericKubernetesResource object) {
        Map<String, Object> tree = new LinkedHashMap<>(object.getAdditionalProperties());
        tree.put("apiVersion", object.getApiVersion());
        tree.put("kind", object.getKind());
        tree.put("metadata", metadata(object.getMetadata()));
        return PoolResource.of(tree);
    }

    private static Map<String, Object> metadata(ObjectMeta meta) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("name", meta.getName());
        tree.put("uid", text(meta.getUid()));
        tree.put("resourceVersion", text(meta.getResourceVersion()));
        tree.put("deletionTimestamp", text(meta.getDeletionTimestamp()));
        tree.put("finalizers", meta.getFinalizers());
        if (meta.getGeneration() != null) {
            tree.put("generation", meta.getGeneration());
        }
        return tree;
    }

    private static String text(@Nullable String text) {
        return text == null ? "" : text;
    }
}
