package io.sagara.volfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagara.volfile.Replicate.Tiebreaker;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TranslatorRulesTest {
    private static final UUID ID = UUID.fromString("29df5556-4016-5447-a075-9eb4b43a516d");

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a\tb", "a\nb", "a\"b", "a\\b", "a`b`", "a\u0000b", "a\u2028b"})
    void namesThatCannotBeWrittenAreRefused(String name) {
        assertRefused(() -> new Layer(name, "debug/trace", Map.of("a", "b"), List.of()), "the name of a translator");
        assertRefused(() -> new Distribute(name, bricks(1), Map.of()), "the name of a translator");
        assertRefused(() -> new Layer("n", name, Map.of("a", "b"), List.of()), "the type of 'n'");
        assertRefused(() -> new Layer("n", "t", Map.of(name, "b"), List.of()), "a key of the options of 'n'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a\nb", "\"", "\\", "`reboot`", "\u001b[0m"})
    void valuesThatCannotBeWrittenAreRefused(String value) {
        assertRefused(() -> new Layer("n", "t", Map.of("k", value), List.of()), "option k of 'n'");
    }

    @Test
    void controlCharactersAreNotEchoed() {
        assertRefused(
                () -> new Layer("a\u001b[31m", "t", Map.of("a", "b"), List.of()),
                "the name of a translator is 'a?[31m'; the character U+001B cannot stand there in a volfile");
    }

    @Test
    void posixNeedsAnAbsoluteDirectoryAndCountsItself() {
        assertRefused(() -> new Posix("p", Path.of("data"), ID, 1, Map.of()), "it must be absolute");
        assertRefused(() -> new Posix("p", Path.of("/d"), ID, 0, Map.of()), "1 is the least");
        assertRefused(() -> new Posix("p", Path.of("/d\n"), ID, 1, Map.of()), "the directory of 'p'");
        assertThat(new Posix("p", Path.of("/d"), ID, 1, Map.of()).below()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 65_536})
    void portsAreChecked(int port) {
        assertRefused(() -> new Client("c", "h", port, "/b", Map.of()), "'c' has port " + port);
        assertRefused(
                () -> new Server("s", Server.ANY, port, List.of("*"), brick(0), Map.of()), "'s' has port " + port);
    }

    @Test
    void theAddressFamilyFollowsFromTheAddress() {
        assertThat(new Client("c", "10.0.0.1", 1, "/b", Map.of()).options())
                .containsEntry("transport.address-family", "inet");
        assertThat(new Client("c", "fd00::1", 1, "/b", Map.of()).options())
                .containsEntry("transport.address-family", "inet6");
        assertThat(server(Server.ANY_V6, "*").options())
                .containsEntry("transport.address-family", "inet6")
                .doesNotContainKey("transport.socket.bind-address");
        assertThat(server("10.0.0.1", "*").options())
                .containsEntry("transport.address-family", "inet")
                .containsEntry("transport.socket.bind-address", "10.0.0.1");
    }

    @Test
    void aServerAllowsListedClientsAndAlwaysHasItsAuthPath() {
        assertThat(server(Server.ANY, "10.0.0.1", "10.1.*").options())
                .containsEntry("auth.addr.c-0.allow", "10.0.0.1,10.1.*")
                .containsEntry("auth-path", "c-0");
        assertRefused(() -> server(Server.ANY), "'s' allows no client; allow '*' for all");
        assertRefused(() -> server(Server.ANY, "a,b"), "list addresses one by one");
        assertRefused(() -> server(Server.ANY, ""), "an allowed client of 's' is empty");
    }

    @Test
    void aReplicaSetDerivesItsPendingAttributes() {
        assertThat(replicate(3, new Tiebreaker.None()).options())
                .containsEntry("afr-pending-xattr", "c-0,c-1,c-2")
                .containsEntry("volume-id", ID.toString())
                .doesNotContainKey("arbiter-count");
        assertThat(replicate(3, new Tiebreaker.Arbiter()).options()).containsEntry("arbiter-count", "1");
    }

    @Test
    void aThinArbiterComesLastAndIsNamedWithTheVolume() {
        var set = replicate(2, new Tiebreaker.ThinArbiter(brick(9)));

        assertThat(set.options())
                .containsEntry("afr-pending-xattr", "c-0,c-1,c-9." + ID)
                .containsEntry("thin-arbiter", "10.0.0.1:/b/9");
        assertThat(set.below()).extracting(Translator::name).containsExactly("c-0", "c-1", "c-9");
    }

    @Test
    void aReplicaSetNeedsTwoBricksAndNoneTwice() {
        assertRefused(() -> replicate(1, new Tiebreaker.None()), "'r' has 1 brick; a replica set needs two");
        assertRefused(() -> replicate(0, new Tiebreaker.None()), "'r' has 0 brick");
        assertRefused(
                () -> new Replicate("r", ID, List.of(brick(0), brick(0)), new Tiebreaker.None(), Map.of()),
                "'r' has one brick twice: c-0,c-0");
    }

    @Test
    void aTieBreakerMustFitTheNumberOfBricks() {
        assertRefused(() -> replicate(2, new Tiebreaker.Arbiter()), "it needs 3");
        assertRefused(() -> replicate(4, new Tiebreaker.Arbiter()), "it needs 3");
        assertRefused(() -> replicate(3, new Tiebreaker.ThinArbiter(brick(9))), "it needs 2");
    }

    @Test
    void aDisperseSetNeedsMoreThanTwiceItsRedundancy() {
        assertThat(new Disperse("d", 1, bricks(3), Map.of()).options()).containsEntry("redundancy", "1");
        assertRefused(() -> new Disperse("d", 2, bricks(4), Map.of()), "'d' has 4 bricks and redundancy 2");
        assertRefused(() -> new Disperse("d", 0, bricks(4), Map.of()), "redundancy is at least 1");
        var twice = List.<Translator>of(brick(0), brick(1), brick(0));
        assertRefused(() -> new Disperse("d", 1, twice, Map.of()), "'d' has one brick twice");
    }

    @Test
    void distributeIsNeverOptimized() {
        assertThat(new Distribute("d", bricks(1), Map.of()).options()).containsEntry("lookup-optimize", "off");
        assertRefused(
                () -> new Distribute("d", bricks(1), Map.of("lookup-optimize", "on")),
                "option lookup-optimize of 'd' is derived and cannot be set");
        assertRefused(() -> new Distribute("d", List.of(), Map.of()), "'d' has nothing to distribute over");
        assertRefused(() -> new Distribute("d", List.of(brick(0), brick(0)), Map.of()), "'d' has one set twice");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "storage/posix",
                "protocol/client",
                "protocol/server",
                "cluster/replicate",
                "cluster/disperse",
                "cluster/distribute"
            })
    void aLayerCannotGoRoundTheRulesOfOtherTypes(String type) {
        assertRefused(
                () -> new Layer("l", type, Map.of("a", "b"), bricks(1)),
                "'l' is a " + type + ", which has rules; use its own record");
    }

    @Test
    void aTranslatorKeepsWhatItWasGiven() {
        var options = new HashMap<>(Map.of("a", "b"));
        var below = new ArrayList<>(bricks(1));
        var layer = new Layer("l", "t", options, below);
        options.put("c", "d");
        below.clear();

        assertThat(layer.options()).containsExactly(Map.entry("a", "b"));
        assertThat(layer.below()).hasSize(1);
    }

    private static Server server(String bind, String... allowed) {
        return new Server("s", bind, 24100, List.of(allowed), brick(0), Map.of());
    }

    private static Replicate replicate(int bricks, Tiebreaker tiebreaker) {
        return new Replicate("r", ID, bricks(bricks), tiebreaker, Map.of());
    }

    private static List<Translator> bricks(int count) {
        return IntStream.range(0, count)
                .<Translator>mapToObj(TranslatorRulesTest::brick)
                .toList();
    }

    private static Client brick(int index) {
        return new Client("c-" + index, "10.0.0.1", 24100 + index, "/b/" + index, Map.of());
    }

    private static void assertRefused(ThrowingCallable call, String part) {
        assertThatThrownBy(call).isInstanceOf(VolfileException.class).hasMessageContaining(part);
    }
}
