package io.sagara.volfile.stack;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagara.volfile.Client;
import io.sagara.volfile.Disperse;
import io.sagara.volfile.Graph;
import io.sagara.volfile.Replicate;
import io.sagara.volfile.Translator;
import io.sagara.volfile.stack.Pools.Pool;
import java.nio.file.Path;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class StackProperties {
    private static final Path DATA = Path.of("/data");

    @Property(tries = 200)
    void growingNeverTouchesTheBricksThatAreThere(
            @ForAll("layouts") SetLayout layout,
            @ForAll @IntRange(min = 1, max = 4) int sets,
            @ForAll @IntRange(min = 1, max = 3) int more,
            @ForAll boolean quota) {
        PoolShape small = Pools.of("p", layout, sets).with(quota).shape();
        PoolShape large = Pools.of("p", layout, sets + more).with(quota).shape();

        assertThat(onDisk(ClientStack.graph(large)))
                .startsWith(onDisk(ClientStack.graph(small)).toArray(Translator[]::new));
        for (BrickAddress brick : small.bricks()) {
            assertThat(BrickStack.brick(large, brick, BrickHome.at(DATA)))
                    .isEqualTo(BrickStack.brick(small, brick, BrickHome.at(DATA)));
        }
    }

    @Property(tries = 200)
    void whatLeavesChangesNeitherNamesNorOrderOfTheOthers(
            @ForAll("layouts") SetLayout layout,
            @ForAll @IntRange(min = 2, max = 5) int sets,
            @ForAll @IntRange(max = 4) int which) {
        int leaves = which % sets;
        Pool whole = Pools.of("p", layout, sets);
        Pool leaving = whole.leaving(leaves);
        Pool without = whole.without(leaves);

        assertThat(onDisk(ClientStack.graph(leaving.shape()))).isEqualTo(onDisk(ClientStack.graph(whole.shape())));
        assertThat(onDisk(ClientStack.graph(whole.shape())))
                .containsSubsequence(onDisk(ClientStack.graph(without.shape())));
        assertThat(clients(ClientStack.graph(without.shape())))
                .doesNotContain("p-client-" + leaves * layout.setSize())
                .hasSizeLessThan(clients(ClientStack.graph(whole.shape())).size());
        assertThat(Pools.graphs(leaving, DATA))
                .allSatisfy(graph -> assertThat(Graph.parse(graph.text())).isEqualTo(graph));
        assertThat(Pools.graphs(without, DATA))
                .allSatisfy(graph -> assertThat(Graph.parse(graph.text())).isEqualTo(graph));
        for (BrickAddress brick : without.shape().bricks()) {
            assertThat(BrickStack.brick(without.shape(), brick, BrickHome.at(DATA)))
                    .isEqualTo(BrickStack.brick(whole.shape(), brick, BrickHome.at(DATA)));
        }
    }

    @Property(tries = 200)
    void allProcessesOfAPoolAgreeOnTheNamesOfBricks(
            @ForAll("layouts") SetLayout layout, @ForAll @IntRange(min = 1, max = 4) int sets) {
        PoolShape pool = Pools.of("p", layout, sets).shape();
        List<String> clients = clients(ClientStack.graph(pool));

        assertThat(clients(RebalanceStack.graph(pool))).isEqualTo(clients);
        assertThat(clients(QuotaStack.graph(List.of(pool)).orElseThrow())).isEqualTo(clients);
        HealStack.graph(pool).ifPresent(graph -> assertThat(clients(graph)).isEqualTo(clients));
        for (int i = 0; i < pool.bricks().size(); i++) {
            assertThat(clients).contains("p-client-" + i);
        }
    }

    @Property(tries = 200)
    void everyGraphIsReadBackAndComesOutTheSameAgain(
            @ForAll("layouts") SetLayout layout, @ForAll @IntRange(min = 1, max = 4) int sets, @ForAll boolean quota) {
        Pool pool = Pools.of("p", layout, sets).with(quota);
        List<Graph> graphs = Pools.graphs(pool, DATA);

        assertThat(Pools.graphs(pool, DATA))
                .extracting(Graph::text)
                .isEqualTo(graphs.stream().map(Graph::text).toList());
        assertThat(graphs)
                .allSatisfy(graph -> assertThat(Graph.parse(graph.text())).isEqualTo(graph));
    }

    @Provide
    Arbitrary<SetLayout> layouts() {
        Arbitrary<SetLayout> fixed = Arbitraries.of(
                new SetLayout.Replica1(),
                new SetLayout.Replica2(),
                new SetLayout.Replica3(),
                new SetLayout.Arbiter(),
                new SetLayout.ThinArbiter("/bricks/p/tie", "10.0.9.9", 24999));
        Arbitrary<SetLayout> disperse = Combinators.combine(
                        Arbitraries.integers().between(1, 3),
                        Arbitraries.integers().between(1, 4))
                .as((redundancy, more) -> new SetLayout.Disperse(redundancy + more, redundancy));
        return Arbitraries.oneOf(fixed, disperse);
    }

    /// What of a client's graph has left its name or order on disk.
    private static List<Translator> onDisk(Graph graph) {
        return graph.translators().stream()
                .filter(t -> t instanceof Client || t instanceof Replicate || t instanceof Disperse)
                .toList();
    }

    private static List<String> clients(Graph graph) {
        return graph.translators().stream()
                .filter(Client.class::isInstance)
                .map(Translator::name)
                .toList();
    }
}
