package io.sagara.resource;

import static io.sagara.resource.Storage.accepted;
import static io.sagara.resource.Storage.pool;
import static io.sagara.resource.Storage.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagara.api.v1.BrickSpec;
import io.sagara.api.v1.Tls;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class PoolRulesTest {
    private static String units(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "{node: localhost, path: /data/" + i + "}")
                .collect(Collectors.joining(", ", "storage: [", "]"));
    }

    @Test
    void everyTypeTakesWholeSetsOnly() {
        assertCounts("Replica1", 1, "type: Replica1");
        assertCounts("Replica2", 2, "type: Replica2");
        assertCounts("Replica3", 3, "type: Replica3");
        assertCounts("Arbiter", 3, "type: Arbiter");
        assertCounts("Disperse", 6, "type: Disperse", "disperse: {data: 4, redundancy: 2}");
    }

    private static void assertCounts(String type, int set, String... head) {
        String start = pool("p1", head) + "  ";
        assertThat(accepted(start + units(set))).as(type).hasSize(1);
        assertThat(accepted(start + units(2 * set))).as(type).hasSize(1);
        assertThat(refused(start + "storage: []"))
                .as(type)
                .singleElement()
                .asString()
                .contains("lists nothing; add " + set);
        if (set > 1) {
            assertThat(refused(start + units(2 * set - 1)))
                    .singleElement()
                    .asString()
                    .contains("lists " + (2 * set - 1) + " units, but this type needs a multiple of " + set
                            + "; add 1 or remove " + (set - 1));
        }
    }

    @Test
    void disperseNeedsMoreDataThanRedundancy() {
        assertThat(refused(pool("p1", "type: Disperse", "disperse: {data: 2, redundancy: 2}", units(4))))
                .containsExactly("line 8: pool p1: spec.disperse: data (2) must be more than redundancy (2), or a set"
                        + " cannot be repaired");
        assertThat(refused(pool("p1", "type: Disperse", "disperse: {data: 17, redundancy: 1}", units(18))))
                .containsExactly("line 8: pool p1: spec.disperse.data: '17' is no whole number from 1 to 16");
        assertThat(refused(pool("p1", "type: Disperse", "disperse: {data: 2}", units(3))))
                .singleElement()
                .asString()
                .contains("spec.disperse.redundancy: is missing");
        assertThat(refused(pool("p1", "type: Disperse", units(3))))
                .singleElement()
                .asString()
                .contains("spec.disperse: is missing");
    }

    @Test
    void fieldsOfOtherTypesAreRefused() {
        assertThat(refused(pool("p1", "type: Replica1", units(1), "disperse: {data: 2, redundancy: 1}")))
                .singleElement()
                .asString()
                .contains("belongs to 'type: Disperse' only");
        assertThat(refused(pool("p1", "type: Replica3", units(3), "tiebreaker: {node: n, path: /t}")))
                .singleElement()
                .asString()
                .contains("belongs to 'type: Replica2' only");
        assertThat(refused(pool("p1", "type: External", units(1), "details: {gluster_host: h, gluster_volname: v}")))
                .singleElement()
                .asString()
                .contains("spec.storage: has no place in an External pool");
    }

    @Test
    void aTiebreakerIsOnAThirdNode() {
        String units = "storage: [{node: n1, path: /a}, {node: n2, path: /b}]";
        assertThat(refused(pool("p1", "type: Replica2", units, "tiebreaker: {node: n2, path: /t}"), new Nodes.Any()))
                .singleElement()
                .asString()
                .contains("'n2', which has a copy as well", "name a third node");
    }

    @Test
    void aTiebreakerHasANodeAndAPath() {
        assertThat(refused(pool("p1", "type: Replica2", units(2), "tiebreaker: {path: t, port: 70000}")))
                .containsExactly(
                        "line 9: pool p1: spec.tiebreaker.node: is missing; a tiebreaker has a node and a path",
                        "line 9: pool p1: spec.tiebreaker.path: 't' is relative; give the whole path, from '/'",
                        "line 9: pool p1: spec.tiebreaker.port: '70000' is no whole number from 1 to 65535");
    }

    @Test
    void oneUnitServesOneBrick() {
        assertThat(refused(pool(
                        "p1",
                        "type: Replica2",
                        "storage:",
                        "  - {node: localhost, path: /data}",
                        "  - {node: host1, path: //data/./}")))
                .containsExactly("line 10: pool p1: spec.storage[1]: path /data is already storage[0] of pool p1; a"
                        + " unit serves one brick, so list another");
        assertThat(refused(pool("p1", "type: Replica1", units(1)) + pool("p2", "type: Replica1", units(1))))
                .containsExactly("line 16: pool p2: spec.storage[0]: path /data/0 is already storage[0] of pool p1; a"
                        + " unit serves one brick, so list another");
    }

    @Test
    void oneSourceOnTwoNodesIsTwoUnits() {
        String text = pool("p1", "type: Replica2", "storage: [{node: a, path: /d}, {node: b, path: /d}]");

        assertThat(accepted(text, new Nodes.Any())).hasSize(1);
    }

    @Test
    void aSetIsDecommissionedAsAWhole() {
        String text = pool(
                "p1",
                "type: Replica2",
                "storage:",
                "  - {node: localhost, path: /a, decommissioned: \"yes\"}",
                "  - {node: localhost, path: /b%s}",
                "  - {node: localhost, path: /c%s}",
                "  - {node: localhost, path: /d%s}");

        assertThat(accepted(text.formatted(", decommissioned: true", "", ""))
                        .getFirst()
                        .getBricksList())
                .extracting(BrickSpec::getDecommissioned)
                .containsExactly(true, true, false, false);
        assertThat(refused(text.formatted("", "", "")))
                .containsExactly("line 9: pool p1: spec.storage: units 0 to 1 hold the same files, so all of them are"
                        + " decommissioned or none");
        String leaving = ", decommissioned: true";
        assertThat(refused(text.formatted(leaving, leaving, leaving)))
                .singleElement()
                .asString()
                .contains("decommissions every unit");
    }

    @Test
    void certificatesComeFromFilesOrASecret() {
        String files = "{ca: /c/ca.crt, certificate: /c/tls.crt, key: /c/tls.key, allowedNames: [node-*]}";
        Tls tls = accepted(pool("p1", "type: Replica1", "tls: " + files, units(1)))
                .getFirst()
                .getTls();
        assertThat(tls.getKey()).isEqualTo("/c/tls.key");
        assertThat(tls.getAllowedNamesList()).containsExactly("node-*");
        assertThat(accepted(pool("p1", "type: Replica1", "tls: {secretName: s1}", units(1)))
                        .getFirst()
                        .getTls()
                        .getSecretName())
                .isEqualTo("s1");
        assertThat(accepted(pool("p1", "type: Replica1", units(1))).getFirst().hasTls())
                .isFalse();
        refusedTls("{secretName: s1, ca: /c, certificate: /c, key: /c}", "stands beside files");
        refusedTls("{}", "says not where certificates are");
        refusedTls("{ca: /c, key: /c}", "tls.certificate: is missing");
        refusedTls("{ca: c, certificate: /c, key: /c}", "tls.ca");
        refusedTls("{secretName: s1, allowedNames: ['a b']}", "has a blank");
        refusedTls("{secretName: s1, management: true}", "belongs to 'type: External'");
    }

    private static void refusedTls(String tls, String reason) {
        assertThat(refused(pool("p1", "type: Replica1", "tls: " + tls, units(1))))
                .singleElement()
                .asString()
                .contains(reason);
    }

    @Test
    void anExternalPoolHasTlsInItsDetails() {
        String details = "details: {gluster_hosts: [a], gluster_volname: v, tls: {secretName: s1, management: true}}";
        assertThat(accepted(pool("p1", "type: External", details))
                        .getFirst()
                        .getTls()
                        .getManagement())
                .isTrue();
        assertThat(refused(pool(
                        "p1",
                        "type: External",
                        "details: {gluster_hosts: [a], gluster_volname: v}",
                        "tls: {secretName: s1}")))
                .singleElement()
                .asString()
                .contains("belongs into 'details'");
    }
}
