package io.sagara.operator.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.sagara.operator.Clock;
import io.sagara.operator.Pools;
import io.sagara.operator.crd.PoolResource;
import io.sagara.operator.plan.Claim;
import io.sagara.operator.plan.HolderPod;
import io.sagara.operator.plan.HolderWish;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class HolderPodsTest {
    private static final Claim DISK = new Claim("disk", "uid-disk", false);

    private final MockApi mock = new MockApi();
    private final Semaphore changes = new Semaphore(0);
    private LeaderCluster cluster;
    private PoolResource pool;

    @BeforeEach
    void start() throws InterruptedException {
        Map<String, Object> spec = Pools.spec("Replica1", "disk");
        spec.put("tolerations", List.of(Map.of("key", "disks", "operator", "Exists", "tolerationSeconds", 60)));
        mock.pool("p1", spec);
        cluster = new LeaderCluster(mock.api, "r/sagara:1", new Clock(), changes::release);
        await(() -> cluster.known() && cluster.pools().size() == 1);
        pool = cluster.poolsNow().getFirst();
    }

    @AfterEach
    void stop() {
        cluster.close();
        mock.close();
    }

    private void await(BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            // a change wakes us; that a watch is complete does not
            var _ = changes.tryAcquire(20, TimeUnit.MILLISECONDS);
        }
    }

    private Pod made(String node) {
        cluster.makeHolder(pool, new HolderWish("p1", "disk", node), DISK);
        return mock.client
                .pods()
                .inNamespace(MockApi.NAMESPACE)
                .withName("sagara-holder-disk")
                .get();
    }

    private HolderPod seen() throws InterruptedException {
        await(() -> !cluster.holders().isEmpty());
        return cluster.holders().getFirst();
    }

    @Test
    void thePodHasTheClaimAndNothingElse() {
        Pod pod = made("");
        assertThat(pod.getSpec().getVolumes()).hasSize(1);
        assertThat(pod.getSpec()
                        .getVolumes()
                        .getFirst()
                        .getPersistentVolumeClaim()
                        .getClaimName())
                .isEqualTo("disk");
        var container = pod.getSpec().getContainers().getFirst();
        assertThat(container.getImage()).isEqualTo("r/sagara:1");
        assertThat(container.getArgs()).containsExactly("holder");
        assertThat(container.getVolumeMounts().getFirst().getMountPath()).isEqualTo("/brick");
        SecurityContext rights = container.getSecurityContext();
        assertThat(rights.getRunAsNonRoot()).isTrue();
        assertThat(rights.getAllowPrivilegeEscalation()).isFalse();
        assertThat(rights.getCapabilities().getDrop()).containsExactly("ALL");
        assertThat(pod.getSpec().getAutomountServiceAccountToken()).isFalse();
        assertThat(pod.getSpec().getTerminationGracePeriodSeconds()).isEqualTo(3600);
        assertThat(pod.getSpec().getAffinity()).isNull();
    }

    @Test
    void itGoesWithThePoolAndADrainTakesIt() {
        var owner = made("").getMetadata().getOwnerReferences().getFirst();
        assertThat(owner.getKind()).isEqualTo("KadaluStorage");
        assertThat(owner.getUid()).isEqualTo(pool.uid());
        assertThat(owner.getController()).isTrue();
    }

    @Test
    void itIsBoundToTheNodeThatTheUserNamesByTheScheduler() {
        Pod pod = made("n2");
        assertThat(pod.getSpec().getNodeName()).isNull();
        var field = pod.getSpec()
                .getAffinity()
                .getNodeAffinity()
                .getRequiredDuringSchedulingIgnoredDuringExecution()
                .getNodeSelectorTerms()
                .getFirst()
                .getMatchFields()
                .getFirst();
        assertThat(field.getKey()).isEqualTo("metadata.name");
        assertThat(field.getValues()).containsExactly("n2");
    }

    @Test
    void itToleratesWhatThePoolSays() {
        var toleration = made("").getSpec().getTolerations().getFirst();
        assertThat(toleration.getKey()).isEqualTo("disks");
        assertThat(toleration.getTolerationSeconds()).isEqualTo(60);
    }

    @Test
    void aClaimIsNotHeldTwice() {
        var _ = made("");
        assertThatThrownBy(() -> made(""))
                .isInstanceOfSatisfying(
                        StorageException.class,
                        failure -> assertThat(failure.problem()).isEqualTo(Problem.BUSY));
    }

    @Test
    void whatKubeletSaysOfItIsRead() throws InterruptedException {
        Pod pod = made("");
        assertThat(seen().running()).isFalse();
        mock.client
                .pods()
                .inNamespace(MockApi.NAMESPACE)
                .resource(new PodBuilder(pod)
                        .editSpec()
                        .withNodeName("n3")
                        .endSpec()
                        .withNewStatus()
                        .withPhase("Running")
                        .addNewContainerStatus()
                        .withNewState()
                        .withNewRunning()
                        .endRunning()
                        .endState()
                        .endContainerStatus()
                        .endStatus()
                        .build())
                .update();
        await(() -> cluster.holders().stream().anyMatch(HolderPod::running));
        assertThat(seen())
                .isEqualTo(new HolderPod(
                        "sagara-holder-disk", pod.getMetadata().getUid(), "p1", "disk", "n3", true, false, ""));
    }

    @Test
    void aPodThatFailedIsEnding() {
        Pod failed = new PodBuilder(made(""))
                .withNewStatus()
                .withPhase("Failed")
                .endStatus()
                .build();
        assertThat(HolderPods.of(failed).orElseThrow().ending()).isTrue();
        assertThat(HolderPods.of(failed).orElseThrow().running()).isFalse();
    }

    @Test
    void whyItDoesNotRunIsRead() {
        Pod pending = new PodBuilder(made(""))
                .withNewStatus()
                .withPhase("Pending")
                .addNewCondition()
                .withType("PodScheduled")
                .withStatus("False")
                .withMessage("0/3 nodes are available")
                .endCondition()
                .endStatus()
                .build();
        assertThat(HolderPods.of(pending).orElseThrow().trouble()).isEqualTo("0/3 nodes are available");
    }

    @Test
    void onlyThePodThatWasMeantIsEnded() throws InterruptedException {
        var _ = made("");
        HolderPod pod = seen();
        HolderPod former = new HolderPod(pod.name(), "uid-of-the-last", "p1", "disk", "", true, true, "");
        cluster.endHolder(former);
        assertThat(mock.client.pods().inNamespace(MockApi.NAMESPACE).list().getItems())
                .hasSize(1);
        cluster.endHolder(pod);
        assertThat(mock.client.pods().inNamespace(MockApi.NAMESPACE).list().getItems())
                .isEmpty();
        cluster.endHolder(pod);
    }

    @Test
    void claimsAreRead() throws InterruptedException {
        mock.client
                .persistentVolumeClaims()
                .inNamespace(MockApi.NAMESPACE)
                .resource(new PersistentVolumeClaimBuilder()
                        .withNewMetadata()
                        .withName("raw")
                        .endMetadata()
                        .withNewSpec()
                        .withVolumeMode("Block")
                        .endSpec()
                        .build())
                .create();
        await(() -> !cluster.claims().isEmpty());
        assertThat(cluster.claims().getFirst().name()).isEqualTo("raw");
        assertThat(cluster.claims().getFirst().block()).isTrue();
    }

    @Test
    void longNamesStayNamesAndDiffer() {
        String one = HolderPods.name("a".repeat(80) + "1");
        String two = HolderPods.name("a".repeat(80) + "2");
        assertThat(List.of(one, two)).allMatch(name -> name.matches("[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?"));
        assertThat(one).isNotEqualTo(two);
        assertThat(HolderPods.name("a".repeat(48) + "-.b")).matches("[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?");
    }
}
