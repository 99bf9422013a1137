package io.sagara.volfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class GraphTest {
    private static final UUID ID = UUID.fromString("29df5556-4016-5447-a075-9eb4b43a516d");
    private static final Posix POSIX = new Posix("p-posix", Path.of("/data"), ID, 1, Map.of());

    @Test
    void aGraphIsWrittenFromTheBottomUp() {
        var top = new Layer("p-locks", "features/locks", Map.of("trace", "on"), List.of(POSIX));

        assertThat(new Graph(top)).hasToString("""
                        volume p-posix
                            type storage/posix
                            option directory /data
                            option volume-id 29df5556-4016-5447-a075-9eb4b43a516d
                            option shared-brick-count 1
                        end-volume

                        volume p-locks
                            type features/locks
                            option trace on
                            subvolumes p-posix
                        end-volume
                        """);
    }

    @Test
    void aSharedTranslatorIsWrittenOnceAndBeforeItsFirstUse() {
        Client shared = client("p-ta-2");
        Replicate first = thin("p-replicate-0", shared, client("p-client-0"), client("p-client-1"));
        Replicate second = thin("p-replicate-1", shared, client("p-client-2"), client("p-client-3"));
        var graph = new Graph(new Distribute("p-dht", List.of(first, second), Map.of()));

        assertThat(graph.translators())
                .extracting(Translator::name)
                .containsExactly(
                        "p-client-0",
                        "p-client-1",
                        "p-ta-2",
                        "p-replicate-0",
                        "p-client-2",
                        "p-client-3",
                        "p-replicate-1",
                        "p-dht");
        assertThat(graph.text()).containsOnlyOnce("volume p-ta-2");
        assertThat(Graph.parse(graph.text())).isEqualTo(graph);
    }

    @Test
    void equalTranslatorsInTwoPlacesAreOne() {
        var graph = new Graph(layer("top", layer("a", client("c")), layer("b", client("c"))));

        assertThat(graph.translators()).hasSize(4);
    }

    @Test
    void twoDifferentTranslatorsOfOneNameAreRefused() {
        var other = new Client("c", "10.0.0.9", 24100, "/bricks/p/0", Map.of());

        assertThatThrownBy(() -> new Graph(layer("top", layer("a", client("c")), layer("b", other))))
                .isInstanceOf(VolfileException.class)
                .hasMessage("two different translators are named 'c', a protocol/client and a protocol/client");
    }

    @Test
    void aTranslatorCannotBearTheNameOfOneBelowIt() {
        assertThatThrownBy(() -> new Graph(layer("c", client("c"))))
                .isInstanceOf(VolfileException.class)
                .hasMessageContaining("two different translators are named 'c'");
    }

    @Test
    void wordsThatTheScannerWouldMisreadAreQuoted() {
        var options = new LinkedHashMap<String, String>();
        options.put("directory", "/data/my disk");
        options.put("colour", "#ff0000");
        options.put("Option", "type");
        var graph = new Graph(new Layer("volume", "debug/trace", options, List.of()));

        assertThat(graph).hasToString("""
                        volume "volume"
                            type debug/trace
                            option directory "/data/my disk"
                            option colour "#ff0000"
                            option "Option" "type"
                        end-volume
                        """);
        assertThat(Graph.parse(graph.text())).isEqualTo(graph);
    }

    @Test
    void optionsKeepTheirOrder() {
        var options = new LinkedHashMap<String, String>();
        options.put("z", "1");
        options.put("a", "2");
        options.put("m", "3");

        assertThat(new Graph(new Layer("x", "debug/trace", options, List.of())).text())
                .containsSubsequence("option z 1", "option a 2", "option m 3");
    }

    private static Client client(String name) {
        return new Client(name, "10.0.0.1", 24100, "/bricks/p/0", Map.of());
    }

    private static Layer layer(String name, Translator... below) {
        return new Layer(name, "debug/io-stats", Map.of(), List.of(below));
    }

    private static Replicate thin(String name, Client thinArbiter, Translator... bricks) {
        return new Replicate(name, ID, List.of(bricks), new Replicate.Tiebreaker.ThinArbiter(thinArbiter), Map.of());
    }
}
