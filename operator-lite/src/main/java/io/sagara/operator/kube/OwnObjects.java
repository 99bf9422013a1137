package io.sagara.operator.kube;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.storage.CSIDriver;
import io.fabric8.kubernetes.api.model.storage.CSIDriverBuilder;
import io.fabric8.kubernetes.api.model.storage.StorageClass;
import io.fabric8.kubernetes.api.model.storage.StorageClassBuilder;
import io.sagara.operator.crd.ClassOfPool;
import io.sagara.operator.crd.PoolResource;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;

/// Objects that we make.
final class OwnObjects {
    // the API server refuses longer ones
    private static final int MAX_MESSAGE = 1024;

    private OwnObjects() {}

    static StorageClass storageClass(ClassOfPool wanted) {
        return new StorageClassBuilder()
                .withNewMetadata()
                .withName(wanted.name())
                .addToLabels(Labels.MANAGED_BY, Labels.SAGARA)
                .endMetadata()
                .withProvisioner(LeaderCluster.DRIVER)
                .withReclaimPolicy("Delete")
                .withVolumeBindingMode("Immediate")
                .withAllowVolumeExpansion(wanted.expandable())
                .withParameters(wanted.parameters())
                .build();
    }

    static boolean isOurs(StorageClass made) {
        Map<String, String> labels = made.getMetadata().getLabels();
        return labels != null && Labels.SAGARA.equals(labels.get(Labels.MANAGED_BY));
    }

    static CSIDriver driver(String name) {
        return new CSIDriverBuilder()
                .withNewMetadata()
                .withName(name)
                .addToLabels(Labels.MANAGED_BY, Labels.SAGARA)
                .endMetadata()
                .withNewSpec()
                .withAttachRequired(false)
                .withPodInfoOnMount(true)
                // volumes are shared directories: a pod's fsGroup must count whatever the access mode is
                .withFsGroupPolicy("File")
                .addToVolumeLifecycleModes("Persistent")
                .endSpec()
                .build();
    }

    static Event event(
            PoolResource pool, String namespace, boolean trouble, String reason, String message, Instant now) {
        String time = now.truncatedTo(ChronoUnit.SECONDS).toString();
        String said = message.isEmpty() ? reason : message;
        return new EventBuilder()
                .withNewMetadata()
                .withGenerateName(pool.name() + ".")
                .withNamespace(namespace)
                .endMetadata()
                .withNewInvolvedObject()
                .withApiVersion(PoolObjects.GROUP_VERSION)
                .withKind(PoolObjects.KIND)
                .withName(pool.name())
                .withNamespace(namespace)
                .withUid(pool.uid())
                .endInvolvedObject()
                .withType(trouble ? "Warning" : "Normal")
                .withReason(reason)
                .withMessage(said.length() > MAX_MESSAGE ? said.substring(0, MAX_MESSAGE - 1) + "…" : said)
                .withFirstTimestamp(time)
                .withLastTimestamp(time)
                .withCount(1)
                .withNewSource()
                .withComponent("sagara-operator")
                .endSource()
                .build();
    }
}
