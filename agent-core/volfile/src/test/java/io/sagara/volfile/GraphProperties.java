package io.sagara.volfile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;

class GraphProperties {
    private static final List<Class<?>> TYPES = List.of(Translator.class.getPermittedSubclasses());
    private static final int MAX_CHOICE = 1 << 20;
    private static final int MAX_CHOICES = 150;

    @Property
    void whatIsWrittenIsReadBack(@ForAll("graphs") Graph graph) {
        Graph read = Graph.parse(graph.text());

        assertThat(read).isEqualTo(graph);
        assertThat(read.text()).isEqualTo(graph.text());
        for (Translator translator : graph.translators()) {
            Statistics.collect(translator.getClass().getSimpleName());
        }
        Statistics.coverage(checker ->
                TYPES.forEach(type -> checker.check(type.getSimpleName()).count(count -> count >= 3)));
    }

    @Property
    void everyNameIsDefinedOnceAndBeforeItsUse(@ForAll("graphs") Graph graph) {
        Set<String> defined = new HashSet<>();
        for (String line : graph.text().split("\n", -1)) {
            List<String> words = List.of(line.strip().split(" ", -1));
            if (words.getFirst().equals("volume")) {
                assertThat(defined.add(words.get(1))).as(line).isTrue();
            } else if (words.getFirst().equals("subvolumes")) {
                assertThat(defined).containsAll(words.subList(1, words.size()));
            }
        }
        assertThat(defined).hasSameSizeAs(graph.translators());
    }

    @Property
    void writingChangesNothing(@ForAll("graphs") Graph graph) {
        String text = graph.text();

        assertThat(graph.text()).isEqualTo(text).endsWith("end-volume\n").doesNotContain("`", "\\");
        assertThat(graph.translators().getLast()).isSameAs(graph.top());
    }

    @Provide
    Arbitrary<Graph> graphs() {
        return Arbitraries.integers()
                .between(0, MAX_CHOICE)
                .list()
                .ofMaxSize(MAX_CHOICES)
                .map(choices -> new Graphs(choices).graph());
    }
}
