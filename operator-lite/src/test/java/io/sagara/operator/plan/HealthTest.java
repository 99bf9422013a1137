package io.sagara.operator.plan;

import static io.sagara.operator.Pools.object;
import static io.sagara.operator.Pools.served;
import static io.sagara.operator.Pools.spec;
import static io.sagara.operator.plan.Worlds.EMPTY;
import static io.sagara.operator.plan.Worlds.NOW;
import static io.sagara.operator.plan.Worlds.accepted;
import static io.sagara.operator.plan.Worlds.report;
import static io.sagara.operator.plan.Worlds.reporting;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.sagara.api.v1.PoolPhase;
import io.sagara.api.v1.PoolSpec;
import io.sagara.api.v1.PoolStatus;
import io.sagara.operator.crd.NodeReport;
import io.sagara.operator.crd.Phase;
import io.sagara.operator.crd.PoolState.BrickState;
import io.sagara.operator.crd.PoolState.NodeCount;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HealthTest {
    private final PoolSpec plan =
            accepted(new Decision(Worlds.ids()).of(object("p1", spec("Replica1", "n1:/d", "n2:/d")), EMPTY));

    @Test
    void whereEveryNodeServesItItIsReady() {
        Health health = Health.of(plan, reporting(EMPTY, all()), NOW);
        assertThat(health.phase()).isEqualTo(Phase.READY);
        assertThat(health.message()).isEmpty();
        assertThat(health.nodes()).isEqualTo(new NodeCount(3, 3));
        assertThat(health.usage().total()).isEqualTo(1000);
        assertThat(health.bricks())
                .extracting(BrickState::node, BrickState::state, BrickState::port, BrickState::pid)
                .containsExactly(tuple("n1", "RUNNING", 24_100, 100L), tuple("n2", "RUNNING", 24_100, 101L));
    }

    @Test
    void beforeAnyNodeSaysSomethingOfItItIsStarting() {
        Health health = Health.of(plan, reporting(EMPTY, report("n1"), report("n2")), NOW);
        assertThat(health.phase()).isEqualTo(Phase.STARTING);
        assertThat(health.bricks()).extracting(BrickState::state).containsOnly("UNKNOWN");
    }

    @Test
    void aUnitThatHasLeftIsNoTrouble() {
        PoolStatus left =
                served(plan, "n2").toBuilder().addRetired(1).clearBricks().build();
        Health health = Health.of(plan, reporting(EMPTY, report("n1", served(plan, "n1")), report("n2", left)), NOW);
        assertThat(health.phase()).isEqualTo(Phase.READY);
        assertThat(health.bricks()).extracting(BrickState::state).containsExactly("RUNNING", "RETIRED");
    }

    @Test
    void aNodeThatFallsSilentIsNamed() {
        NodeReport old =
                new NodeReport("n2", NOW.minus(Duration.ofMinutes(4)), "", Map.of("p1", served(plan, "n2")), Map.of());
        Health health = Health.of(plan, reporting(EMPTY, report("n1", served(plan, "n1")), old), NOW);
        assertThat(health.phase()).isEqualTo(Phase.DEGRADED);
        assertThat(health.message()).isEqualTo("node n2: no report since 2026-01-01T11:56:00Z");
        assertThat(health.bricks().get(1).state()).isEqualTo("UNKNOWN");
    }

    @Test
    void whatAnAgentRefusesIsShown() {
        NodeReport failed = new NodeReport("n2", NOW, "", Map.of(), Map.of("p1", "/dev/sdb holds ext4"));
        assertThat(Health.of(plan, reporting(EMPTY, report("n1"), failed), NOW).phase())
                .isEqualTo(Phase.FAILED);
        Health half = Health.of(plan, reporting(EMPTY, report("n1", served(plan, "n1")), failed), NOW);
        assertThat(half.phase()).isEqualTo(Phase.DEGRADED);
        assertThat(half.message()).isEqualTo("node n2: /dev/sdb holds ext4");
    }

    @Test
    void aNodeWithoutBricksThatIsAwayIsNoTroubleOfThePool() {
        NodeReport away = new NodeReport("n3", NOW.minus(Duration.ofHours(1)), "", Map.of(), Map.of());
        assertThat(Health.of(
                                plan,
                                reporting(
                                        EMPTY,
                                        report("n1", served(plan, "n1")),
                                        report("n2", served(plan, "n2")),
                                        away),
                                NOW)
                        .phase())
                .isEqualTo(Phase.READY);
    }

    @Test
    void aNodeWhereItIsDegradedCountsAsUsable() {
        NodeReport degraded = report(
                "n2",
                served(plan, "n2").toBuilder()
                        .setPhase(PoolPhase.DEGRADED)
                        .setMessage("brick 1 restarts")
                        .build());
        Health health = Health.of(plan, reporting(EMPTY, report("n1", served(plan, "n1")), degraded), NOW);
        assertThat(health.phase()).isEqualTo(Phase.DEGRADED);
        assertThat(health.message()).isEqualTo("node n2: brick 1 restarts");
        assertThat(health.nodes()).isEqualTo(new NodeCount(2, 2));
    }

    @Test
    void whatNodesWarnOfIsSaidOnceAndThePoolStaysReady() {
        String sentence = "host 'h2' does not resolve on this node";
        Health health = Health.of(
                plan,
                reporting(
                        EMPTY,
                        report("n1", warning("n1", sentence)),
                        report("n2", warning("n2", sentence)),
                        report("n3", warning("n3", "counts usage late"))),
                NOW);
        assertThat(health.phase()).isEqualTo(Phase.READY);
        assertThat(health.message()).isEmpty();
        assertThat(health.warning()).isEqualTo("node n3: counts usage late; nodes n1, n2: " + sentence);
    }

    private PoolStatus warning(String node, String sentence) {
        return served(plan, node).toBuilder().setMessage(sentence).build();
    }

    private NodeReport[] all() {
        return new NodeReport[] {
            report("n1", served(plan, "n1")), report("n2", served(plan, "n2")), report("n3", served(plan, "n3"))
        };
    }
}
