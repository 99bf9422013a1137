package io.sagara.agent.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagara.api.v1.BrickSpec;
import io.sagara.api.v1.LayoutType;
import io.sagara.api.v1.PoolSpec;
import io.sagara.api.v1.Tiebreaker;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import io.sagara.volfile.Client;
import io.sagara.volfile.Graph;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class PoolPlanProperties {
    static {
        System.setProperty(DeparturePlan.UNPROVEN, "true");
    }

    private final PoolPlan plan = new PoolPlan("n1", "10.0.0.1", UUID::randomUUID, Path.of("/state/tls"));

    @Provide
    Arbitrary<PoolSpec> asked() {
        Arbitrary<String> names =
                Arbitraries.strings().withCharRange('a', 'z').ofMinLength(1).ofMaxLength(20);
        Arbitrary<Integer> sets = Arbitraries.integers().between(1, 4);
        Arbitrary<LayoutType> layouts = Arbitraries.just(LayoutType.REPLICA1);
        return Combinators.combine(names, layouts, sets)
                .as((name, layout, count) -> PoolSpec.newBuilder()
                        .setName(name)
                        .setLayout(layout)
                        .addAllBricks(bricks(count * setSize(layout)))
                        .build());
    }

    private static int setSize(LayoutType layout) {
        return PoolSpecs.layout(PoolSpec.newBuilder().setLayout(layout).build()).setSize();
    }

    private static List<BrickSpec> bricks(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> BrickSpec.newBuilder()
                        .setNode("n1")
                        .setType("path")
                        .setSource("/d" + i)
                        .build())
                .toList();
    }

    @Property
    void aCompleteSpecIsAPoolAndPlanningItAgainChangesNothing(@ForAll("asked") PoolSpec asked) {
        PoolSpec complete = plan.complete(asked, Optional.empty());
        assertThat(PoolSpecs.pool(complete).bricks()).hasSize(asked.getBricksCount());
        assertThat(plan.complete(complete, Optional.of(complete))).isEqualTo(complete);
        assertThat(plan.complete(asked, Optional.of(complete))).isEqualTo(complete);
    }

    @Property
    void idsOfOnePoolAreAllDifferent(@ForAll("asked") PoolSpec asked) {
        PoolSpec complete = plan.complete(asked, Optional.empty());
        assertThat(complete.getBricksList().stream().map(BrickSpec::getNodeId))
                .doesNotHaveDuplicates()
                .doesNotContain(complete.getId());
    }

    @Property
    void portsOnceChosenAreKept(@ForAll("asked") PoolSpec asked) {
        PoolSpec complete = plan.complete(asked, Optional.empty());
        PoolSpec.Builder served = complete.toBuilder();
        served.getBricksBuilderList().forEach(brick -> brick.setPort(24_100));
        assertThat(plan.complete(asked, Optional.of(served.build()))).isEqualTo(served.build());
    }

    @Property
    void whatIsOnDiskIsNeverChanged(@ForAll("asked") PoolSpec asked, @ForAll("asked") PoolSpec other) {
        PoolSpec present = plan.complete(asked, Optional.empty());
        PoolSpec changed = other.toBuilder().setName(asked.getName()).build();
        try {
            PoolSpec complete = plan.complete(changed, Optional.of(present));
            assertThat(complete.getId()).isEqualTo(present.getId());
            assertThat(complete.getLayout()).isEqualTo(present.getLayout());
            assertThat(complete.getBricksList())
                    .startsWith(present.getBricksList().toArray(BrickSpec[]::new));
        } catch (StorageException e) {
            assertThat(changed).isNotEqualTo(asked);
        }
    }

    @Property
    void everyLayoutIsServedWithWholeSetsOnly(
            @ForAll("asked") PoolSpec asked, @ForAll("withCopies") LayoutType layout) {
        PoolSpec changed = asked.toBuilder().setLayout(layout).build();
        if (changed.getBricksCount() % PoolSpecs.layout(changed).setSize() == 0) {
            assertThat(plan.complete(changed, Optional.empty()).getLayout()).isEqualTo(layout);
        } else {
            assertThatThrownBy(() -> plan.complete(changed, Optional.empty()))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("needs a multiple of");
        }
    }

    @Provide
    Arbitrary<LayoutType> withCopies() {
        return Arbitraries.of(LayoutType.REPLICA2, LayoutType.REPLICA3, LayoutType.ARBITER);
    }

    @Property
    void whatCannotBeServedSafelyIsRefused(@ForAll("asked") PoolSpec asked) {
        for (LayoutType other : List.of(LayoutType.EXTERNAL, LayoutType.LAYOUT_TYPE_UNSPECIFIED, LayoutType.DISPERSE)) {
            // a disperse layout without numbers is none
            PoolSpec changed = asked.toBuilder().setLayout(other).build();
            assertThatThrownBy(() -> plan.complete(changed, Optional.empty())).isInstanceOf(StorageException.class);
        }
        PoolSpec third = asked.toBuilder()
                .setTiebreaker(Tiebreaker.newBuilder().setNode("n3").setPath("/t"))
                .build();
        assertThatThrownBy(() -> plan.complete(third, Optional.empty()))
                .hasMessageContaining("only Replica2 can have a tiebreaker");
        PoolSpec leaving = asked.toBuilder()
                .setBricks(0, asked.getBricks(0).toBuilder().setDecommissioned(true))
                .build();
        assertThatThrownBy(() -> plan.complete(leaving, Optional.empty()))
                .hasMessageMatching(".*(nothing on its decommissioned units|last set cannot leave).*");
    }

    @Property
    void aPoolGrowsByWholeSetsAndKeepsNamesAndOrderOfItsBricks(
            @ForAll("layouts") LayoutType layout, @ForAll @Size(max = 4) List<@IntRange(max = 13) Integer> additions) {
        PoolSpec asked = PoolSpec.newBuilder()
                .setName("p1")
                .setLayout(layout)
                .setDisperseData(layout == LayoutType.DISPERSE ? 2 : 0)
                .setDisperseRedundancy(layout == LayoutType.DISPERSE ? 1 : 0)
                .addAllBricks(bricks(size(layout)))
                .build();
        PoolSpec present = served(plan.complete(asked, Optional.empty()));
        for (int addition : additions) {
            int units = present.getBricksCount() + addition;
            PoolSpec larger =
                    asked.toBuilder().clearBricks().addAllBricks(bricks(units)).build();
            if (addition % size(layout) != 0) {
                PoolSpec before = present;
                assertThatThrownBy(() -> plan.complete(larger, Optional.of(before)))
                        .hasMessageContaining("needs a multiple of");
                continue;
            }
            PoolSpec grown = served(plan.complete(larger, Optional.of(present)));
            assertThat(grown.getBricksList()).startsWith(present.getBricksList().toArray(BrickSpec[]::new));
            assertThat(clients(grown))
                    .startsWith(clients(present).toArray(String[]::new))
                    .hasSize(units);
            present = grown;
        }
    }

    /// What happens to a pool. `set`: which, counted round.
    record Change(Kind kind, int set) {
        enum Kind {
            ADD,
            LEAVE,
            STAY,
            LEFT
        }
    }

    @Provide
    Arbitrary<List<Change>> changes() {
        return Combinators.combine(
                        Arbitraries.of(Change.Kind.class),
                        Arbitraries.integers().between(0, 5))
                .as(Change::new)
                .list()
                .ofMaxSize(12);
    }

    @Property
    void overAnyChangesBricksKeepNamesAndOrderAndNoNumberIsGivenAgain(
            @ForAll("layouts") LayoutType layout, @ForAll("changes") List<Change> changes) {
        PoolSpec present = served(plan.complete(pool(layout, 2 * size(layout)), Optional.empty()));
        Map<String, String> known = new HashMap<>();
        for (Change change : changes) {
            PoolSpec before = present;
            try {
                present = served(changed(before, change));
            } catch (StorageException e) {
                // refused: all stays as it was
                assertThat(e.problem()).isEqualTo(Problem.INVALID_ARGUMENT);
            }
            assertThat(withoutWishes(present)).startsWith(withoutWishes(before).toArray(BrickSpec[]::new));
            List<String> clients = clients(present);
            assertThat(clients).as("order").isSortedAccordingTo(Comparator.comparingInt(PoolPlanProperties::number));
            for (String client : clients) {
                String name = client.substring(0, client.indexOf(' '));
                assertThat(known.merge(name, client, (first, _) -> first)).isEqualTo(client);
            }
            assertThat(clients)
                    .hasSize((int) present.getBricksList().stream()
                            .filter(brick -> !brick.getRetired())
                            .count())
                    .isNotEmpty();
        }
    }

    private PoolSpec changed(PoolSpec present, Change change) {
        int size = setSize(present);
        int sets = present.getBricksCount() / size;
        PoolSpec.Builder asked = present.toBuilder();
        switch (change.kind()) {
            case ADD -> asked.addAllBricks(bricks((sets + 1) * size).subList(sets * size, (sets + 1) * size));
            case LEAVE, STAY -> {
                int first = change.set() % sets * size;
                for (int i = first; i < first + size; i++) {
                    asked.getBricksBuilder(i).setDecommissioned(change.kind() == Change.Kind.LEAVE);
                }
            }
            case LEFT -> {
                return DeparturePlan.retired(present);
            }
        }
        return plan.complete(asked.build(), Optional.of(present));
    }

    private static int number(String client) {
        return Integer.parseInt(client.substring(client.indexOf("-client-") + 8, client.indexOf(' ')));
    }

    private static List<BrickSpec> withoutWishes(PoolSpec spec) {
        return spec.getBricksList().stream()
                .map(brick ->
                        brick.toBuilder().clearDecommissioned().clearRetired().build())
                .toList();
    }

    private static int setSize(PoolSpec spec) {
        return PoolSpecs.layout(spec).setSize();
    }

    private static PoolSpec pool(LayoutType layout, int units) {
        return PoolSpec.newBuilder()
                .setName("p1")
                .setLayout(layout)
                .setDisperseData(layout == LayoutType.DISPERSE ? 2 : 0)
                .setDisperseRedundancy(layout == LayoutType.DISPERSE ? 1 : 0)
                .addAllBricks(bricks(units))
                .build();
    }

    @Property
    void onlyWholeSetsLeaveOneAfterTheOther(@ForAll("layouts") LayoutType layout) {
        int size = size(layout);
        PoolSpec present = served(plan.complete(pool(layout, 3 * size), Optional.empty()));
        PoolSpec leaving = plan.complete(leaving(present, size, size), Optional.of(present));
        assertThat(PoolSpecs.pool(leaving).leaving()).isTrue();
        assertThat(DeparturePlan.isOne(present, leaving)).isTrue();
        if (size > 1) {
            assertThatThrownBy(() -> plan.complete(leaving(present, size, 1), Optional.of(present)))
                    .hasMessageContaining("all of them leave or none");
        }
        assertThatThrownBy(() -> plan.complete(leaving(present, 0, 3 * size), Optional.of(present)))
                .hasMessageContaining("last set cannot leave");
        assertThatThrownBy(() -> plan.complete(leaving(leaving, 0, size), Optional.of(leaving)))
                .hasMessageContaining("are leaving; wait until they have left");
        PoolSpec retired = DeparturePlan.retired(leaving);
        assertThat(PoolSpecs.pool(retired).gone()).hasSize(size);
        assertThatThrownBy(() -> plan.complete(present, Optional.of(retired)))
                .hasMessageContaining("has left the pool and cannot come back");
        assertThat(plan.complete(leaving, Optional.of(retired)))
                .as("whatever the request says of it, it stays retired")
                .isEqualTo(retired);
        PoolSpec others =
                leaving(present, size, size).toBuilder().addClients("10.0.0.9").build();
        assertThatThrownBy(() -> plan.complete(others, Optional.of(present)))
                .hasMessageContaining("several nodes")
                .isInstanceOf(StorageException.class);
    }

    private static PoolSpec leaving(PoolSpec spec, int from, int count) {
        PoolSpec.Builder leaving = spec.toBuilder();
        for (int i = from; i < from + count; i++) {
            leaving.getBricksBuilder(i).setDecommissioned(true);
        }
        return leaving.build();
    }

    /// With a port for each brick, as when it is served.
    private static PoolSpec served(PoolSpec complete) {
        PoolSpec.Builder served = complete.toBuilder();
        served.getBricksBuilderList().stream()
                .filter(brick -> brick.getPort() == 0)
                .forEach(brick -> brick.setPort(24_100));
        return served.build();
    }

    /// What each client connects to, by name, in the order of the graph; reading it proves that it loads.
    private static List<String> clients(PoolSpec spec) {
        Graph graph = Graph.parse(
                new NativeVolfiles("10.0.0.1").client(PoolSpecs.pool(spec)).text());
        return graph.translators().stream()
                .filter(Client.class::isInstance)
                .map(Client.class::cast)
                .map(client -> client.name() + " " + client.host() + ":" + client.port() + client.brick())
                .toList();
    }

    private static int size(LayoutType layout) {
        return layout == LayoutType.DISPERSE ? 3 : setSize(layout);
    }

    @Provide
    Arbitrary<LayoutType> layouts() {
        return Arbitraries.of(
                LayoutType.REPLICA1, LayoutType.REPLICA2, LayoutType.REPLICA3, LayoutType.ARBITER, LayoutType.DISPERSE);
    }

    @Property
    void bricksCannotChangePlaces(@ForAll("asked") PoolSpec asked) {
        PoolSpec present = plan.complete(asked, Optional.empty());
        if (asked.getBricksCount() > 1) {
            PoolSpec swapped = asked.toBuilder()
                    .setBricks(0, asked.getBricks(1))
                    .setBricks(1, asked.getBricks(0))
                    .build();
            assertThatThrownBy(() -> plan.complete(swapped, Optional.of(present)))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("storage unit 0");
        }
    }
}
