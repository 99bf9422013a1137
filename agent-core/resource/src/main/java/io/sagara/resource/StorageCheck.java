package io.sagara.resource;

import io.sagara.api.v1.PoolSpec;
import io.sagara.spi.PoolName;
import io.sagara.spi.StorageException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// Judges KadaluStorage YAML (or JSON): several documents, or a `kind: List` as kubectl prints it. It reads
/// nothing but the text, so it says nothing about whether storage exists.
public final class StorageCheck {
    private static final String GROUP = "kadalu-operator.storage";
    private static final String VERSION = GROUP + "/v1alpha1";
    private static final String KIND = "KadaluStorage";
    // objects that Kadalu's examples have beside pools; they are for Kubernetes and nothing here depends on them
    private static final Set<String> KUBERNETES = Set.of(
            "ConfigMap",
            "CronJob",
            "DaemonSet",
            "Deployment",
            "Ingress",
            "Job",
            "Namespace",
            "PersistentVolume",
            "PersistentVolumeClaim",
            "Pod",
            "Role",
            "RoleBinding",
            "Secret",
            "Service",
            "ServiceAccount",
            "StatefulSet",
            "StorageClass");
    // ObjectMeta of Kubernetes, with what a server adds to it
    private static final List<String> METADATA = List.of(
            "name",
            "namespace",
            "labels",
            "annotations",
            "generateName",
            "creationTimestamp",
            "deletionGracePeriodSeconds",
            "deletionTimestamp",
            "finalizers",
            "generation",
            "managedFields",
            "ownerReferences",
            "resourceVersion",
            "selfLink",
            "uid");

    private final Nodes nodes;
    private final List<Finding> findings = new ArrayList<>();
    private final List<Finding> notes = new ArrayList<>();
    private final List<PoolSpec> pools = new ArrayList<>();
    private final Map<String, Integer> lines = new HashMap<>();
    private final PoolRules rules = new PoolRules();

    private StorageCheck(Nodes nodes) {
        this.nodes = nodes;
    }

    /// The pools of `text`, or everything that is wrong with it. Never throws, whatever the text is.
    public static Checked check(String text, Nodes nodes) {
        StorageCheck check = new StorageCheck(nodes);
        YamlReader.read(text, check.findings).forEach(check::document);
        if (check.findings.isEmpty() && check.pools.isEmpty()) {
            check.findings.add(new Finding(0, "", "there is no " + KIND + " in it; add one"));
        }
        check.findings.sort(Comparator.comparingInt(Finding::line));
        return check.findings.isEmpty()
                ? new Checked.Pools(check.pools, check.notes)
                : new Checked.Refused(check.findings);
    }

    private void document(Yaml document) {
        switch (document) {
            case Yaml.Scalar scalar when scalar.isNull() -> {}
            case Yaml.Scalar _, Yaml.Sequence _ ->
                findings.add(new Finding(
                        document.line(), "", "a document must be a mapping that begins with apiVersion and kind"));
            case Yaml.Mapping mapping -> object(new Fields("", mapping, findings), true);
        }
    }

    private void object(Fields object, boolean mayBeList) {
        if (!object.has("kind")) {
            object.fault("kind", "is missing; write 'apiVersion: " + VERSION + "' and 'kind: " + KIND + "'");
            return;
        }
        String version = object.textOrEmpty("apiVersion").orElse("");
        Optional<String> kind = object.text("kind");
        if (kind.isEmpty()) {
            return;
        }
        boolean ours = version.startsWith(GROUP + "/");
        if (kind.get().equals(KIND)) {
            storage(object, version);
        } else if (mayBeList && kind.get().equals("List") && !ours) {
            object.mappings("items").forEach(item -> object(item, false));
        } else if (KUBERNETES.contains(kind.get()) && !ours) {
            notes.add(new Finding(object.line(), "", kind.get() + " is for Kubernetes only; left out"));
        } else {
            object.fault(
                    "kind",
                    "'" + Spelling.shown(kind.get()) + "' is not known" + Spelling.advice(kind.get(), List.of(KIND)));
        }
    }

    private void storage(Fields object, String version) {
        if (!version.equals(VERSION)) {
            object.fault("apiVersion", "must be '" + VERSION + "' for a " + KIND);
        }
        object.refuseOthers(List.of("apiVersion", "kind", "metadata", "spec", "status"));
        String name = name(object);
        PoolSpec.Builder pool = PoolSpec.newBuilder().setName(name);
        if (!object.has("spec")) {
            object.fault("spec", "is missing; it says the pool's type and storage");
            return;
        }
        object.in("pool " + Spelling.shown(name.isEmpty() ? "without a name" : name) + ": ")
                .mapping("spec")
                .ifPresent(spec -> {
                    List<Fields> units = PoolReader.read(spec, nodes, pool);
                    rules.check(spec, units, pool.build());
                    pools.add(pool.build());
                });
    }

    private String name(Fields object) {
        if (!object.has("metadata")) {
            object.fault("metadata", "is missing; it holds the pool's name");
            return "";
        }
        Optional<Fields> metadata = object.mapping("metadata");
        metadata.ifPresent(fields -> fields.refuseOthers(METADATA));
        if (metadata.isPresent() && !metadata.get().has("name")) {
            metadata.get().fault("name", "is missing; name the pool");
        }
        Optional<String> name = metadata.flatMap(fields -> fields.text("name"));
        name.ifPresent(text -> nameRules(metadata.orElseThrow(), text));
        return name.orElse("");
    }

    private void nameRules(Fields metadata, String name) {
        try {
            var _ = new PoolName(name);
        } catch (StorageException e) {
            metadata.fault("name", Objects.requireNonNull(e.getMessage()));
            return;
        }
        Integer before = lines.putIfAbsent(name, metadata.line());
        if (before != null) {
            metadata.fault(
                    "name",
                    "pool " + name + " is described twice, the first time on line " + before + "; rename one of them");
        }
    }
}
