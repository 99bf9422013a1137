package io.sagara.resource;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagara.api.v1.BrickSpec;
import io.sagara.api.v1.ExternalVolume;
import io.sagara.api.v1.LayoutType;
import io.sagara.api.v1.PoolSpec;
import io.sagara.api.v1.ReclaimPolicy;
import io.sagara.api.v1.Tiebreaker;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

final class StorageCheckProperties {
    private static final List<String> WORDS = List.of(
            "apiVersion: kadalu-operator.storage/v1alpha1\n",
            "kind: KadaluStorage\n",
            "kind: List\n",
            "items:\n",
            "metadata:\n",
            "  name: p1\n",
            "spec:\n",
            "  type: Replica1\n",
            "  type: Disperse\n",
            "  type: External\n",
            "  storage:\n",
            "  - node: localhost\n",
            "    path: /a\n",
            "    device: {a: [b]}\n",
            "  disperse: {data: 2, redundancy: 99999999999}\n",
            "  details: {gluster_hosts: [a, {b: c}]}\n",
            "  options: [{key: a, value: b}, c]\n",
            "  tiebreaker: {node: a, path: \"\\0\"}\n",
            "---\n",
            "- ",
            "  ",
            "? ",
            "&a ",
            "*a ",
            "!!map ",
            "<<: ",
            "{",
            "}",
            "[",
            "]",
            "'",
            "\"",
            "|\n",
            "\t",
            "\u0000",
            "%YAML 9.9\n",
            "null\n");

    @Property
    void noTextMakesItThrow(@ForAll String text) {
        judged(text, Storage.HERE);
    }

    @Property(tries = 3000)
    void noMixtureOfItsOwnWordsMakesItThrow(@ForAll("mixtures") String text) {
        judged(text, Storage.HERE);
        judged(text, new Nodes.Any());
    }

    private static void judged(String text, Nodes nodes) {
        switch (StorageCheck.check(text, nodes)) {
            case Checked.Pools pools -> assertThat(pools.pools()).isNotEmpty();
            case Checked.Refused refused ->
                assertThat(refused.findings())
                        .isNotEmpty()
                        .allSatisfy(finding -> assertThat(finding.toString())
                                .doesNotContain("\n")
                                .hasSizeLessThan(1000));
        }
    }

    @Property
    void whatIsWrittenIsRead(@ForAll("pools") PoolSpec pool) {
        assertThat(Storage.accepted(written(pool), new Nodes.Any())).containsExactly(pool);
    }

    @Property
    void aValidPoolWithOneFieldMisspeltIsRefused(@ForAll("pools") PoolSpec pool) {
        String text = written(pool).replace("pvReclaimPolicy", "pvReclaimPolizy");

        assertThat(Storage.refused(text, new Nodes.Any()))
                .singleElement()
                .asString()
                .contains("did you mean");
    }

    @Provide
    Arbitrary<String> mixtures() {
        return Arbitraries.of(WORDS).list().ofMaxSize(25).map(words -> String.join("", words));
    }

    @Provide
    Arbitrary<PoolSpec> pools() {
        Arbitrary<LayoutType> layouts = Arbitraries.of(
                LayoutType.REPLICA1,
                LayoutType.REPLICA2,
                LayoutType.REPLICA3,
                LayoutType.ARBITER,
                LayoutType.DISPERSE,
                LayoutType.EXTERNAL);
        Arbitrary<ReclaimPolicy> policies =
                Arbitraries.of(ReclaimPolicy.DELETE, ReclaimPolicy.ARCHIVE, ReclaimPolicy.RETAIN);
        Arbitrary<Map<String, String>> options = Arbitraries.maps(
                        word(), Arbitraries.strings().ascii().ofMaxLength(8).filter(Written::onOneLine))
                .ofMaxSize(3);
        Arbitrary<PoolSpec.Builder> heads = Combinators.combine(
                        word(), layouts, policies, options, Arbitraries.of(true, false))
                .as((name, layout, policy, map, single) -> PoolSpec.newBuilder()
                        .setName(name)
                        .setLayout(layout)
                        .setReclaimPolicy(policy)
                        .putAllOptions(map)
                        .setSingleVolume(single));
        return Combinators.combine(
                        heads,
                        Arbitraries.integers().between(1, 3),
                        Arbitraries.integers().between(1, 4),
                        Arbitraries.integers().between(1, 3),
                        Arbitraries.strings().alpha().ofMinLength(1).ofMaxLength(5))
                .as(StorageCheckProperties::complete);
    }

