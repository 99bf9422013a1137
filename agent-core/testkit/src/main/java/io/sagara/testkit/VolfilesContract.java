package io.sagara.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sagara.spi.Brick;
import io.sagara.spi.Pool;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import io.sagara.spi.Volfile;
import io.sagara.spi.Volfiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What role 1 promises, as tests. Needs no root and writes nothing. Each test gets the objects of its own run
/// from the abstract methods.
public interface VolfilesContract {
    /// The graphs under test.
    Volfiles volfiles();

    /// A pool they can serve; the same at every call.
    Pool pool();

    private List<Volfile> all(Pool pool) {
        List<Volfile> graphs = new ArrayList<>();
        for (Brick brick : pool.bricks()) {
            graphs.add(volfiles().brick(pool, brick, Path.of("/bricks/here/" + brick.index()), 1));
        }
        graphs.add(volfiles().client(pool));
        volfiles().selfHeal(pool).ifPresent(graphs::add);
        volfiles().quota(pool).ifPresent(graphs::add);
        return graphs;
    }

    /// Ids are how processes ask for a graph.
    @Test
    default void volfileIdsAreTheDocumentedOnes() {
        Pool pool = pool();
        for (Brick brick : pool.bricks()) {
            assertThat(volfiles().brick(pool, brick, Path.of("/bricks/here"), 1).id())
                    .isEqualTo(pool.name() + ".brick-" + brick.index());
        }
        assertThat(volfiles().client(pool).id()).isEqualTo(pool.name().value());
        volfiles().selfHeal(pool).ifPresent(graph -> assertThat(graph.id()).isEqualTo("shd/" + pool.name()));
        volfiles().quota(pool).ifPresent(graph -> assertThat(graph.id()).isEqualTo("quotad/" + pool.name()));
    }

    /// A text that changes restarts processes.
    @Test
    default void equalPoolsGiveEqualVolfiles() {
        assertThat(all(pool())).isEqualTo(all(pool()));
    }

    /// AFR writes the names of clients into attributes on disk.
    @Test
    default void theClientGraphNamesEveryBrick() {
        Pool pool = pool();
        String text = volfiles().client(pool).text();
        for (Brick brick : pool.bricks()) {
            assertThat(text).contains(pool.clientName(brick)).contains(pool.brickName(brick));
        }
    }

    /// Two bricks of a node must not serve one directory.
    @Test
    default void theBrickGraphNamesItsDirectory() {
        Pool pool = pool();
        for (Brick brick : pool.bricks()) {
            assertThat(volfiles().brick(pool, brick, Path.of("/bricks/one"), 1).text())
                    .contains("/bricks/one");
        }
    }

    /// GlusterFS refuses anything else.
    @Test
    default void everyTranslatorIsDefinedOnceAndBeforeItsUse() {
        for (Volfile graph : all(pool())) {
            Set<String> defined = new HashSet<>();
            for (String line : graph.text().lines().toList()) {
                List<String> words = Stream.of(line.strip().split("\\s+")).toList();
                switch (words.getFirst()) {
                    case "volume" ->
                        assertThat(defined.add(words.get(1)))
                                .as("%s: %s is defined once", graph.id(), words.get(1))
                                .isTrue();
                    case "subvolumes" -> assertThat(defined).as(graph.id()).containsAll(words.subList(1, words.size()));
                    default -> {}
                }
            }
            assertThat(defined).as(graph.id()).isNotEmpty();
        }
    }

    /// Without quota there is no daemon to feed.
    @Test
    default void aPoolWithoutQuotaHasNoQuotaGraph() {
        assertThat(volfiles().quota(Pools.withoutQuota(pool()))).isEmpty();
    }

    /// A typo must not be silence.
    @Test
    default void anUnknownOptionIsRefusedAndNamed() {
        Pool pool = Pools.withOptions(pool(), Map.of("no-such.option", "on"));
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> volfiles().client(pool))
                .withMessageContaining("no-such.option")
                .satisfies(e -> assertThat(e.problem()).isEqualTo(Problem.INVALID_ARGUMENT));
    }
}
