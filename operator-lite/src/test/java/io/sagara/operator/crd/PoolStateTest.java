package io.sagara.operator.crd;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagara.api.v1.BrickStatus;
import io.sagara.api.v1.PoolPhase;
import io.sagara.api.v1.PoolSpec;
import io.sagara.api.v1.PoolStatus;
import io.sagara.operator.Pools;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PoolStateTest {
    private static final PoolSpec PLAN =
            PoolSpec.newBuilder().setName("p1").setId("id-1").build();
    private static final PoolState STATE = new PoolState(
            Phase.DEGRADED,
            "node n2: away",
            List.of(new Condition("Ready", true, "Degraded", "node n2: away", "2026-01-01T00:00:00Z")),
            new PoolState.Usage(1L << 50, 5, 6, 7),
            List.of(new PoolState.BrickState(0, "n1", "/d", "10.0.0.1", 24_100, "RUNNING", "", 17, 2)),
            new PoolState.NodeCount(2, 3),
            Optional.of(PLAN),
            true);

    @Test
    void whatIsWrittenIsReadAgain() {
        PoolResource object = Pools.object("p1", Map.of(), STATE.tree(4), true);
        assertThat(object.plan()).contains(PLAN);
        assertThat(object.removing()).isTrue();
        assertThat(object.state().tree(4)).isEqualTo(without(STATE).tree(4));
    }

    @Test
    void aConditionKeepsTheTimeSinceWhenItHolds() {
        Condition later = new Condition("Ready", true, "Ready", "", "2026-02-02T00:00:00Z");
        PoolState next = new PoolState(
                Phase.READY, "", List.of(later), STATE.usage(), List.of(), STATE.nodes(), Optional.empty(), false);
        assertThat(next.after(STATE).condition("Ready").orElseThrow().since()).isEqualTo("2026-01-01T00:00:00Z");
        assertThat(next.after(STATE).condition("Ready").orElseThrow().reason()).isEqualTo("Ready");
    }

    @Test
    void aDamagedStatusIsNoPlan() {
        assertThat(Pools.object("p1", Map.of(), Map.of("plan", "x", "phase", 3), false)
                        .plan())
                .isEmpty();
        assertThat(Pools.object("p1", Map.of(), Map.of("plan", Map.of("name", "p1", "bricks", 3)), false)
                        .plan())
                .isEmpty();
    }

    @Test
    void aReportIsReadAsItWasWrittenAndSaysOnlyWhatItsNodeKnows() {
        PoolStatus status = Pools.served(PLAN, "n1").toBuilder()
                .addBricks(BrickStatus.newBuilder().setIndex(0).setLocal(true).setPid(3))
                .addBricks(BrickStatus.newBuilder().setIndex(1).setNode("n2").setSource("/d"))
                .setPhase(PoolPhase.READY)
                .build();
        NodeReport report = new NodeReport(
                "n1", Instant.parse("2026-01-01T00:00:00Z"), "", Map.of("p1", status), Map.of("p2", "no"));
        assertThat(NodeReport.of("n1", report.data())).isEqualTo(report);
        assertThat(report.pools().values())
                .extracting(pool -> pool.getBricks(1))
                .containsExactly(BrickStatus.newBuilder().setIndex(1).build());
        NodeReport fuller = new NodeReport(
                "n1",
                Instant.EPOCH,
                "",
                Map.of("p1", status.toBuilder().setUsedBytes(99).build()),
                Map.of("p2", "no"));
        assertThat(report.agrees(fuller)).isTrue();
        assertThat(report.agrees(new NodeReport("n1", Instant.EPOCH, "", Map.of(), Map.of("p2", "no"))))
                .isFalse();
    }

    private static PoolState without(PoolState state) {
        return new PoolState(
                state.phase(),
                state.message(),
                state.conditions(),
                state.usage(),
                state.bricks(),
                state.nodes(),
                Optional.empty(),
                state.removing());
    }
}
