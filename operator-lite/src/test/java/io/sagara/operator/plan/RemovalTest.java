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

import io.sagara.api.v1.PoolSpec;
import io.sagara.operator.crd.KadaluInfo;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RemovalTest {
    private final PoolSpec plan =
            accepted(new Decision(Worlds.ids()).of(object("p1", spec("Replica1", "n1:/d", "n2:/d")), EMPTY));

    @Test
    void volumesKeepAPoolAndAreNamed() {
        List<String> volumes =
                IntStream.range(0, 12).mapToObj("pvc-%02d"::formatted).toList();
        assertThat(Removal.begin(volumes))
                .isInstanceOfSatisfying(
                        Removal.Refused.class,
                        refused -> assertThat(refused.message())
                                .startsWith("the pool has 12 PersistentVolumes: pvc-00, pvc-01")
                                .contains("pvc-09 and 2 more"));
        assertThat(Removal.begin(List.of())).isEqualTo(new Removal.Allowed());
    }

    @Test
    void everyNodeWithABrickHasToSayThatItHasLetGo() {
        assertThat(progress(reporting(EMPTY, report("n1"))))
                .isEqualTo(new Removal.Underway("waiting until no node serves it: node n2 does not report"));
        assertThat(progress(reporting(EMPTY, report("n1"), report("n2", served(plan, "n2")))))
                .isEqualTo(new Removal.Underway("waiting until no node serves it: node n2 still has it"));
        assertThat(progress(reporting(EMPTY, report("n1"), report("n2"), report("n3", served(plan, "n3")))))
                .isEqualTo(new Removal.Underway("waiting until no node serves it: node n3 still has it"));
        assertThat(progress(reporting(EMPTY, report("n1"), report("n2")))).isEqualTo(new Removal.Done());
    }

    @Test
    void aNodeThatLeftTheClusterDoesNotHoldItUp() {
        Map<String, KubeNode> nodes = Worlds.nodes();
        nodes.remove("n2");
        Surroundings smaller = new Surroundings(
                nodes, KadaluInfo.ABSENT, Map.of(), Map.of("n1", report("n1")), Map.of(), List.of(), Worlds.PORTS);
        assertThat(progress(smaller)).isEqualTo(new Removal.Done());
    }

    private Removal progress(Surroundings around) {
        return Removal.progress("p1", Optional.of(plan), around, NOW);
    }
}
