package io.sagara.volfile.stack;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagara.volfile.Graph;
import io.sagara.volfile.option.Catalogue;
import io.sagara.volfile.stack.Pools.Pool;
import io.sagara.volfile.stack.SetLayout.Arbiter;
import io.sagara.volfile.stack.SetLayout.Disperse;
import io.sagara.volfile.stack.SetLayout.Replica1;
import io.sagara.volfile.stack.SetLayout.Replica2;
import io.sagara.volfile.stack.SetLayout.Replica3;
import io.sagara.volfile.stack.SetLayout.ThinArbiter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The graphs of each layout as files, to be reviewed as diffs. `-Dgolden.update=true` writes them anew.
class GoldenTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden");
    private static final boolean UPDATE = Boolean.getBoolean("golden.update");
    private static final Tls TLS =
            new Tls(Path.of("/state/tls/p3/ca.pem"), Path.of("/state/tls/p3/identity.pem"), List.of("node-*"));
    private static final Map<String, Pool> POOLS = new TreeMap<>(Map.of(
            "replica1", Pools.of("p1", new Replica1(), 1),
            "replica1-distributed", Pools.of("p1", new Replica1(), 3),
            "replica1-without-quota", Pools.of("p1", new Replica1(), 1).with(false),
            "replica2", Pools.of("p2", new Replica2(), 2),
            "thin-arbiter", Pools.of("ta", new ThinArbiter("/bricks/ta/tie", "10.0.9.9", 24999), 2),
            "replica3", Pools.of("p3", new Replica3(), 1),
            "arbiter", Pools.of("pa", new Arbiter(), 2),
            "disperse-2-1", Pools.of("d21", new Disperse(2, 1), 1),
            "disperse-4-2-distributed", Pools.of("d42", new Disperse(4, 2), 2).with(false),
            "replica1-options", Pools.of("p1", new Replica1(), 1).with(Catalogue.settings(options()))));

    static {
        POOLS.put("replica3-tls", Pools.of("p3", new Replica3(), 1).with(TLS));
        POOLS.put("replica1-set-leaving", Pools.of("p1", new Replica1(), 3).leaving(1));
        POOLS.put("replica3-set-leaving", Pools.of("p3", new Replica3(), 3).leaving(0));
        POOLS.put("replica3-set-gone", Pools.of("p3", new Replica3(), 3).without(0));
    }

    static Set<String> names() {
        return POOLS.keySet();
    }

    @ParameterizedTest
    @MethodSource("names")
    void graphsAreAsTheyWere(String name) throws IOException {
        for (Map.Entry<String, Graph> file :
                files(requireNonNull(POOLS.get(name)).shape()).entrySet()) {
            Path golden = GOLDEN.resolve(name).resolve(file.getKey());
            if (UPDATE) {
                Files.createDirectories(golden.getParent());
                Files.writeString(golden, file.getValue().text());
            }
            assertThat(file.getValue()).as(golden.toString()).hasToString(Files.readString(golden));
            assertThat(Graph.parse(Files.readString(golden))).isEqualTo(file.getValue());
        }
    }

    @Test
    void everyGoldenFileIsChecked() throws IOException {
        var checked = POOLS.entrySet().stream()
                .flatMap(
                        pool -> files(pool.getValue().shape()).keySet().stream().map(f -> pool.getKey() + "/" + f))
                .collect(Collectors.toSet());
        try (Stream<Path> files = Files.walk(GOLDEN)) {
            assertThat(files.filter(Files::isRegularFile)
                            .map(f -> GOLDEN.relativize(f).toString()))
                    .containsExactlyInAnyOrderElementsOf(checked);
        }
    }

    private static Map<String, Graph> files(PoolShape pool) {
        var files = new TreeMap<String, Graph>();
        var home = new BrickHome(Path.of("/var/lib/sagara/" + pool.name()), "10.0.0.1", List.of("10.0.0.*"), 1);
        files.put("brick-first.vol", BrickStack.brick(pool, pool.bricks().getFirst(), home));
        files.put("brick-last.vol", BrickStack.brick(pool, pool.bricks().getLast(), home));
        files.put("client.vol", ClientStack.graph(pool));
        files.put("rebalance.vol", RebalanceStack.graph(pool));
        HealStack.graph(pool).ifPresent(graph -> files.put("heal.vol", graph));
        QuotaStack.graph(List.of(pool)).ifPresent(graph -> files.put("quotad.vol", graph));
        if (pool.layout() instanceof ThinArbiter) {
            files.put("thin-arbiter.vol", BrickStack.thinArbiter(pool, home));
        }
        return files;
    }

    private static Map<String, String> options() {
        return Map.ofEntries(
                Map.entry("performance.io-cache", "on"),
                Map.entry("performance.read-ahead", "on"),
                Map.entry("performance.client-io-threads", "on"),
                Map.entry("performance.quick-read", "off"),
                Map.entry("performance.cache-size", "64MB"),
                Map.entry("performance.io-thread-count", "32"),
                Map.entry("network.ping-timeout", "20"),
                Map.entry("features.ctime", "off"),
                Map.entry("features.cache-invalidation", "on"),
                Map.entry("storage.reserve", "5%"),
                Map.entry("diagnostics.client-log-level", "WARNING"));
    }
}
