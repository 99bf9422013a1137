package io.sagara.volfile.option;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagara.volfile.Graph;
import io.sagara.volfile.stack.Pools;
import java.nio.file.Path;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class CatalogueProperties {
    @Property
    void unknownOptionsAreRefused(@ForAll("keys") String key, @ForAll String value) {
        Assume.that(
                Catalogue.help().keySet().stream().noneMatch(known -> known.equals(key) || known.endsWith("." + key)));

        assertThatThrownBy(() -> Catalogue.settings(Map.of(key, value)))
                .isInstanceOf(OptionException.class)
                .hasMessageContaining("'" + key + "'")
                .hasMessageContaining("'" + value + "'");
    }

    @Property
    void noValueGetsIntoAGraphThatCannotBeReadBack(@ForAll("known") String key, @ForAll("values") String value) {
        Settings settings;
        try {
            settings = Catalogue.settings(Map.of(key, value));
        } catch (OptionException e) {
            assertThat(e.option()).isEqualTo(key);
            assertThat(e.value()).isEqualTo(value);
            return;
        }
        for (Graph graph : Pools.graphs(Pools.replica3("p").with(settings).with(true), Path.of("/data"))) {
            assertThat(Graph.parse(graph.text())).isEqualTo(graph);
        }
    }

    @Property
    void anAcceptedValueIsAcceptedAgainAndStays(@ForAll("known") String key, @ForAll("values") String value) {
        Settings settings;
        try {
            settings = Catalogue.settings(Map.of(key, value));
        } catch (OptionException _) {
            return;
        }
        assertThat(Catalogue.settings(settings.chosen())).isEqualTo(settings);
    }

    @Provide
    Arbitrary<String> keys() {
        return Arbitraries.strings()
                .withCharRange('a', 'z')
                .withChars(".-_")
                .ofMinLength(0)
                .ofMaxLength(30);
    }

    @Provide
    Arbitrary<String> known() {
        return Arbitraries.of(Catalogue.help().keySet());
    }

    @Provide
    Arbitrary<String> values() {
        return Arbitraries.oneOf(
                Arbitraries.of("on", "off", "0", "1", "16", "64", "1MB", "64MB", "10%", "30", "1min", "none", "auto"),
                Arbitraries.of("INFO", "json", "0755", "full", "security.*", "size", "normal", "lazy", "x64", "syslog"),
                Arbitraries.strings().ofMaxLength(8));
    }
}
