package io.sagara.operator.plan;

import static io.sagara.operator.Pools.object;
import static io.sagara.operator.Pools.planned;
import static io.sagara.operator.Pools.served;
import static io.sagara.operator.Pools.spec;
import static io.sagara.operator.plan.Worlds.EMPTY;
import static io.sagara.operator.plan.Worlds.accepted;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagara.api.v1.PoolSpec;
import io.sagara.operator.crd.Json;
import io.sagara.operator.crd.PoolResource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AssignmentTest {
    private final Map<String, Object> spec = spec("Replica1", "n1:/d");
    private final PoolSpec plan = accepted(new Decision(Worlds.ids()).of(object("p1", spec), EMPTY));
    private final List<PoolResource> objects = List.of(planned("p1", spec, plan));

    @Test
    void aPoolIsAppliedOnceForEachPlan() {
        assertThat(Assignment.of(objects, Map.of(), Map.of())).containsExactly(new Assignment.Apply(plan));
        assertThat(Assignment.of(objects, Map.of("p1", served(plan, "n1")), Map.of()))
                .containsExactly(new Assignment.Apply(plan));
        assertThat(Assignment.of(objects, Map.of("p1", served(plan, "n1")), Map.of("p1", plan)))
                .isEmpty();
        assertThat(Assignment.of(
                        objects,
                        Map.of("p1", served(plan, "n1")),
                        Map.of("p1", plan.toBuilder().putOptions("a", "b").build())))
                .containsExactly(new Assignment.Apply(plan));
    }

    @Test
    void anObjectWithoutAPlanChangesNothing() {
        assertThat(Assignment.of(List.of(object("p1", spec)), Map.of("p1", served(plan, "n1")), Map.of()))
                .isEmpty();
    }

    @Test
    void aPoolOfTheSameNameWithAnotherIdGoesFirst() {
        PoolSpec old = plan.toBuilder().setId("other").build();
        assertThat(Assignment.of(objects, Map.of("p1", served(old, "n1")), Map.of("p1", plan)))
                .containsExactly(new Assignment.Remove("p1", true));
    }

    @Test
    void aPoolIsRemovedWhenTheLeaderSaysSo() {
        PoolResource deleting = object("p1", spec, Map.of("plan", Json.tree(plan)), true);
        assertThat(Assignment.of(List.of(deleting), Map.of("p1", served(plan, "n1")), Map.of("p1", plan)))
                .isEmpty();
        PoolResource removing = object("p1", spec, Map.of("plan", Json.tree(plan), "removing", true), true);
        assertThat(Assignment.of(List.of(removing), Map.of("p1", served(plan, "n1")), Map.of("p1", plan)))
                .containsExactly(new Assignment.Remove("p1", true));
        assertThat(Assignment.of(List.of(removing), Map.of(), Map.of())).isEmpty();
    }

    @Test
    void aPoolWithoutAnObjectIsRemovedOnlyAfterAsking() {
        assertThat(Assignment.of(List.of(), Map.of("p1", served(plan, "n1")), Map.of()))
                .containsExactly(new Assignment.Remove("p1", false));
    }
}
