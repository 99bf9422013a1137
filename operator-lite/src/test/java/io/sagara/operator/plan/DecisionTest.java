package io.sagara.operator.plan;

import static io.sagara.operator.Pools.object;
import static io.sagara.operator.Pools.planned;
import static io.sagara.operator.Pools.served;
import static io.sagara.operator.Pools.spec;
import static io.sagara.operator.plan.Worlds.EMPTY;
import static io.sagara.operator.plan.Worlds.accepted;
import static io.sagara.operator.plan.Worlds.recorded;
import static io.sagara.operator.plan.Worlds.report;
import static io.sagara.operator.plan.Worlds.reporting;
import static io.sagara.operator.plan.Worlds.with;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagara.api.v1.BrickSpec;
import io.sagara.api.v1.PoolSpec;
import io.sagara.api.v1.PoolStatus;
import io.sagara.operator.crd.KadaluInfo;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DecisionTest {
    private static final String ID = "11111111-2222-3333-4444-555555555555";

    private final Decision decision = new Decision(Worlds.ids());
    private final Map<String, Object> three = spec("Replica3", "n1:/d", "n2:/d", "n3:/d");
    private final PoolSpec plan = accepted(decision.of(object("p1", three), EMPTY));

    @Test
    void everythingIsAssigned() {
        assertThat(plan.getId()).isNotEmpty();
        assertThat(plan.getBricksList())
                .extracting(BrickSpec::getAddress)
                .containsExactly("10.0.0.1", "10.0.0.2", "10.0.0.3");
        assertThat(plan.getBricksList()).extracting(BrickSpec::getPort).containsOnly(24_100);
        assertThat(plan.getBricksList())
                .extracting(BrickSpec::getNodeId)
                .doesNotHaveDuplicates()
                .doesNotContain("");
    }

    @Test
    void aGivenVolumeIdIsTaken() {
        Map<String, Object> given = spec("Replica1", "n1:/d");
        given.put("volume_id", ID);
        assertThat(accepted(decision.of(object("p1", given), EMPTY)).getId()).isEqualTo(ID);
    }

    @Test
    void aNodeMayBeCalledByItsHostName() {
        assertThat(accepted(decision.of(object("p1", spec("Replica1", "host2:/d")), EMPTY))
                        .getBricks(0)
                        .getNode())
                .isEqualTo("n2");
    }

    @Test
    void whatWasAssignedStaysAlsoFromTheRecordAlone() {
        assertThat(decision.of(planned("p1", three, plan), EMPTY)).isEqualTo(new Verdict.Accepted(plan));
        assertThat(decision.of(object("p1", three), recorded(plan))).isEqualTo(new Verdict.Accepted(plan));
    }

    @Test
    void aMistakeIsToldByFieldAndNothingIsServed() {
        assertThat(decision.of(object("p1", spec("Replica3", "n1:/d", "n2:d", "n3:/d")), EMPTY))
                .isInstanceOfSatisfying(Verdict.Rejected.class, rejected -> {
                    assertThat(rejected.reason()).isEqualTo("Invalid");
                    assertThat(rejected.message())
                            .startsWith("spec.storage[1].path: 'd' is relative")
                            .doesNotContain("line");
                });
    }

    @Test
    void aMistakeInAnEditKeepsThePoolAsItWas() {
        assertThat(decision.of(planned("p1", spec("Replica4"), plan), EMPTY))
                .isInstanceOfSatisfying(Verdict.Kept.class, kept -> {
                    assertThat(kept.plan()).isEqualTo(plan);
                    assertThat(kept.reason()).isEqualTo("Invalid");
                });
    }

    @Test
    void anUnknownNodeIsWaitedFor() {
        assertThat(decision.of(object("p1", spec("Replica1", "n9:/d")), EMPTY))
                .isEqualTo(new Verdict.Waiting(
                        "NoNode", "storage[0].node: there is no node 'n9'; there are: n1, n2, n3, n4"));
    }

    @Test
    void theOrderOfUnitsAndTheTypeStay() {
        Map<String, Object> swapped = spec("Replica3", "n2:/d", "n1:/d", "n3:/d");
        assertThat(decision.of(planned("p1", swapped, plan), EMPTY))
                .isInstanceOfSatisfying(Verdict.Kept.class, kept -> {
                    assertThat(kept.reason()).isEqualTo("EditRefused");
                    assertThat(kept.message())
                            .contains("storage[0] is path /d on n1 and cannot become path /d on n2", "storage[1]");
                });
        assertThat(decision.of(planned("p1", spec("Arbiter", "n1:/d", "n2:/d", "n3:/d"), plan), EMPTY))
                .isInstanceOfSatisfying(
                        Verdict.Kept.class,
                        kept -> assertThat(kept.message()).contains("type is REPLICA3 and cannot become ARBITER"));
    }

    @Test
    void safeEditsAreTaken() {
        Map<String, Object> edited = spec("Replica3", "n1:/d", "n2:/d", "n3:/d", "n1:/e", "n2:/e", "n3:/e");
        edited.put("options", List.of(Map.of("key", "performance.io-cache", "value", "on")));
        edited.put("pvReclaimPolicy", "retain");
        PoolSpec grown = accepted(decision.of(planned("p1", edited, plan), EMPTY));
        assertThat(grown.getBricksList().subList(0, 3)).isEqualTo(plan.getBricksList());
        assertThat(grown.getBricks(3).getPort()).isEqualTo(24_101);
        assertThat(grown.getOptionsMap()).containsEntry("performance.io-cache", "on");
        assertThat(grown.getId()).isEqualTo(plan.getId());
    }

    @Test
    void aSetLeavesWhereThereIsOneNode() {
        Surroundings one = new Surroundings(
                Map.of("n1", requireNonNull(Worlds.nodes().get("n1"))),
                KadaluInfo.ABSENT,
                Map.of(),
                Map.of(),
                Worlds.PORTS);
        Map<String, Object> both = spec("Replica1", "n1:/d", "n1:/e");
        PoolSpec two = accepted(decision.of(object("p1", both), one));
        Map<String, Object> leaving = spec("Replica1", "n1:/d");
        leaving.put(
                "storage",
                List.of(
                        Map.of("node", "n1", "path", "/d"),
                        Map.of("node", "n1", "path", "/e", "decommissioned", true)));
        PoolSpec left = accepted(decision.of(planned("p1", leaving, two), one));
        assertThat(left.getBricks(1).getDecommissioned()).isTrue();
        assertThat(left.getBricks(1).getNodeId()).isEqualTo(two.getBricks(1).getNodeId());
        assertThat(decision.of(planned("p1", leaving, two), EMPTY))
                .isInstanceOfSatisfying(
                        Verdict.Kept.class,
                        kept -> assertThat(kept.message()).contains("storage[1]", "cannot be decommissioned"));

        PoolStatus gone = served(left, "n1").toBuilder().addRetired(1).build();
        assertThat(decision.of(planned("p1", both, left), reporting(one, report("n1", gone))))
                .isInstanceOfSatisfying(
                        Verdict.Kept.class,
                        kept -> assertThat(kept.message()).contains("has left the pool and cannot come back"));
    }

    @Test
    void aUnitIsRemovedOnlyWhereItsNodeSaysThatItNeverHadIt() {
        PoolSpec two = accepted(decision.of(object("p1", spec("Replica1", "n1:/d", "n2:/d")), EMPTY));
        Map<String, Object> one = spec("Replica1", "n1:/d");
        PoolSpec old = two.toBuilder().removeBricks(1).build();
        assertThat(decision.of(planned("p1", one, two), EMPTY)).isInstanceOf(Verdict.Kept.class);
        assertThat(decision.of(
                        planned("p1", one, two),
                        reporting(EMPTY, report("n1", served(two, "n1")), report("n2", served(two, "n2")))))
                .isInstanceOfSatisfying(
                        Verdict.Kept.class,
                        kept -> assertThat(kept.message()).contains("storage[1], path /d on n2, may hold data"));
        assertThat(decision.of(
                        planned("p1", one, two),
                        reporting(EMPTY, report("n1", served(old, "n1")), report("n2", served(old, "n2")))))
                .isEqualTo(new Verdict.Accepted(old));
    }

    @Test
    void storageAndIdsOfAnotherPoolAreRefused() {
        assertThat(decision.of(object("p2", spec("Replica1", "n2:/d")), with(plan)))
                .isEqualTo(new Verdict.Rejected(
                        "Conflict", "storage[0]: path /d on n2 belongs to pool p1; list other storage"));
        Map<String, Object> stolen = spec("Replica1", "n2:/other");
        stolen.put("volume_id", plan.getId());
        assertThat(decision.of(object("p2", stolen), recorded(plan)))
                .isInstanceOfSatisfying(
                        Verdict.Rejected.class,
                        rejected -> assertThat(rejected.message()).contains("is the id of pool p1"));
    }

    @Test
    void aPoolThatAnAgentStillServesIsNotReplacedByAccident() {
        Surroundings left = reporting(EMPTY, report("n1", served(plan, "n1")));
        assertThat(decision.of(object("p1", three), left))
                .isInstanceOfSatisfying(
                        Verdict.Rejected.class,
                        rejected -> assertThat(rejected.message()).contains("volume_id: " + plan.getId()));
        Map<String, Object> again = spec("Replica3", "n1:/d", "n2:/d", "n3:/d");
        again.put("volume_id", plan.getId());
        assertThat(decision.of(object("p1", again), left)).isInstanceOf(Verdict.Accepted.class);
    }

    @Test
    void aPoolOfKadaluIsLeftAlone() {
        KadaluInfo info = new KadaluInfo("1", Map.of("p1.info", """
                        {"volname":"p1","volume_id":"%s","type":"Replica1","bricks":[{"node":"server-p1-0-0.p1",\
                        "kube_hostname":"n1","host_brick_path":"/d","node_id":"x","brick_index":0}]}""".formatted(ID)));
        Surroundings kadalus = new Surroundings(Worlds.nodes(), info, Map.of(), Map.of(), Worlds.PORTS);
        assertThat(decision.of(object("p1", spec("Replica1", "n1:/d")), kadalus))
                .isInstanceOfSatisfying(
                        Verdict.Waiting.class,
                        waiting -> assertThat(waiting.reason()).isEqualTo("KadaluPool"));
    }

    @Test
    void anAddressFollowsItsNodeAndStaysWhereTheNodeIsAway() {
        Map<String, KubeNode> nodes = Worlds.nodes();
        nodes.put("n1", new KubeNode("n1", "host1", Optional.of("10.0.0.99"), true));
        nodes.remove("n2");
        Surroundings moved = new Surroundings(nodes, KadaluInfo.ABSENT, Map.of(), Map.of(), Worlds.PORTS);
        assertThat(accepted(decision.of(planned("p1", three, plan), moved)).getBricksList())
                .extracting(BrickSpec::getAddress)
                .containsExactly("10.0.0.99", "10.0.0.2", "10.0.0.3");
    }
}
