package io.sagara.operator.lead;

import static io.sagara.operator.Pools.object;
import static io.sagara.operator.Pools.served;
import static io.sagara.operator.Pools.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagara.api.v1.BrickSpec;
import io.sagara.api.v1.PoolSpec;
import io.sagara.operator.Clock;
import io.sagara.operator.crd.NodeReport;
import io.sagara.operator.crd.Phase;
import io.sagara.operator.crd.PoolResource;
import io.sagara.operator.plan.Claim;
import io.sagara.operator.plan.HolderPod;
import io.sagara.operator.plan.KubeNode;
import io.sagara.operator.plan.PortRange;
import io.sagara.spi.StorageUnit;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A pool on claims, and the pods that hold them. No brick is anywhere before its last node has given it back.
class HolderWorkTest {
    private final FakeCluster cluster = new FakeCluster();
    private final Clock clock = new Clock();
    private final Leader leader = new Leader(cluster, "kadalu", "1.0", new PortRange(24_100, 24_110), clock);

    @BeforeEach
    void nodes() {
        for (int i = 1; i <= 3; i++) {
            cluster.nodes.add(new KubeNode("n" + i, "n" + i, Optional.of("10.0.0." + i), true));
        }
        cluster.claims.put("disk", new Claim("disk", "uid-disk", false));
    }

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
        settle();
    }

    private void delete(String name) {
        PoolResource pool = pool(name);
        cluster.put(new PoolResource(name, pool.uid(), "", 2, true, pool.finalizers(), pool.document(), pool.status()));
        settle();
    }

    private PoolResource pool(String name) {
        return Objects.requireNonNull(cluster.pools.get(name));
    }

    private BrickSpec brick() {
        return pool("p1").plan().orElseThrow().getBricks(0);
    }

    private HolderPod holder() {
        return Objects.requireNonNull(cluster.holders.get("disk"));
    }

    private void runs(String node) {
        change(node, true, false);
    }

    private void ends() {
        change(holder().node(), true, true);
    }

    private void change(String node, boolean running, boolean ending) {
        HolderPod pod = holder();
        cluster.holders.put(
                "disk", new HolderPod(pod.name(), pod.uid(), pod.pool(), pod.claim(), node, running, ending, ""));
        settle();
    }

    /// The node does what the plan says.
    private void obeys(String node) {
        PoolSpec plan = pool("p1").plan().orElseThrow();
        cluster.reports.put(
                node, new NodeReport(node, clock.instant(), "", Map.of("p1", served(plan, node)), Map.of()));
        settle();
    }

    private BrickSpec serving(String node) {
        create("p1", "disk");
        runs(node);
        for (KubeNode every : cluster.nodes) {
            obeys(every.name());
        }
        return brick();
    }

    @Test
    void aPodIsMadeAndThePoolWaitsForIt() {
        create("p1", "disk");
        assertThat(holder().pool()).isEqualTo("p1");
        assertThat(pool("p1").state().phase()).isEqualTo(Phase.PENDING);
        assertThat(pool("p1").state().message()).contains("PersistentVolumeClaim disk", "does not run yet");
        assertThat(pool("p1").plan()).isEmpty();
        assertThat(pool("p1").held()).isTrue();
    }

    @Test
    void noPodIsMadeForAClaimThatIsNotThere() {
        create("p1", "dsk");
        assertThat(cluster.holders).isEmpty();
        assertThat(pool("p1").state().message()).contains("dsk: there is none of this name", "make it");
    }

    @Test
    void noPodIsMadeForARawBlockClaim() {
        cluster.claims.put("raw", new Claim("raw", "uid-raw", true));
        create("p1", "raw");
        assertThat(cluster.holders).isEmpty();
        assertThat(pool("p1").state().message()).contains("raw block volume", "volumeMode: Filesystem");
    }

    @Test
    void noPodIsMadeForADescriptionThatIsWrong() {
        create("p1", "disk", "disk");
        assertThat(cluster.holders).isEmpty();
    }

    @Test
    void theBrickIsWhereThePodRuns() {
        BrickSpec brick = serving("n2");
        assertThat(brick.getNode()).isEqualTo("n2");
        assertThat(brick.getAddress()).isEqualTo("10.0.0.2");
        assertThat(brick.getPort()).isEqualTo(24_100);
        assertThat(brick.getUnitOptionsMap()).isEqualTo(Map.of(StorageUnit.HOLDER, holder().uid()));
        assertThat(pool("p1").state().phase()).isEqualTo(Phase.READY);
    }

    @Test
    void aContainerThatIsStartedAgainMovesNothing() {
        BrickSpec brick = serving("n2");
        change("n2", false, false);
        assertThat(brick()).isEqualTo(brick);
    }

    @Test
    void thePodEndsWhenItsNodeHasGivenTheBrickBackAndNotBefore() {
        serving("n2");
        String first = holder().uid();
        ends();
        assertThat(brick().getNode()).isEmpty();
        assertThat(brick().getAddress()).isEqualTo("10.0.0.2");
        assertThat(cluster.ended).isEmpty();
        assertThat(pool("p1").state().message()).contains("node n2", "given it back");
        // another node that knows does not count
        obeys("n1");
        assertThat(cluster.ended).isEmpty();
        obeys("n2");
        assertThat(cluster.ended).containsExactly(first);
        // the next one is made at once
        assertThat(holder().uid()).isNotEqualTo(first);
        assertThat(brick().getNode()).isEmpty();
    }

    @Test
    void theBrickFollowsAndKeepsItsNameAndPlace() {
        BrickSpec before = serving("n2");
        ends();
        obeys("n2");
        runs("n3");
        assertThat(brick().getNode()).isEqualTo("n3");
        assertThat(brick().getAddress()).isEqualTo("10.0.0.3");
        assertThat(brick().getNodeId()).isEqualTo(before.getNodeId());
        assertThat(brick().getSource()).isEqualTo("disk");
        assertThat(brick().getUnitOptionsMap())
                .isEqualTo(Map.of(StorageUnit.HOLDER, holder().uid(), StorageUnit.MADE, "true"));
    }

    /// The pod was taken away by force: that says nothing of the brick.
    @Test
    void aPodThatIsGoneIsNoProofThatTheBrickIsGone() {
        serving("n2");
        cluster.holders.clear();
        settle();
        assertThat(brick().getNode()).isEmpty();
        runs("n3");
        assertThat(brick().getNode()).isEmpty();
        // what n2 said before it was told so is not it
        clock.advance(Duration.ofMinutes(10));
        settle();
        assertThat(brick().getNode()).isEmpty();
        obeys("n2");
        assertThat(brick().getNode()).isEqualTo("n3");
    }

    /// Whoever led did not see it for a moment.
    @Test
    void aPodThatItsBrickHasLeftIsOfNoMoreUseAndEnds() {
        serving("n2");
        HolderPod pod = holder();
        cluster.holders.clear();
        cluster.catchUp();
        var _ = leader.round();
        cluster.holders.put("disk", pod);
        settle();
        assertThat(brick().getNode()).isEmpty();
        assertThat(cluster.ended).isEmpty();
        obeys("n2");
        assertThat(cluster.ended).containsExactly(pod.uid());
        runs("n2");
        assertThat(brick().getNode()).isEqualTo("n2");
    }

    @Test
    void aNodeThatLeftTheClusterHasNothing() {
        serving("n2");
        cluster.holders.clear();
        settle();
        runs("n3");
        cluster.nodes.removeIf(node -> node.name().equals("n2"));
        settle();
        assertThat(brick().getNode()).isEqualTo("n3");
    }

    @Test
    void aPortThatIsTakenOnTheNextNodeIsAnotherOne() {
        BrickSpec before = serving("n2");
        create("p2", "n3:/d");
        ends();
        obeys("n2");
        runs("n3");
        assertThat(brick().getPort()).isNotEqualTo(before.getPort());
    }

    @Test
    void claimsFollowTheirPodsAlsoWhileAnEditIsRefused() {
        serving("n2");
        PoolResource pool = pool("p1");
        cluster.put(new PoolResource(
                "p1",
                pool.uid(),
                "",
                2,
                false,
                pool.finalizers(),
                object("p1", spec("Replica3", "disk", "n1:/a", "n1:/b")).document(),
                pool.status()));
        settle();
        ends();
        obeys("n2");
        runs("n3");
        assertThat(brick().getNode()).isEqualTo("n3");
        assertThat(pool("p1").state().condition("Accepted").orElseThrow().holds())
                .isFalse();
    }

    @Test
    void aPodIsLeftAloneUntilNoNodeServesTheDeletedPool() {
        serving("n2");
        delete("p1");
        assertThat(cluster.ended).isEmpty();
        String uid = holder().uid();
        for (KubeNode node : cluster.nodes) {
            cluster.reports.put(node.name(), new NodeReport(node.name(), clock.instant(), "", Map.of(), Map.of()));
        }
        settle();
        assertThat(cluster.ended).containsExactly(uid);
        assertThat(cluster.pools).isEmpty();
    }

    @Test
    void anotherPoolDoesNotGetTheClaim() {
        serving("n2");
        create("p2", "disk");
        assertThat(pool("p2").state().message()).contains("pvc disk belongs to pool p1");
    }

    @Test
    void thePlanIsTheSameFromTheRecordAlone() {
        BrickSpec brick = serving("n2");
        PoolResource pool = pool("p1");
        cluster.put(new PoolResource("p1", pool.uid(), "", 1, false, pool.finalizers(), pool.document(), Map.of()));
        settle();
        assertThat(brick()).isEqualTo(brick);
    }
}