    private static Arbitrary<String> word() {
        return Arbitraries.strings().withCharRange('a', 'z').ofMinLength(1).ofMaxLength(12);
    }

    private static PoolSpec complete(PoolSpec.Builder pool, int sets, int redundancy, int more, String text) {
        int set =
                switch (pool.getLayout()) {
                    case REPLICA2 -> 2;
                    case REPLICA3, ARBITER -> 3;
                    case DISPERSE -> 2 * redundancy + more;
                    default -> 1;
                };
        if (pool.getLayout() == LayoutType.DISPERSE) {
            pool.setDisperseRedundancy(redundancy).setDisperseData(redundancy + more);
        }
        if (pool.getLayout() == LayoutType.REPLICA2) {
            pool.setTiebreaker(
                    Tiebreaker.newBuilder().setNode(text).setPath("/" + text).setPort(more));
        }
        if (pool.getLayout() == LayoutType.EXTERNAL) {
            ExternalVolume.Builder external = ExternalVolume.newBuilder()
                    .addHosts(text)
                    .addHosts(text + "2")
                    .setVolume(text)
                    .setPort(redundancy);
            return pool.setExternal(external).build();
        }
        List<String> types = List.of("path", "device", "zfs");
        IntStream.range(0, sets * set)
                .mapToObj(i -> BrickSpec.newBuilder()
                        .setNode("node-" + i % 4)
                        .setType(types.get(i % 3))
                        .setSource("/" + text + "/" + i)
                        .putUnitOptions("filesystem", text)
                        .setDecommissioned(sets > 1 && i < set))
                .forEach(pool::addBricks);
        return pool.build();
    }

    private static String written(PoolSpec pool) {
        List<String> spec = new ArrayList<>(Written.head(pool));
        Written.storage(pool, spec);
        return Storage.pool(pool.getName(), spec.toArray(String[]::new));
    }

    /// Writes a pool as a user would.
    private static final class Written {
        private static final Map<LayoutType, String> TYPES = Map.of(
                LayoutType.REPLICA1, "Replica1",
                LayoutType.REPLICA2, "Replica2",
                LayoutType.REPLICA3, "Replica3",
                LayoutType.ARBITER, "Arbiter",
                LayoutType.DISPERSE, "Disperse",
                LayoutType.EXTERNAL, "External");

        static boolean onOneLine(String text) {
            return text.chars().noneMatch(Character::isISOControl);
        }

        static String quoted(String text) {
            return "'" + text.replace("'", "''") + "'";
        }

        static List<String> head(PoolSpec pool) {
            List<String> spec = new ArrayList<>();
            spec.add("type: " + TYPES.get(pool.getLayout()));
            spec.add("pvReclaimPolicy: " + pool.getReclaimPolicy().name().toLowerCase(java.util.Locale.ROOT));
            spec.add("single_pv_per_pool: " + pool.getSingleVolume());
            spec.add("options:");
            pool.getOptionsMap().forEach((key, value) -> {
                spec.add("- key: " + quoted(key));
                spec.add("  value: " + quoted(value));
            });
            return spec;
        }

        static void storage(PoolSpec pool, List<String> spec) {
            if (pool.getLayout() == LayoutType.DISPERSE) {
                spec.add("disperse: {data: " + pool.getDisperseData() + ", redundancy: " + pool.getDisperseRedundancy()
                        + "}");
            }
            if (pool.hasTiebreaker()) {
                Tiebreaker third = pool.getTiebreaker();
                spec.add("tiebreaker: {node: " + quoted(third.getNode()) + ", path: " + third.getPath() + ", port: "
                        + third.getPort() + "}");
            }
            if (pool.hasExternal()) {
                ExternalVolume external = pool.getExternal();
                spec.add("details:");
                spec.add("  gluster_hosts: ['" + String.join("', '", external.getHostsList()) + "']");
                spec.add("  gluster_volname: " + quoted(external.getVolume()));
                spec.add("  gluster_port: " + external.getPort());
            }
            spec.add("storage:");
            for (BrickSpec brick : pool.getBricksList()) {
                spec.add("- node: " + brick.getNode());
                spec.add("  " + brick.getType() + ": " + brick.getSource());
                spec.add("  filesystem: " + quoted(brick.getUnitOptionsOrThrow("filesystem")));
                if (brick.getDecommissioned()) {
                    spec.add("  decommissioned: true");
                }
            }
        }
    }
}
