package io.sagara.operator.plan;

import static io.sagara.operator.plan.Worlds.accepted;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagara.api.v1.BrickSpec;
import io.sagara.api.v1.PoolSpec;
import io.sagara.operator.Pools;
import io.sagara.operator.crd.InfoText;
import io.sagara.operator.crd.KadaluInfo;
import io.sagara.operator.crd.PoolResource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/// What must hold whatever users do, and in whatever order pools come up.
class DecisionProperties {
    /// A number of units for each pool, and for each unit its node.
    @Provide
    Arbitrary<List<List<Integer>>> clusters() {
        return Arbitraries.integers()
                .between(1, 4)
                .list()
                .ofMinSize(1)
                .ofMaxSize(6)
                .list()
                .ofMinSize(1)
                .ofMaxSize(6);
    }

    private static Map<String, Object> spec(int pool, List<Integer> nodes, int units) {
        String[] texts = new String[units];
        for (int i = 0; i < units; i++) {
            texts[i] = "n" + nodes.get(i) + ":/data/" + pool + "/" + i;
        }
        return Pools.spec("Replica1", texts);
    }

    /// Plans each pool in the order of the list, its first unit first and all of them in a second pass.
    private static Map<String, PoolSpec> planAll(List<List<Integer>> pools, boolean statusLost) {
        Decision decision = new Decision(Worlds.ids());
        Map<String, PoolSpec> plans = new TreeMap<>();
        KadaluInfo info = new KadaluInfo("1", Map.of());
        for (int pass = 0; pass < 2; pass++) {
            for (int p = 0; p < pools.size(); p++) {
                String name = "p" + p;
                int units = pass == 0 ? 1 : pools.get(p).size();
                Map<String, Object> spec = spec(p, pools.get(p), units);
                PoolSpec before = plans.get(name);
                PoolResource object =
                        before == null || statusLost ? Pools.object(name, spec) : Pools.planned(name, spec, before);
                Map<String, PoolSpec> seen = statusLost ? Map.of() : plans;
                PoolSpec plan = accepted(decision.of(
                        object,
                        new Surroundings(Worlds.nodes(), info, seen, Map.of(), Map.of(), List.of(), Worlds.PORTS)));
                if (before != null) {
                    assertThat(plan.getId()).isEqualTo(before.getId());
                    assertThat(plan.getBricksList().subList(0, before.getBricksCount()))
                            .isEqualTo(before.getBricksList());
                }
                plans.put(name, plan);
                info = info.with(name, InfoText.of(plan, "kadalu", "1"));
            }
        }
        return plans;
    }

    @Property(tries = 200)
    void noTwoBricksOfANodeShareAPortAndAssignmentsNeverChange(
            @ForAll("clusters") List<List<Integer>> pools, @ForAll boolean statusLost) {
        Set<String> ends = new HashSet<>();
        Set<String> ids = new HashSet<>();
        for (PoolSpec plan : planAll(pools, statusLost).values()) {
            assertThat(ids.add(plan.getId())).isTrue();
            for (BrickSpec brick : plan.getBricksList()) {
                assertThat(ends.add(brick.getAddress() + ":" + brick.getPort()))
                        .as("%s:%s", brick.getAddress(), brick.getPort())
                        .isTrue();
                assertThat(ids.add(brick.getNodeId())).isTrue();
                assertThat(brick.getPort()).isBetween(Worlds.PORTS.first(), Worlds.PORTS.last());
            }
        }
    }

    @Property(tries = 100)
    void decidingAgainChangesNothing(@ForAll("clusters") List<List<Integer>> pools) {
        Map<String, PoolSpec> plans = planAll(pools, false);
        Decision decision = new Decision(Worlds.ids());
        for (int p = 0; p < pools.size(); p++) {
            String name = "p" + p;
            PoolSpec plan = Objects.requireNonNull(plans.get(name));
            PoolResource object =
                    Pools.planned(name, spec(p, pools.get(p), pools.get(p).size()), plan);
            assertThat(decision.of(object, Worlds.with(plans.values().toArray(PoolSpec[]::new))))
                    .isEqualTo(new Verdict.Accepted(plan));
        }
    }
}
