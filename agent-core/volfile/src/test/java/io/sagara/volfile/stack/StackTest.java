package io.sagara.volfile.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagara.volfile.Client;
import io.sagara.volfile.GlusterFacts;
import io.sagara.volfile.Graph;
import io.sagara.volfile.Posix;
import io.sagara.volfile.Server;
import io.sagara.volfile.Translator;
import io.sagara.volfile.VolfileException;
import io.sagara.volfile.option.Catalogue;
import io.sagara.volfile.option.Settings;
import io.sagara.volfile.stack.Pools.Pool;
import io.sagara.volfile.stack.SetLayout.Arbiter;
import io.sagara.volfile.stack.SetLayout.Disperse;
import io.sagara.volfile.stack.SetLayout.Replica1;
import io.sagara.volfile.stack.SetLayout.Replica2;
import io.sagara.volfile.stack.SetLayout.Replica3;
import io.sagara.volfile.stack.SetLayout.ThinArbiter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class StackTest {
    private static final Path DATA = Path.of("/data");

    static Stream<SetLayout> layouts() {
        return Stream.of(
                new Replica1(),
                new Replica2(),
                new Replica3(),
                new Arbiter(),
                new Disperse(2, 1),
                new Disperse(4, 2),
                new ThinArbiter("/bricks/p/tie", "10.0.9.9", 24999));
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void everyOptionOfEveryGraphIsOneOfItsTranslator(SetLayout layout) {
        for (Graph graph : Pools.graphs(Pools.of("p", layout, 2), DATA)) {
            for (Translator translator : graph.translators()) {
                translator.options().keySet().stream()
                        // quotad and replicate read these two past their tables
                        .filter(key -> !key.endsWith("volume-id") || translator instanceof Posix)
                        .forEach(key -> assertThat(GlusterFacts.find(translator.type(), key))
                                .as(translator.type() + " " + key)
                                .isPresent());
            }
        }
    }

    @Test
    void aBrickIsServedUnderTheNameClientsAskFor() {
        PoolShape pool = Pools.of("p", new Replica1(), 2).shape();
        BrickAddress brick = pool.bricks().get(1);
        Client client = (Client) named(ClientStack.graph(pool), "p-client-1");

        assertThat(BrickStack.brick(pool, brick, BrickHome.at(DATA)).top())
                .isInstanceOfSatisfying(Server.class, server -> {
                    assertThat(server.brick().name()).isEqualTo(client.brick());
                    assertThat(server.port()).isEqualTo(client.port());
                    assertThat(server.options())
                            .containsEntry("auth-path", client.brick())
                            .doesNotContainKey("transport.socket.bind-address");
                });
    }

    @Test
    void aPoolWithQuotaCountsAndLimitsInEveryBrick() {
        Graph brick = firstBrick(Pools.of("p", new Replica1(), 1));

        assertThat(types(brick))
                .containsSubsequence(
                        "storage/posix",
                        "features/access-control",
                        "features/locks",
                        "features/upcall",
                        "performance/io-threads",
                        "features/marker",
                        "features/index",
                        "features/quota",
                        "debug/io-stats",
                        "protocol/server");
        assertThat(named(brick, "p-quota").options())
                .containsEntry("hard-timeout", "0")
                .containsEntry("soft-timeout", "0")
                .containsEntry("volume-uuid", "p");
    }

    @Test
    void aPoolWithoutQuotaPaysNothingForIt() {
        Pool pool = Pools.of("p", new Replica1(), 1).with(false);

        assertThat(types(firstBrick(pool))).doesNotContain("features/marker", "features/quota");
        assertThat(named(firstBrick(pool), "p-posix").options()).doesNotContainKey("update-link-count-parent");
        assertThat(QuotaStack.graph(List.of(pool.shape()))).isEmpty();
    }

    @Test
    void onlyTheThirdBrickOfASetIsAnArbiter() {
        PoolShape pool = Pools.of("p", new Arbiter(), 2).shape();

        assertThat(pool.bricks().stream()
                        .map(brick -> BrickStack.brick(pool, brick, BrickHome.at(DATA)))
                        .map(graph -> types(graph).contains("features/arbiter")))
                .containsExactly(false, false, true, false, false, true);
    }

    @Test
    void everySetHasItsOwnFileOnTheThinArbiter() {
        PoolShape pool = Pools.of("p", new ThinArbiter("/bricks/p/tie", "10.0.9.9", 24999), 3)
                .shape();

        assertThat(ClientStack.graph(pool).translators())
                .extracting(Translator::name)
                .contains("p-ta-2", "p-ta-5", "p-ta-8");
        assertThat(named(ClientStack.graph(pool), "p-replicate-1").options())
                .containsEntry("afr-pending-xattr", "p-client-2,p-client-3,p-ta-5." + pool.volumeId());
    }

    @Test
    void aPoolWithoutThinArbiterHasNoGraphForOne() {
        PoolShape pool = Pools.replica3("p").shape();

        assertThatThrownBy(() -> BrickStack.thinArbiter(pool, BrickHome.at(DATA)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("pool p has no thin arbiter");
    }

    @Test
    void replica1HasNothingToHeal() {
        assertThat(HealStack.graph(Pools.of("p", new Replica1(), 3).shape())).isEmpty();
    }

    @Test
    void theHealDaemonHealsEachSetByItself() {
        Graph graph = HealStack.graph(Pools.of("p", new Replica3(), 2).shape()).orElseThrow();

        assertThat(graph.top().below()).extracting(Translator::name).containsExactly("p-replicate-0", "p-replicate-1");
        assertThat(named(graph, "p-replicate-1").options()).containsEntry("iam-self-heal-daemon", "on");
    }

    @Test
    void optionsPutLayersInAndOutInTheirPlaces() {
        Settings settings = Catalogue.settings(Map.of(
                "performance.io-cache", "on",
                "performance.read-ahead", "on",
                "performance.quick-read", "off",
                "performance.client-io-threads", "on"));
        PoolShape pool = Pools.of("p", new Replica1(), 1).with(settings).shape();

        assertThat(types(ClientStack.graph(pool)))
                .containsExactly(
                        "protocol/client",
                        "cluster/distribute",
                        "features/utime",
                        "performance/write-behind",
                        "performance/read-ahead",
                        "performance/readdir-ahead",
                        "performance/io-cache",
                        "performance/open-behind",
                        "performance/md-cache",
                        "performance/io-threads",
                        "debug/io-stats");
    }

    @Test
    void turningCtimeOffTakesItFromBothEnds() {
        Pool pool = Pools.of("p", new Replica1(), 1).with(Catalogue.settings(Map.of("features.ctime", "off")));

        assertThat(types(ClientStack.graph(pool.shape()))).doesNotContain("features/utime");
        assertThat(named(firstBrick(pool), "p-posix").options()).containsEntry("ctime", "off");
    }

    @Test
    void oneQuotadServesAllPoolsOfANode() {
        PoolShape a = Pools.of("a", new Replica1(), 1).shape();
        PoolShape nasty = Pools.of("a-client-0", new Replica1(), 1).shape();
        PoolShape quotad = Pools.of("quotad", new Replica3(), 1).shape();
        PoolShape free = Pools.of("free", new Replica1(), 1).with(false).shape();

        Graph graph = QuotaStack.graph(List.of(a, nasty, free, quotad)).orElseThrow();

        assertThat(graph.top().options())
                .containsEntry("a.quota.volume-id", "a")
                .containsEntry("a-client-0.quota.volume-id", "a-client-0")
                .containsEntry("quotad.quota.volume-id", "quotad")
                .hasSize(4);
        assertThatThrownBy(() -> QuotaStack.graph(List.of(a, a)))
                .isInstanceOf(VolfileException.class)
                .hasMessage("two pools are named 'a'");
    }

    @Test
    void aBrickWithoutPortStopsOnlyTheGraphsThatNeedIt() {
        PoolShape full = Pools.of("p", new Replica1(), 2).shape();
        var waiting = new BrickAddress(1, "/bricks/p/1", "10.0.0.2", 0);
        var pool = new PoolShape(
                "p", full.volumeId(), full.layout(), List.of(full.bricks().getFirst(), waiting), true, Settings.NONE);

        assertThat(BrickStack.brick(pool, pool.bricks().getFirst(), BrickHome.at(DATA)))
                .isNotNull();
        assertThatThrownBy(() -> ClientStack.graph(pool))
                .isInstanceOf(VolfileException.class)
                .hasMessage("'p-client-1' has port 0; it needs one from 1 to 65535");
    }

    @Test
    void aBrickListensWhereItIsTold() {
        PoolShape pool = Pools.of("p", new Replica1(), 1).shape();
        var home = new BrickHome(DATA, "10.0.0.1", List.of("10.0.0.*", "10.9.9.9"), 3);
        Graph graph = BrickStack.brick(pool, pool.bricks().getFirst(), home);

        assertThat(graph.top().options())
                .containsEntry("transport.socket.bind-address", "10.0.0.1")
                .containsEntry("auth.addr./bricks/p/0.allow", "10.0.0.*,10.9.9.9");
        assertThat(named(graph, "p-posix").options()).containsEntry("shared-brick-count", "3");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-p", "a.b", "a/b", "a b", "ä", "p`id`"})
    void namesOfPoolsAreChecked(String name) {
        assertThatThrownBy(() -> Pools.of(name, new Replica1(), 1))
                .isInstanceOf(VolfileException.class)
                .hasMessageContaining("'" + name + "' is no name for a pool");
    }

    @ParameterizedTest
    @ValueSource(strings = {"volume", "option", "type", "subvolumes", "end-volume", "1"})
    void poolsMayBeNamedLikeWordsOfTheSyntax(String name) {
        for (Graph graph : Pools.graphs(Pools.replica3(name), DATA)) {
            assertThat(Graph.parse(graph.text())).isEqualTo(graph);
        }
    }

    @Test
    void bricksMustFitTheLayout() {
        List<BrickAddress> bricks = Pools.of("p", new Replica1(), 4).shape().bricks();
        var reversed = new ArrayList<>(bricks);
        Collections.reverse(reversed);
        List<BrickAddress> twice = IntStream.range(0, 2)
                .mapToObj(i -> new BrickAddress(i, "/bricks/p/0", "10.0.0.1", 24100 + i))
                .toList();

        assertShapeRefused(new Replica3(), bricks, "pool p has 4 bricks; its layout needs a multiple of 3");
        assertShapeRefused(new Replica1(), List.of(), "pool p has 0 bricks; its layout needs a multiple of 1");
        assertShapeRefused(new Replica1(), reversed, "pool p: brick 2 stands at place 1");
        assertShapeRefused(new Replica2(), twice, "pool p has two bricks with one name");
        assertThatThrownBy(() -> new BrickAddress(-1, "b", "h", 1)).isInstanceOf(VolfileException.class);
        assertThatThrownBy(() -> new BrickAddress(0, "b", "h", 65_536)).isInstanceOf(VolfileException.class);
        assertThatThrownBy(() -> new Disperse(2, 2)).isInstanceOf(VolfileException.class);
        assertThatThrownBy(() -> new Disperse(2, 0)).isInstanceOf(VolfileException.class);
    }

    private static void assertShapeRefused(SetLayout layout, List<BrickAddress> bricks, String message) {
        assertThatThrownBy(() -> new PoolShape("p", new UUID(0, 1), layout, bricks, true, Settings.NONE))
                .isInstanceOf(VolfileException.class)
                .hasMessageStartingWith(message);
    }

    private static Graph firstBrick(Pool pool) {
        return BrickStack.brick(pool.shape(), pool.shape().bricks().getFirst(), BrickHome.at(DATA));
    }

    private static Translator named(Graph graph, String name) {
        return graph.translators().stream()
                .filter(t -> t.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> types(Graph graph) {
        return graph.translators().stream().map(Translator::type).toList();
    }
}
