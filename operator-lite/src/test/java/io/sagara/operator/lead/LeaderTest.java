package io.sagara.operator.lead;

import static io.sagara.operator.Pools.object;
import static io.sagara.operator.Pools.served;
import static io.sagara.operator.Pools.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagara.api.v1.BrickSpec;
import io.sagara.api.v1.PoolSpec;
import io.sagara.api.v1.PoolStatus;
import io.sagara.operator.Clock;
import io.sagara.operator.crd.Condition;
import io.sagara.operator.crd.KadaluInfo;
import io.sagara.operator.crd.NodeReport;
import io.sagara.operator.crd.Phase;
import io.sagara.operator.crd.PoolResource;
import io.sagara.operator.plan.KubeNode;
import io.sagara.operator.plan.PortRange;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LeaderTest {
    private final FakeCluster cluster = new FakeCluster();
    private final Clock clock = new Clock();
    private Leader leader = leader();

    @BeforeEach
    void nodes() {
        for (int i = 1; i <= 3; i++) {
            cluster.nodes.add(new KubeNode("n" + i, "n" + i, Optional.of("10.0.0." + i), true));
        }
    }

    private Leader leader() {
        return new Leader(cluster, "kadalu", "1.0", new PortRange(24_100, 24_110), clock);
    }

    /// Rounds until nothing is left to do at once.
    private void settle() {
        for (int i = 0; i < 50; i++) {
            long before = cluster.versions;
            cluster.catchUp();
            boolean again = leader.round();
            if (!again && cluster.versions == before) {
                return;
            }
        }
        throw new AssertionError("it does not settle: " + cluster.pools);
    }

    private void create(String name, String... units) {
        PoolResource made = object(name, spec("Replica1", units));
        cluster.put(new PoolResource(name, made.uid(), "", 1, false, List.of(), made.document(), Map.of()));
    }

    private void delete(String name) {
        PoolResource pool = pool(name);
        cluster.put(new PoolResource(name, pool.uid(), "", 2, true, pool.finalizers(), pool.document(), pool.status()));
    }

    private PoolResource pool(String name) {
        return Objects.requireNonNull(cluster.pools.get(name));
    }

    private PoolSpec plan(String name) {
        return pool(name).plan().orElseThrow();
    }

    private void report(String node, PoolSpec... plans) {
        Map<String, PoolStatus> pools = new TreeMap<>();
        for (PoolSpec plan : plans) {
            pools.put(plan.getName(), served(plan, node));
        }
        cluster.reports.put(node, new NodeReport(node, clock.instant(), "", pools, Map.of()));
    }

    private Condition condition(String pool, String type) {
        return pool(pool).state().condition(type).orElseThrow();
    }

    @Test
    void aClassThatAUserDeletesIsNotMadeAgainUnlessThePoolIs() {
        create("p1", "n1:/d");
        settle();
        report("n1", plan("p1"));
        cluster.classes.clear();
        leader = leader();
        settle();
        assertThat(cluster.classes).isEmpty();
        delete("p1");
        settle();
        clock.advance(Duration.ofSeconds(30));
        report("n1");
        settle();
        assertThat(cluster.pools).isEmpty();
        create("p1", "n1:/d");
        settle();
        assertThat(cluster.classes).containsOnlyKeys("kadalu.p1");
    }

    @Test
    void aPoolIsHeldRecordedPlannedAndGetsItsClass() {
        create("p1", "n1:/d", "n2:/d");
        settle();
        assertThat(pool("p1").held()).isTrue();
        assertThat(plan("p1").getBricksList()).extracting(BrickSpec::getPort).containsExactly(24_100, 24_100);
        assertThat(cluster.info.entry("p1").orElseThrow().plan().getId())
                .isEqualTo(plan("p1").getId());
        assertThat(cluster.info.data()).containsKeys("uid", "volumes");
        assertThat(cluster.classes).containsOnlyKeys("kadalu.p1");
        assertThat(cluster.classes.values())
                .first()
                .extracting(made -> made.parameters().get("storage_name"))
                .isEqualTo("p1");
        assertThat(cluster.drivers).isEqualTo(1);
        assertThat(pool("p1").state().phase()).isEqualTo(Phase.FAILED);
        assertThat(pool("p1").state().message()).contains("node n1: Sagara does not report from it");
        assertThat(condition("p1", "Accepted").holds()).isTrue();
    }

    @Test
    void reportsOfNodesBecomeItsStatus() {
        create("p1", "n1:/d");
        settle();
        report("n1", plan("p1"));
        report("n2", plan("p1"));
        settle();
        assertThat(pool("p1").state().phase()).isEqualTo(Phase.READY);
        assertThat(pool("p1").state().usage().total()).isEqualTo(1000);
        assertThat(cluster.events).last().asString().startsWith("Normal p1 ReadyReady");
    }

    @Test
    void aWarningOfAReadyPoolIsAConditionAndAnEvent() {
        create("p1", "n1:/d");
        settle();
        report("n1", plan("p1"));
        settle();
        assertThat(condition("p1", "Warning").holds()).isFalse();
        assertThat(cluster.events).noneMatch(event -> event.contains("NothingToWarnOf"));
        PoolStatus warned = served(plan("p1"), "n1").toBuilder()
                .setMessage("host 'h2' does not resolve on this node")
                .build();
        cluster.reports.put("n1", new NodeReport("n1", clock.instant(), "", Map.of("p1", warned), Map.of()));
        settle();
        assertThat(pool("p1").state().phase()).isEqualTo(Phase.READY);
        assertThat(condition("p1", "Ready").holds()).isTrue();
        assertThat(condition("p1", "Warning").holds()).isTrue();
        assertThat(condition("p1", "Warning").reason()).isEqualTo("NodesWarn");
        assertThat(condition("p1", "Warning").message()).isEqualTo("node n1: host 'h2' does not resolve on this node");
        assertThat(cluster.events)
                .last()
                .asString()
                .startsWith("Warning p1 WarningNodesWarn: node n1: host 'h2' does not resolve");
        report("n1", plan("p1"));
        settle();
        assertThat(condition("p1", "Warning").holds()).isFalse();
        assertThat(cluster.events).last().asString().startsWith("Normal p1 WarningNothingToWarnOf");
    }

    @Test
    void manyPoolsAtOnceNeverShareAPort() {
        for (int i = 0; i < 8; i++) {
            create("p" + i, "n1:/d" + i);
        }
        settle();
        assertThat(cluster.pools.values())
                .extracting(pool -> pool.plan().orElseThrow().getBricks(0).getPort())
                .containsExactlyInAnyOrder(24_100, 24_101, 24_102, 24_103, 24_104, 24_105, 24_106, 24_107);
    }

    @Test
    void twoWhoBothBelieveToLeadGiveNoPortTwice() {
        create("p1", "n1:/d1");
        create("p2", "n1:/d2");
        settle();
        create("p3", "n1:/d3");
        cluster.catchUp();
        // the one has seen p3 held and is about to plan it, when the other plans p4
        leader.round();
        Leader other = leader();
        create("p4", "n1:/d4");
        cluster.catchUp();
        leader.round();
        other.round();
        settle();
        assertThat(cluster.pools.values())
                .extracting(pool -> pool.plan().orElseThrow().getBricks(0).getPort())
                .doesNotHaveDuplicates();
    }

    @Test
    void theRecordIsMadeAgainAfterItWasDeletedByHand() {
        create("p1", "n1:/d");
        settle();
        String text = cluster.info.data().get("p1.info");
        cluster.info = KadaluInfo.ABSENT;
        create("p2", "n1:/e");
        settle();
        assertThat(cluster.info.data()).containsEntry("p1.info", text);
        assertThat(plan("p2").getBricks(0).getPort()).isEqualTo(24_101);
    }

    @Test
    void aLostStatusIsMadeAgainFromTheRecord() {
        create("p1", "n1:/d");
        settle();
        PoolSpec plan = plan("p1");
        PoolResource pool = pool("p1");
        cluster.put(new PoolResource("p1", pool.uid(), "", 1, false, pool.finalizers(), pool.document(), Map.of()));
        settle();
        assertThat(plan("p1")).isEqualTo(plan);
    }

    @Test
    void aWrongPoolIsRefusedWithAnEventAndHoldsUpNobody() {
        create("bad", "n1:relative");
        create("good", "n1:/d");
        cluster.broken.add("good");
        create("other", "n1:/e");
        cluster.catchUp();
        for (int i = 0; i < 10; i++) {
            cluster.catchUp();
            leader.round();
        }
        assertThat(pool("bad").state().phase()).isEqualTo(Phase.FAILED);
        assertThat(pool("bad").held()).isFalse();
        assertThat(condition("bad", "Accepted").message()).contains("'relative' is relative");
        assertThat(cluster.events).anyMatch(event -> event.startsWith("Warning bad AcceptedInvalid: "));
        assertThat(pool("other").plan()).isPresent();
        assertThat(pool("good").plan()).isEmpty();
        cluster.broken.clear();
        clock.advance(Duration.ofMinutes(3));
        settle();
        assertThat(pool("good").plan()).isPresent();
    }

    @Test
    void numbersAreWrittenOnceAMinuteOnly() {
        create("p1", "n1:/d");
        settle();
        report("n1", plan("p1"));
        settle();
        int writes = cluster.statusWrites;
        NodeReport fuller = new NodeReport(
                "n1",
                clock.instant(),
                "",
                Map.of(
                        "p1",
                        served(plan("p1"), "n1").toBuilder().setUsedBytes(500).build()),
                Map.of());
        cluster.reports.put("n1", fuller);
        settle();
        assertThat(cluster.statusWrites).isEqualTo(writes);
        clock.advance(Duration.ofMinutes(1));
        settle();
        assertThat(cluster.statusWrites).isEqualTo(writes + 1);
        assertThat(pool("p1").state().usage().used()).isEqualTo(500);
    }

    @Test
    void aPoolWithVolumesStaysAndGoesWhenTheyAreGone() {
        create("p1", "n1:/d");
        settle();
        PoolSpec plan = plan("p1");
        report("n1", plan);
        cluster.volumes.put("p1", List.of("pvc-1"));
        delete("p1");
        settle();
        assertThat(pool("p1").removing()).isFalse();
        assertThat(plan("p1")).isEqualTo(plan);
        assertThat(condition("p1", "Deleted").message()).contains("1 PersistentVolume: pvc-1;");
        assertThat(cluster.classes).containsKey("kadalu.p1");

        cluster.volumes.clear();
        clock.advance(Duration.ofSeconds(30));
        settle();
        assertThat(pool("p1").removing()).isTrue();
        assertThat(cluster.classes).isEmpty();
        assertThat(condition("p1", "Deleted").message()).contains("node n1 still has it");

        report("n1");
        settle();
        assertThat(cluster.pools).isEmpty();
        assertThat(cluster.info.entry("p1")).isEmpty();
    }

    @Test
    void anotherLeaderGoesOnWhereTheFirstEnded() {
        create("p1", "n1:/d");
        settle();
        PoolSpec plan = plan("p1");
        int writes = cluster.statusWrites;
        leader = leader();
        settle();
        assertThat(plan("p1")).isEqualTo(plan);
        assertThat(cluster.statusWrites).isEqualTo(writes);
    }
}
