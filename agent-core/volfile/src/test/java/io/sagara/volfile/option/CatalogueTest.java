package io.sagara.volfile.option;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CatalogueTest {
    @Test
    void anOptionReplacesTheDefaultWhereItStands() {
        Settings settings = Catalogue.settings(Map.of("performance.flush-behind", "No"));
        var defaults = new LinkedHashMap<String, String>();
        defaults.put("cache-size", "4MB");
        defaults.put("flush-behind", "on");
        defaults.put("x", "y");

        assertThat(settings.over(defaults, Role.CLIENT, "performance/write-behind"))
                .containsExactly(Map.entry("cache-size", "4MB"), Map.entry("flush-behind", "off"), Map.entry("x", "y"));
    }

    @Test
    void anOptionIsForItsRolesOnly() {
        Settings settings = Catalogue.settings(
                Map.of("diagnostics.brick-log-level", "debug", "diagnostics.client-log-level", "error"));

        assertThat(settings.over(Map.of(), Role.BRICK, "debug/io-stats")).containsEntry("log-level", "DEBUG");
        assertThat(settings.over(Map.of(), Role.CLIENT, "debug/io-stats")).containsEntry("log-level", "ERROR");
        assertThat(settings.over(Map.of(), Role.HEAL, "debug/io-stats")).containsEntry("log-level", "ERROR");
        assertThat(settings.over(Map.of(), Role.CLIENT, "protocol/client")).isEmpty();
    }

    @Test
    void theParticularOptionWinsOverTheGeneralOne() {
        Settings settings = Catalogue.settings(Map.of(
                "performance.quick-read-cache-size", "8MB",
                "performance.cache-size", "64MB"));

        assertThat(settings.over(Map.of(), Role.CLIENT, "performance/io-cache")).containsEntry("cache-size", "64MB");
        assertThat(settings.over(Map.of(), Role.CLIENT, "performance/quick-read"))
                .containsEntry("cache-size", "8MB");
    }

    @Test
    void switchesOfLayersAreKeptApartFromUnsetOnes() {
        Settings settings =
                Catalogue.settings(Map.of("performance.quick-read", "off", "performance.stat-prefetch", "yes"));

        assertThat(settings.layer("performance/quick-read")).contains(false);
        assertThat(settings.layer("performance/md-cache")).contains(true);
        assertThat(settings.layer("performance/io-cache")).isEmpty();
    }

    @Test
    void theDomainMayBeLeftOutWhereTheRestIsUnique() {
        assertThat(Catalogue.settings(Map.of("quick-read", "off")).chosen())
                .containsExactly(Map.entry("performance.quick-read", "off"));
        assertRefused(
                "event-threads",
                "4",
                "option 'event-threads' with value '4': the name is ambiguous;"
                        + " write client.event-threads or server.event-threads");
    }

    @Test
    void equalChoicesAreEqualWhateverTheirSpelling() {
        Settings a = Catalogue.settings(Map.of("performance.io-cache", "enable", "network.ping-timeout", "20"));
        Settings b = Catalogue.settings(Map.of("ping-timeout", " 20 ", "Performance.IO-Cache", "1"));

        assertThat(a)
                .isEqualTo(b)
                .hasSameHashCodeAs(b)
                .hasToString(b.toString())
                .isNotEqualTo(Settings.NONE);
    }

    @ParameterizedTest
    @CsvSource({
        "performance.quick-raed, performance.quick-read",
        "perfomance.io-cache, performance.io-cache",
        "network.ping-timeot, network.ping-timeout",
        "ping_timeout, network.ping-timeout",
        "cluster.min-free-disks, cluster.min-free-disk"
    })
    void aTypoIsAnsweredWithTheNearestKey(String typo, String key) {
        assertRefused(
                typo,
                "on",
                "option '" + typo + "' with value 'on': there is no such option; did you mean " + key + "?");
    }

    @Test
    void somethingFarFromAllKeysGetsNoSuggestion() {
        assertRefused(
                "make.it.fast",
                "please",
                "option 'make.it.fast' with value 'please': there is no such option;"
                        + " see the list of options that Sagara knows");
    }

    @Test
    void aWrongValueIsAnsweredWithWhatIsAllowed() {
        assertThatThrownBy(() -> Catalogue.settings(Map.of("performance.io-thread-count", "100")))
                .isInstanceOfSatisfying(OptionException.class, e -> {
                    assertThat(e.option()).isEqualTo("performance.io-thread-count");
                    assertThat(e.value()).isEqualTo("100");
                    assertThat(e.allowed()).isEqualTo("allowed is a whole number from 1 to 64");
                })
                .hasMessage("option 'performance.io-thread-count' with value '100': the value is not allowed;"
                        + " allowed is a whole number from 1 to 64");
    }

    @Test
    void oneOptionUnderTwoNamesIsRefused() {
        assertThatThrownBy(() -> Catalogue.settings(Map.of("quick-read", "on", "performance.quick-read", "off")))
                .isInstanceOf(OptionException.class)
                .hasMessageContaining("'performance.quick-read' is given twice");
    }

    @ParameterizedTest
    @CsvSource({
        "cluster.lookup-optimize, on, files vanish by name",
        "features.hard-timeout, 5, volumes outgrow their limit",
        "features.soft-timeout, 60, volumes outgrow their limit",
        "features.quota-deem-statfs, off, show their limit",
        "storage.fips-mode-rchecksum, off, checksums",
        "performance.nl-cache, on, hides files",
        "performance.parallel-readdir, on, readdir-ahead below distribute"
    })
    void optionsThatWouldBreakSagaraAreRefusedWithTheReason(String key, String value, String reason) {
        assertThatThrownBy(() -> Catalogue.settings(Map.of(key, value)))
                .isInstanceOf(OptionException.class)
                .hasMessageContaining(key)
                .hasMessageContaining(reason);
    }

    @Test
    void whatIsSoAnywayMayBeStated() {
        Settings settings = Catalogue.settings(Map.of("cluster.lookup-optimize", "no", "features.hard-timeout", "0"));

        assertThat(settings.over(Map.of(), Role.CLIENT, "cluster/distribute")).isEmpty();
        assertThat(settings.over(Map.of(), Role.BRICK, "features/quota")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "features.quota",
                "quota",
                "root-squash",
                "auth.allow",
                "auth.reject",
                "server.root-squash",
                "features.shard",
                "features.worm",
                "ssl.own-cert",
                "storage.volume-id",
                "nfs.disable",
                "changelog.changelog",
                "cluster.halo-enabled",
                "features.locks-revocation-secs",
                "performance.nl-cache-timeout",
                "performance.iot-pass-through",
                "storage.linux-aio",
                "cluster.ensure-durability",
                "network.compression"
            })
    void optionsOfGlusterFsThatDoNotFitAreRefusedWithTheReason(String key) {
        assertThatThrownBy(() -> Catalogue.settings(Map.of(key, "on")))
                .isInstanceOf(OptionException.class)
                .hasMessageMatching(
                        "option '" + key + "' with value 'on': it cannot be set, because .{10,}; leave it out");
    }

    @Test
    void nothingIsBothOfferedAndRefused() {
        for (String key : Catalogue.help().keySet()) {
            assertThat(RefusedOptions.reason(key)).as(key).isEmpty();
        }
    }

    @Test
    void theHelpListsEveryKeyOnce() {
        assertThat(List.copyOf(Catalogue.help().keySet()))
                .hasSizeGreaterThan(150)
                .isSorted();
        assertThat(Catalogue.help()).containsEntry("network.ping-timeout", new ValueKind.Time(1, 1_013).allowed());
        List<List<UserOption>> tables =
                List.of(PerformanceOptions.ALL, ClusterOptions.ALL, NetworkOptions.ALL, BrickOptions.ALL);
        assertThat(tables.stream().mapToInt(List::size).sum())
                .isEqualTo(Catalogue.help().size());
    }

    @Test
    void distanceCountsNeighboursSwappedAsOne() {
        assertThat(Distance.between("abcd", "abdc")).isEqualTo(1);
        assertThat(Distance.between("", "abc")).isEqualTo(3);
        assertThat(Distance.between("kitten", "sitting")).isEqualTo(3);
        assertThat(Distance.between("same", "same")).isZero();
    }

    private static void assertRefused(String key, String value, String message) {
        assertThatThrownBy(() -> Catalogue.settings(Map.of(key, value)))
                .isInstanceOf(OptionException.class)
                .hasMessage(message);
    }
}
