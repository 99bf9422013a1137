package io.sagara.resource;

import static io.sagara.resource.Storage.accepted;
import static io.sagara.resource.Storage.pool;
import static io.sagara.resource.Storage.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagara.api.v1.LayoutType;
import io.sagara.api.v1.PoolSpec;
import io.sagara.api.v1.ReclaimPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class StorageCheckTest {
    private static final String PATH = "storage: [{node: localhost, path: /data/a}]";

    @Test
    void readsTheSmallestPool() {
        PoolSpec spec = accepted(pool("storage-pool-1", "type: Replica1", PATH)).getFirst();

        assertThat(spec.getName()).isEqualTo("storage-pool-1");
        assertThat(spec.getLayout()).isEqualTo(LayoutType.REPLICA1);
        assertThat(spec.getReclaimPolicy()).isEqualTo(ReclaimPolicy.DELETE);
        assertThat(spec.getSingleVolume()).isFalse();
        assertThat(spec.getId()).isEmpty();
        assertThat(spec.getBricks(0).getType()).isEqualTo("path");
        assertThat(spec.getBricks(0).getSource()).isEqualTo("/data/a");
        assertThat(spec.getBricks(0).getNode()).isEqualTo("localhost");
    }

    @Test
    void readsSeveralPoolsWithEverythingTheyMayHave() {
        String text = "# -*- mode: yaml -*-\n"
                + pool(
                        "one",
                        "type: Replica2",
                        "pvReclaimPolicy: archive",
                        "volume_id: 1F3D0D2E-0000-4000-8000-00000000ABCD",
                        "tolerations: [{key: k, operator: Exists}]",
                        "options:",
                        "  - {key: performance.quick-read, value: \"off\"}",
                        "  - {key: network.ping-timeout, value: 10}",
                        "storage:",
                        "  - {node: kube1, device: /dev/vdc}",
                        "  - {node: kube2, path: /exports/data/}",
                        "tiebreaker: {node: tie-breaker.example.org, path: /mnt, port: 24008}")
                + pool(
                        "two",
                        "type: Disperse",
                        "disperse: {data: 2, redundancy: 1}",
                        "storage: [{pvc: claim-1}, {pvc: claim-2}, {node: kube1, pvc: claim-3}]")
                + pool(
                        "three",
                        "type: External",
                        "kadalu_format: non-native",
                        "details:",
                        "  gluster_hosts: [g1.example.org, 192.0.2.1]",
                        "  gluster_volname: test",
                        "  gluster_options: log-level=DEBUG");

        List<PoolSpec> pools = accepted(text, new Nodes.Any());

        assertThat(pools).extracting(PoolSpec::getName).containsExactly("one", "two", "three");
        assertThat(pools.getFirst().getId()).isEqualTo("1f3d0d2e-0000-4000-8000-00000000abcd");
        assertThat(pools.getFirst().getOptionsMap())
                .isEqualTo(Map.of("performance.quick-read", "off", "network.ping-timeout", "10"));
        assertThat(pools.getFirst().getReclaimPolicy()).isEqualTo(ReclaimPolicy.ARCHIVE);
        assertThat(pools.getFirst().getTiebreaker().getPort()).isEqualTo(24008);
        assertThat(pools.getFirst().getBricks(1).getSource()).isEqualTo("/exports/data");
        assertThat(pools.get(1).getDisperseData()).isEqualTo(2);
        assertThat(pools.get(1).getBricks(2).getNode()).isEqualTo("kube1");
        assertThat(pools.get(2).getSingleVolume()).isTrue();
        assertThat(pools.get(2).getExternal().getHostsList()).containsExactly("g1.example.org", "192.0.2.1");
        assertThat(pools.get(2).getExternal().getMountOptions()).isEqualTo("log-level=DEBUG");
    }

    @Test
    void readsWhatKubectlPrints() {
        String text = """
                apiVersion: v1
                kind: List
                items:
                - apiVersion: kadalu-operator.storage/v1alpha1
                  kind: KadaluStorage
                  metadata: {name: p1, namespace: kadalu, uid: x, resourceVersion: "7", creationTimestamp: null}
                  spec: {type: Replica1, pvReclaimPolicy: delete, storage: [{node: kube1, path: /a}]}
                  status: {}
                """;

        assertThat(accepted(text, new Nodes.Any()))
                .extracting(PoolSpec::getName)
                .containsExactly("p1");
    }

    @Test
    void readsEveryExample() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("../../examples"))) {
            List<Path> examples =
                    files.filter(file -> file.toString().endsWith(".yaml")).toList();
            assertThat(examples).isNotEmpty();
            for (Path example : examples) {
                assertThat(accepted(Files.readString(example), new Nodes.Any()))
                        .as(example.toString())
                        .isNotEmpty();
            }
        }
    }

    @Test
    void readsJson() {
        String text = "{\"apiVersion\": \"kadalu-operator.storage/v1alpha1\", \"kind\": \"KadaluStorage\","
                + " \"metadata\": {\"name\": \"p1\"},"
                + " \"spec\": {\"type\": \"Replica1\", \"storage\": [{\"node\": \"localhost\", \"path\": \"/a\"}]}}";

        assertThat(accepted(text)).hasSize(1);
    }

    @Test
    void leavesOutWhatIsForKubernetesAndSaysSo() {
        String text = pool("p1", "type: Replica1", PATH)
                + "---\nkind: PersistentVolumeClaim\napiVersion: v1\nmetadata: {name: c}\n";

        assertThat(StorageCheck.check(text, Storage.HERE))
                .isInstanceOfSatisfying(
                        Checked.Pools.class,
                        pools -> assertThat(pools.notes())
                                .extracting(Finding::toString)
                                .containsExactly("line 10: PersistentVolumeClaim is for Kubernetes only; left out"));
    }

    @Test
    void refusesOtherKindsNamingTheLine() {
        assertThat(refused("---\napiVersion: kadalu-operator.storage/v1alpha1\nkind: KadaluStorag\n"))
                .containsExactly("line 3: kind: 'KadaluStorag' is not known; did you mean 'KadaluStorage'?");
        assertThat(refused("kind: Fridge\napiVersion: v1\n"))
                .containsExactly("line 1: kind: 'Fridge' is not known; known are KadaluStorage");
        assertThat(refused("apiVersion: kadalu-operator.storage/v1alpha1\n").getFirst())
                .startsWith("line 1: kind: is missing;");
    }

    @Test
    void refusesAnotherVersion() {
        assertThat(refused(pool("p1", "type: Replica1", PATH).replace("v1alpha1", "v2")))
                .containsExactly("line 2: apiVersion: must be 'kadalu-operator.storage/v1alpha1' for a KadaluStorage");
    }

    @Test
    void refusesTextWithoutPools() {
        assertThat(refused("")).containsExactly("there is no KadaluStorage in it; add one");
        assertThat(refused("# nothing\n---\n---\n")).containsExactly("there is no KadaluStorage in it; add one");
        assertThat(refused("just words\n").getFirst()).startsWith("line 1: a document must be a mapping");
    }

    @Test
    void refusesWhatIsNotYaml() {
        assertThat(refused("a: [1, 2\nb: c\n").getFirst()).startsWith("line 2: this is not YAML: ");
        assertThat(refused("a: \u0000").getFirst()).startsWith("this is not YAML: ");
    }

    @Test
    void refusesEndlessNestingAndUnknownAliases() {
        assertThat(refused("[".repeat(100_000)).getFirst()).contains("nested more than 64 levels deep");
        assertThat(refused("a: *b\n").getFirst()).startsWith("line 1: *b refers to nothing");
        assertThat(refused("a: &b [*b]\n").getFirst()).startsWith("line 1: *b refers to nothing");
    }

    @Test
    void readsAliases() {
        String text = pool(
                "p1", "type: Replica1", "storage:", "  - {node: &n localhost, path: /a}", "  - {node: *n, path: /b}");

        assertThat(accepted(text).getFirst().getBricksCount()).isEqualTo(2);
    }

    @Test
    void refusesTextsThatDescribeMoreThanTheySay() {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x]\n");
        for (int i = 1; i < 60; i++) {
            String before = "*a" + (i - 1);
            bomb.append("a%d: &a%d [%s, %s, %s]\n".formatted(i, i, before, before, before));
        }

        assertThat(refused(bomb.toString()).getFirst()).contains("kind: is missing");
    }

    @Test
    void refusesFieldsThatAreThereTwice() {
        assertThat(refused(pool("p1", "type: Replica1", PATH, "type: Replica2")))
                .containsExactly(
                        "line 9: the field 'type' is there twice, the first time with a value on line 7; leave one");
    }

    @Test
    void suggestsTheNearestField() {
        assertThat(refused(pool("p1", "type: Replica1", PATH, "pvReclaimPolcy: delete")))
                .containsExactly(
                        "line 9: pool p1: spec.pvReclaimPolcy: this field is not known; did you mean 'pvReclaimPolicy'?");
        assertThat(refused(pool("p1", "type: Replica1", PATH).replace("metadata:", "metdata:")))
                .anyMatch(problem -> problem.contains("did you mean 'metadata'?"));
    }

    @Test
    void refusesNamesThatAreNoPoolNames() {
        for (String name : List.of("a.b", "a/b", "../x", "A", "-a", "x".repeat(300))) {
            assertThat(refused(pool(name, "type: Replica1", PATH)).getFirst())
                    .startsWith("line 5: metadata.name: '")
                    .contains("is no pool name; use 1 to 63")
                    .hasSizeLessThan(300);
        }
    }

    @Test
    void refusesTwoPoolsOfOneName() {
        String text = pool("p1", "type: Replica1", PATH)
                + pool("p1", "type: Replica1", "storage: [{node: localhost, path: /data/b}]");

        assertThat(refused(text))
                .containsExactly("line 13: metadata.name: pool p1 is described twice, the first time on line 5;"
                        + " rename one of them");
    }

    @Test
    void tellsEverythingAtOnce() {
        String text = pool(
                "p1",
                "type: Replica9",
                "pvReclaimPolicy: keep",
                "volume_id: example-1234",
                "single_pv_per_pool: perhaps",
                "options: [{key: a}]",
                "storage: [{path: data}]");

        assertThat(refused(text))
                .extracting(problem -> problem.replaceAll("^line (\\d+): .*?spec\\.([^:]*): .*", "$1 $2"))
                .containsExactly(
                        "7 type",
                        "8 pvReclaimPolicy",
                        "9 volume_id",
                        "10 single_pv_per_pool",
                        "11 options[0].value",
                        "12 storage[0].path",
                        "12 storage[0].node");
    }

    @Test
    void refusesContradictionsOfOldAndNewFields() {
        assertThat(refused(pool("p1", "type: Replica1", PATH, "single_pv_per_pool: true", "kadalu_format: native")))
                .containsExactly("line 10: pool p1: spec.kadalu_format: contradicts single_pv_per_pool;"
                        + " remove kadalu_format, which is older");
    }

    @Test
    void refusesOptionsThatAreSetTwice() {
        assertThat(refused(pool("p1", "type: Replica1", PATH, "options: [{key: a, value: 1}, {key: a, value: 2}]")))
                .containsExactly("line 9: pool p1: spec.options[1].key: 'a' is set twice; leave one");
    }

    @Test
    void refusesExternalPoolsThatNameNoCluster() {
        assertThat(refused(pool("p1", "type: External"))).hasSize(1);
        assertThat(refused(pool("p1", "type: External", "details: {gluster_hosts: []}")))
                .containsExactly(
                        "line 8: pool p1: spec.details.gluster_hosts: names nothing; add at least one item",
                        "line 8: pool p1: spec.details.gluster_volname: is missing; give the name of the cluster's"
                                + " volume");
    }
}
