package io.sagara.operator.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.storage.CSIDriver;
import io.fabric8.kubernetes.api.model.storage.StorageClass;
import io.fabric8.kubernetes.api.model.storage.StorageClassBuilder;
import io.sagara.operator.Clock;
import io.sagara.operator.Pools;
import io.sagara.operator.crd.ClassOfPool;
import io.sagara.operator.crd.KadaluInfo;
import io.sagara.operator.crd.NodeReport;
import io.sagara.operator.crd.PoolResource;
import io.sagara.operator.plan.KubeNode;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LeaderClusterTest {
    private final MockApi mock = new MockApi();
    private final Clock clock = new Clock();
    private final Semaphore changes = new Semaphore(0);
    private LeaderCluster cluster;

    @BeforeEach
    void start() throws InterruptedException {
        mock.node("n1", "10.0.0.1");
        mock.pool("p1", Pools.spec("Replica1", "n1:/d"));
        cluster = new LeaderCluster(mock.api, "r/sagara:1", clock, changes::release);
        await(() -> cluster.known()
                && cluster.pools().size() == 1
                && cluster.nodes().size() == 1);
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

    private PoolResource pool() {
        return cluster.poolsNow().getFirst();
    }

    private static void expect(Problem problem, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StorageException.class,
                        failure -> assertThat(failure.problem()).isEqualTo(problem));
    }

    @Test
    void nodesAreReadWithTheirAddresses() {
        assertThat(cluster.nodes()).containsExactly(new KubeNode("n1", "host-of-n1", Optional.of("10.0.0.1"), true));
    }

    @Test
    void aStatusIsWrittenOnceForEachVersion() throws InterruptedException {
        PoolResource seen = pool();
        cluster.writeStatus(seen, Map.of("phase", "Ready", "plan", Map.of("name", "p1", "id", "x")));
        assertThat(pool().plan().orElseThrow().getId()).isEqualTo("x");
        assertThat(pool().document()).isEqualTo(seen.document());
        await(() -> cluster.pools().getFirst().plan().isPresent());
        expect(Problem.BUSY, () -> cluster.writeStatus(seen, Map.of("phase", "Failed")));
        cluster.writeStatus(pool(), Map.of("phase", "Failed"));
        assertThat(pool().status()).containsOnlyKeys("phase");
    }

    @Test
    void theFinalizerIsAddedAndRemovedAndOthersStay() {
        cluster.hold(pool(), true);
        assertThat(pool().held()).isTrue();
        cluster.writeStatus(pool(), Map.of("phase", "Ready"));
        cluster.hold(pool(), false);
        assertThat(pool().held()).isFalse();
        assertThat(pool().status()).containsEntry("phase", "Ready");
    }

    @Test
    void theRecordIsWrittenByTheOneWhoSawItLast() throws InterruptedException {
        assertThat(cluster.info()).isEqualTo(KadaluInfo.ABSENT);
        cluster.writeInfo(KadaluInfo.ABSENT.with("p1", "{}"));
        expect(Problem.BUSY, () -> cluster.writeInfo(KadaluInfo.ABSENT.with("p2", "{}")));
        await(() -> !cluster.info().version().isEmpty());
        KadaluInfo seen = cluster.info();
        cluster.writeInfo(seen.with("p2", "{}"));
        expect(Problem.BUSY, () -> cluster.writeInfo(seen.with("p3", "{}")));
        await(() -> cluster.info().data().containsKey("p2.info"));
        assertThat(cluster.info().data()).containsOnlyKeys("p1.info", "p2.info");
    }

    @Test
    void aClassOfAUserIsLeftAlone() throws InterruptedException {
        StorageClass theirs = new StorageClassBuilder()
                .withNewMetadata()
                .withName("kadalu.p1")
                .endMetadata()
                .withProvisioner("kadalu")
                .build();
        mock.client.storage().v1().storageClasses().resource(theirs).create();
        cluster.makeClass(new ClassOfPool("kadalu.p1", true, Map.of("storage_name", "p1")));
        cluster.dropClass("p1");
        assertThat(storageClass("kadalu.p1").getParameters()).isNullOrEmpty();
    }

    @Test
    void ourClassIsMadeAndDropped() {
        ClassOfPool wanted = new ClassOfPool("kadalu.p1", true, Map.of("storage_name", "p1"));
        cluster.makeClass(wanted);
        cluster.makeClass(wanted);
        StorageClass made = storageClass("kadalu.p1");
        assertThat(made.getParameters()).isEqualTo(Map.of("storage_name", "p1"));
        assertThat(made.getAllowVolumeExpansion()).isTrue();
        cluster.dropClass("p1");
        cluster.dropClass("p1");
        assertThat(mock.client.storage().v1().storageClasses().list().getItems())
                .isEmpty();
    }

    private StorageClass storageClass(String name) {
        return mock.client.storage().v1().storageClasses().withName(name).get();
    }

    @Test
    void theDriverIsMadeOnce() {
        cluster.makeDriver();
        cluster.makeDriver();
        CSIDriver driver =
                mock.client.storage().v1().csiDrivers().withName("kadalu").get();
        assertThat(driver.getSpec().getAttachRequired()).isFalse();
        assertThat(driver.getSpec().getPodInfoOnMount()).isTrue();
        assertThat(driver.getSpec().getFsGroupPolicy()).isEqualTo("File");
    }

    @Test
    void volumesOfAPoolAreFoundAlsoWhereTheySayLittle() {
        volume("by-context", "kadalu", "kadalu.other", Map.of("hostvol", "p1"));
        volume("by-class", "kadalu", "kadalu.p1", Map.of());
        volume("unclear", "kadalu", null, Map.of());
        volume("of-another", "kadalu", "kadalu.p1", Map.of("hostvol", "p2"));
        volume("of-another-class", "kadalu", "kadalu.p2", Map.of());
        volume("of-another-driver", "nfs", "kadalu.p1", Map.of("hostvol", "p1"));
        assertThat(cluster.volumes("p1")).containsExactlyInAnyOrder("by-context", "by-class", "unclear");
    }

    private void volume(String name, String driver, @Nullable String storageClass, Map<String, String> context) {
        mock.client
                .persistentVolumes()
                .resource(new PersistentVolumeBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .withNewSpec()
                        .withStorageClassName(storageClass)
                        .withNewCsi()
                        .withDriver(driver)
                        .withVolumeHandle(name)
                        .withVolumeAttributes(context)
                        .endCsi()
                        .endSpec()
                        .build())
                .create();
    }

    @Test
    void anEventNamesThePool() {
        cluster.event(pool(), true, "AcceptedInvalid", "x".repeat(2000));
        var event = mock.client
                .v1()
                .events()
                .inNamespace(MockApi.NAMESPACE)
                .list()
                .getItems()
                .getFirst();
        assertThat(event.getInvolvedObject().getName()).isEqualTo("p1");
        assertThat(event.getType()).isEqualTo("Warning");
        assertThat(event.getMessage()).hasSize(1024);
    }

    @Test
    void reportsOfNodesAreRead() throws InterruptedException {
        try (NodeObjects node = new NodeObjects(mock.api, changes::release)) {
            NodeReport report = new NodeReport("n1", clock.instant(), "no agent", Map.of(), Map.of("p1", "no disk"));
            node.report(report);
            await(() -> cluster.reports().equals(List.of(report)));
            NodeReport next = new NodeReport("n1", clock.instant(), "", Map.of(), Map.of());
            node.report(next);
            await(() -> cluster.reports().equals(List.of(next)));
            assertThat(mock.client
                            .configMaps()
                            .inNamespace(MockApi.NAMESPACE)
                            .withName("sagara-node-n1")
                            .get()
                            .getMetadata()
                            .getOwnerReferences()
                            .getFirst()
                            .getName())
                    .isEqualTo("n1");
        }
    }

    @Test
    void aPoolIsGoneOnlyWhenTheRecordSaysSoToo() throws InterruptedException {
        try (NodeObjects node = new NodeObjects(mock.api, changes::release)) {
            await(() -> node.known() && node.pools().size() == 1);
            assertThat(node.gone("p2")).as("without a record").isFalse();
            cluster.writeInfo(KadaluInfo.ABSENT.with("p3", "{}"));
            assertThat(node.gone("p2")).isTrue();
            assertThat(node.gone("p3")).as("in the record").isFalse();
            assertThat(node.gone("p1")).as("an object").isFalse();
        }
    }
}
