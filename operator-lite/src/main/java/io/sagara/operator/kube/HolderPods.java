package io.sagara.operator.kube;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.Toleration;
import io.sagara.operator.crd.PoolResource;
import io.sagara.operator.plan.Claim;
import io.sagara.operator.plan.HolderPod;
import io.sagara.operator.plan.HolderWish;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Pods that hold claims, as objects of the API server.
///
/// A pod of its own and no StatefulSet: both have a name that the API server gives to one at a time, which is
/// what keeps a claim from being held twice; but a StatefulSet ends its pod by itself.
final class HolderPods {
    /// Where the claim is in its container; the storage backend looks for it there.
    static final String MOUNT = "/brick";

    /// Longer than an agent needs to give a brick back, or to come back itself. It ends the pod's process then.
    static final Duration GRACE = Duration.ofHours(1);

    private static final String PREFIX = "sagara-holder-";
    private static final String COMPONENT = "app.kubernetes.io/component";
    private static final String HOLDER = "holder";
    private static final String POOL = "sagara.io/pool";
    private static final String CLAIM = "sagara.io/claim";
    private static final long NOBODY = 65_534;
    // a label's value and a pod's host name are not longer
    private static final int LONGEST = 63;

    private HolderPods() {}

    /// What all of them have.
    static Map<String, String> labels() {
        return Map.of(Labels.MANAGED_BY, Labels.SAGARA, COMPONENT, HOLDER);
    }

    static Claim claim(PersistentVolumeClaim claim) {
        return new Claim(
                claim.getMetadata().getName(),
                claim.getMetadata().getUid(),
                "Block".equals(claim.getSpec().getVolumeMode()));
    }

    static Optional<HolderPod> of(Pod pod) {
        Map<String, String> notes = pod.getMetadata().getAnnotations();
        if (notes == null || !notes.containsKey(POOL) || !notes.containsKey(CLAIM)) {
            return Optional.empty();
        }
        PodStatus status = Optional.ofNullable(pod.getStatus()).orElseGet(PodStatus::new);
        String phase = String.valueOf(status.getPhase());
        boolean ended = Set.of("Failed", "Succeeded").contains(phase);
        String node = pod.getSpec().getNodeName();
        return Optional.of(new HolderPod(
                pod.getMetadata().getName(),
                pod.getMetadata().getUid(),
                notes.get(POOL),
                notes.get(CLAIM),
                node == null ? "" : node,
                phase.equals("Running") && runs(status),
                ended || pod.getMetadata().getDeletionTimestamp() != null,
                trouble(status)));
    }

    private static boolean runs(PodStatus status) {
        return !status.getContainerStatuses().isEmpty()
                && status.getContainerStatuses().stream()
                        .map(ContainerStatus::getState)
                        .allMatch(state -> state != null && state.getRunning() != null);
    }

    private static String trouble(PodStatus status) {
        Optional<String> unscheduled = status.getConditions().stream()
                .filter(condition -> condition.getType().equals("PodScheduled")
                        && condition.getStatus().equals("False"))
                .map(PodCondition::getMessage)
                .filter(Objects::nonNull)
                .findFirst();
        return unscheduled
                .or(() -> status.getContainerStatuses().stream()
                        .map(ContainerStatus::getState)
                        .filter(Objects::nonNull)
                        .map(ContainerState::getWaiting)
                        .filter(Objects::nonNull)
                        .map(ContainerStateWaiting::getReason)
                        .filter(Objects::nonNull)
                        .findFirst())
                .orElse("");
    }

    /// `image`: Sagara's own, which every node has.
    static Pod pod(PoolResource pool, HolderWish wish, Claim claim, String image, String namespace) {
        PodSpecBuilder spec = new PodSpecBuilder()
                .withRestartPolicy("Always")
                .withTerminationGracePeriodSeconds(GRACE.toSeconds())
                .withAutomountServiceAccountToken(false)
                .withEnableServiceLinks(false)
                // kubelet evicts everything else before it when a node runs out of something
                .withPriorityClassName("system-node-critical")
                .withTolerations(tolerations(pool))
                .addNewVolume()
                .withName("brick")
                .withNewPersistentVolumeClaim()
                .withClaimName(claim.name())
                .endPersistentVolumeClaim()
                .endVolume()
                .addNewContainer()
                .withName(HOLDER)
                .withImage(image)
                .withArgs(HOLDER)
                .withNewSecurityContext()
                .withAllowPrivilegeEscalation(false)
                .withReadOnlyRootFilesystem(true)
                .withRunAsNonRoot(true)
                .withRunAsUser(NOBODY)
                .withNewCapabilities()
                .addToDrop("ALL")
                .endCapabilities()
                .withNewSeccompProfile()
                .withType("RuntimeDefault")
                .endSeccompProfile()
                .endSecurityContext()
                .addNewVolumeMount()
                .withName("brick")
                .withMountPath(MOUNT)
                .endVolumeMount()
                .endContainer();
        if (!wish.node().isEmpty()) {
            // not by nodeName, which passes the scheduler over: a claim may wait for its decision
            spec.withNewAffinity()
                    .withNewNodeAffinity()
                    .withNewRequiredDuringSchedulingIgnoredDuringExecution()
                    .addNewNodeSelectorTerm()
                    .addNewMatchField()
                    .withKey("metadata.name")
                    .withOperator("In")
                    .addToValues(wish.node())
                    .endMatchField()
                    .endNodeSelectorTerm()
                    .endRequiredDuringSchedulingIgnoredDuringExecution()
                    .endNodeAffinity()
                    .endAffinity();
        }
        return new PodBuilder()
                .withNewMetadata()
                .withName(name(claim.name()))
                .withNamespace(namespace)
                .addToLabels(labels())
                .addToAnnotations(POOL, pool.name())
                .addToAnnotations(CLAIM, claim.name())
                .addNewOwnerReference()
                .withApiVersion(PoolObjects.GROUP_VERSION)
                .withKind(PoolObjects.KIND)
                .withName(pool.name())
                .withUid(pool.uid())
                // so that a drain takes it for a pod that comes again
                .withController(true)
                .endOwnerReference()
                .endMetadata()
                .withSpec(spec.build())
                .build();
    }

    /// One name for a claim, whichever pool asks for it: no second pod can hold it.
    static String name(String claim) {
        String plain = PREFIX + claim;
        if (plain.length() <= LONGEST) {
            return plain;
        }
        String hash = Integer.toHexString(claim.hashCode());
        String cut = plain.substring(0, LONGEST - hash.length() - 1);
        return cut.replaceAll("[^a-z0-9]+$", "") + "-" + hash;
    }

    private static List<Toleration> tolerations(PoolResource pool) {
        return pool.tolerations().stream()
                .map(tree -> new Toleration(
                        tree.get("effect"), tree.get("key"), tree.get("operator"), seconds(tree), tree.get("value")))
                .toList();
    }

    private static @Nullable Long seconds(Map<String, String> tree) {
        String seconds = tree.get("tolerationSeconds");
        return seconds == null ? null : Long.valueOf(seconds);
    }
}
