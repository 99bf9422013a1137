package io.sagara.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagara.integration.cluster.LoneServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/// A pool, a claim and a pod on three nodes, with kubelets, the stock provisioner and resizer. One life of a
/// volume, told in order: a cluster takes too long to start for each step to have its own.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class KubernetesIT {
    private static final String POOL = "/var/lib/pool1";

    private static Kubernetes cluster;
    private static Path run;
    private static Optional<LoneServer> outside = Optional.empty();

    @BeforeAll
    static void up() throws IOException {
        run = Files.createTempDirectory("sagara-it-");
        cluster = Kubernetes.up(3);
        cluster.onNode("n1", "mkdir", "-p", POOL);
    }

    @AfterAll
    static void down() throws IOException {
        try {
            if (outside.isPresent()) {
                outside.get().close();
            }
            if (run != null) {
                Traces.remove(run);
            }
        } finally {
            if (cluster != null) {
                cluster.close();
            }
        }
    }

    @Test
    void accountsMayDoWhatTheyAreForAndNothingElse() {
        assertThat(may("sagara-node", "update", "kadalustorages.kadalu-operator.storage"))
                .isTrue();
        assertThat(may("sagara-controller", "create", "persistentvolumes")).isTrue();
        for (String account : List.of("sagara-node", "sagara-controller", "default")) {
            assertThat(may(account, "list", "secrets")).isFalse();
            assertThat(may(account, "update", "daemonsets.apps")).isFalse();
            assertThat(may(account, "update", "clusterroles.rbac.authorization.k8s.io"))
                    .isFalse();
        }
        // pods that hold claims; a policy lets it make no others
        assertThat(may("sagara-node", "create", "pods")).isTrue();
        assertThat(may("sagara-controller", "create", "pods")).isFalse();
        assertThat(may("default", "create", "pods")).isFalse();
        Shell.Result refused = cluster.tryKubectl(
                "-n",
                "kadalu",
                "run",
                "sagara-holder-x",
                "--image=localhost/sagara:0.1.0",
                "--privileged",
                "--dry-run=server",
                "--as=system:serviceaccount:kadalu:sagara-node");
        assertThat(refused.exitCode()).isNotZero();
        assertThat(refused.output()).contains("nothing but the claim");
        // certificates of pools; the controller has no use for any
        assertThat(may("sagara-node", "get", "secrets")).isTrue();
        assertThat(may("sagara-controller", "get", "secrets")).isFalse();
        assertThat(may("default", "get", "secrets")).isFalse();
        assertThat(may("sagara-node", "delete", "persistentvolumes")).isFalse();
        assertThat(may("sagara-controller", "update", "kadalustorages.kadalu-operator.storage"))
                .isFalse();
    }

    private static boolean may(String account, String verb, String resource) {
        Shell.Result answer = cluster.tryKubectl(
                "auth", "can-i", verb, resource, "-n", "kadalu", "--as=system:serviceaccount:kadalu:" + account);
        assertThat(answer.output().strip().lines().toList().getLast()).isIn("yes", "no");
        return answer.exitCode() == 0;
    }

    @Test
    @Order(1)
    void aPoolOnOneNodeIsReady() throws Exception {
        cluster.apply("pool.yaml");
        cluster.await("kds/p1", ".status.phase", "Ready");
        cluster.kubectl("get", "storageclass", "kadalu.p1");
    }

    @Test
    @Order(2)
    void aClaimIsBoundAndAPodOnAnotherNodeWrites() throws Exception {
        cluster.apply("volume.yaml");
        cluster.await("pvc/shared", ".status.phase", "Bound");
        cluster.apply("writer.yaml");
        cluster.await("pod/writer", ".status.phase", "Running");
        assertThat(roundsAfter(0)).isPositive();
    }

    @Test
    @Order(2)
    void prometheusFindsEveryNodesMetrics() {
        for (String node : List.of("n1", "n2", "n3")) {
            String address = cluster.kubectl(
                            "get",
                            "node",
                            node,
                            "-o",
                            "jsonpath={.status.addresses[?(@.type==\"InternalIP\")].address}")
                    .strip();
            String metrics = cluster.onNode(
                    node,
                    "bash",
                    "-c",
                    "exec 3<>/dev/tcp/" + address + "/9280; printf 'GET /metrics HTTP/1.0\r\n\r\n' >&3; cat <&3");
            assertThat(metrics)
                    .contains("sagara_pool_phase{phase=\"READY\",pool=\"p1\"} 1.0")
                    .contains("kadalu_storage_total_capacity_bytes{name=\"p1\"}");
        }
    }

    @Test
    @Order(3)
    void aPodOnAThirdNodeReadsWhatWasWritten() throws Exception {
        cluster.apply("reader.yaml");
        cluster.await("pod/reader", ".status.phase", "Succeeded");
        cluster.delete("reader.yaml");
    }

    @Test
    @Order(4)
    void aVolumeGrowsWhileItIsWrittenTo() throws Exception {
        long before = roundsAfter(0);
        cluster.kubectl(
                "patch", "pvc", "shared", "-p", "{\"spec\":{\"resources\":{\"requests\":{\"storage\":\"400Mi\"}}}}");
        cluster.await("pvc/shared", ".status.capacity.storage", "400Mi");
        String size = cluster.kubectl("exec", "writer", "--", "df", "--output=size", "-m", "/data");
        assertThat(size.lines().toList().getLast().strip()).isEqualTo("400");
        assertThat(roundsAfter(before)).isGreaterThan(before);
    }

    @Test
    @Order(5)
    void anUpgradeOfTheAgentIsNoErrorForWhoWrites() throws Exception {
        String daemons = daemons("n1") + daemons("n2");
        cluster.kubectl("-n", "kadalu", "rollout", "restart", "daemonset/sagara-node");
        cluster.awaitRollout("sagara-node");
        long before = roundsAfter(0);
        assertThat(roundsAfter(before)).isGreaterThan(before);
        assertThat(daemons("n1") + daemons("n2")).isEqualTo(daemons);
    }

    @Test
    @Order(6)
    void killingTheAgentIsNoErrorForWhoWrites() throws Exception {
        String daemons = daemons("n1") + daemons("n2");
        for (String node : List.of("n1", "n2")) {
            cluster.onNode(node, "pkill", "-KILL", "-f", "^java .*/lib/agent ");
        }
        long before = roundsAfter(0);
        assertThat(roundsAfter(before)).isGreaterThan(before);
        cluster.awaitRollout("sagara-node");
        assertThat(daemons("n1") + daemons("n2")).isEqualTo(daemons);
    }

    @Test
    @Order(7)
    void aBricksNodeThatWasLostServesAgainByItself() throws Exception {
        cluster.delete("writer.yaml");
        cluster.reboot("n1");
        Await.until("daemons on n1", () -> daemons("n1"), pids -> !pids.isBlank());
        cluster.await("kds/p1", ".status.phase", "Ready");
        cluster.apply("reader.yaml");
        cluster.await("pod/reader", ".status.phase", "Succeeded");
        cluster.delete("reader.yaml");
    }

    @Test
    @Order(8)
    void aPoolInAClusterOfSomeoneElseServesPods() throws Exception {
        LoneServer server = LoneServer.start(run, "10.99.0.50", cluster.controlPlane(), "switch");
        outside = Optional.of(server);
        server.make("data");
        cluster.apply("external.yaml");
        cluster.await("kds/outside", ".status.phase", "Ready");
        cluster.await("kds/outside", ".status.conditions[?(@.type==\"Warning\")].status", "True");
        assertThat(cluster.kubectl("-n", "kadalu", "get", "kds/outside", "-o", "jsonpath={.status.conditions}"))
                .contains("no-such-host.invalid");
        cluster.apply("external-volume.yaml");
        cluster.await("pvc/outside", ".status.phase", "Bound");
        cluster.apply("external-writer.yaml");
        cluster.await("pod/outside", ".status.phase", "Running");
        Await.until("the limit refuses", () -> cluster.kubectl("logs", "outside"), "refused\n"::equals);
        assertThat(files(server.data("data"))).as(versions()).isEqualTo("[file]");
        System.out.println("a pool in a cluster of someone else: " + versions());
        cluster.kubectl(
                "patch", "pvc", "outside", "-p", "{\"spec\":{\"resources\":{\"requests\":{\"storage\":\"96Mi\"}}}}");
        cluster.await("pvc/outside", ".status.capacity.storage", "96Mi");
        assertThat(cluster.kubectl("exec", "outside", "--", "df", "--output=size", "-m", "/data"))
                .endsWith("96\n");
    }

    /// Names of the files that pods have in a brick.
    private static String files(Path brick) throws IOException {
        try (Stream<Path> all = Files.walk(brick.resolve("subvol"))) {
            return all.filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .sorted()
                    .toList()
                    .toString();
        }
    }

    /// `clients GlusterFS 11.1, servers 10.3`.
    private static String versions() {
        String pod = cluster.kubectl(
                        "-n",
                        "kadalu",
                        "get",
                        "pod",
                        "-l",
                        "app.kubernetes.io/component=node",
                        "-o",
                        "jsonpath={.items[0].metadata.name}")
                .strip();
        return "clients "
                + version(cluster.kubectl("-n", "kadalu", "exec", pod, "-c", "agent", "--", "glusterfs", "--version"))
                + ", servers " + version(Shell.check("glusterd", "--version"));
    }

    private static String version(String said) {
        return said.lines().findFirst().orElse("").replaceAll("[^0-9.]", "");
    }

    @Test
    @Order(9)
    void aClassThatWasMadeAgainByHandNamesThePoolAlone() throws Exception {
        cluster.kubectl("delete", "storageclass", "kadalu.outside");
        cluster.apply("external-class.yaml");
        cluster.apply("external-later.yaml");
        cluster.await("pod/later", ".status.phase", "Succeeded");
        cluster.await("pvc/later", ".status.phase", "Bound");
        for (String file : List.of("external-writer.yaml", "external-later.yaml", "external-volume.yaml")) {
            cluster.delete(file);
        }
        Await.until(
                "only the native volume is left",
                () -> cluster.kubectl("get", "pv", "-o", "name").lines().count(),
                count -> count == 1);
        cluster.delete("external.yaml");
        // made by hand, so it stays
        cluster.kubectl("delete", "storageclass", "kadalu.outside");
    }

    @Test
    @Order(10)
    void whatIsDeletedLeavesNothing() throws Exception {
        cluster.delete("volume.yaml");
        Await.until("no PersistentVolume", () -> cluster.kubectl("get", "pv", "-o", "name"), String::isBlank);
        cluster.delete("pool.yaml");
        for (String node : List.of("n1", "n2", "n3")) {
            Await.until("no daemon on " + node, () -> daemons(node), String::isBlank);
            assertThat(cluster.onNode(node, "cat", "/proc/self/mountinfo")).doesNotContain("fuse.glusterfs");
        }
        assertThat(cluster.kubectl("get", "storageclass", "-o", "name")).isBlank();
    }

    /// The claim's volume is one that every node can mount, and whoever holds it must be alone: the disk has
    /// one file system. Its pod is deleted twice, and comes back on the same node, then on another.
    @Test
    void aPoolOnAClaimFollowsThePodThatHoldsIt() throws Exception {
        try (var disk = new SharedDisk(cluster, "/var/lib/disk-of-c1", List.of("n1", "n2", "n3"))) {
            assertThat(disk.device()).startsWith("/dev/loop");
            cluster.apply("claim-pool.yaml");
            cluster.await("kds/c1", ".status.phase", "Ready");
            cluster.apply("claim-user.yaml");
            cluster.await("pvc/kept", ".status.phase", "Bound");
            cluster.await("pod/keeper", ".status.phase", "Running");
            Await.until("the keeper has written", () -> cluster.kubectl("logs", "keeper"), "written\n"::equals);

            String first = holder("{.spec.nodeName}");
            others(first).forEach(node -> cluster.kubectl("cordon", node));
            assertThat(newHolderAfterDeletion()).isEqualTo(first);
            keeperFindsItsData();

            others(first).forEach(node -> cluster.kubectl("uncordon", node));
            cluster.kubectl("cordon", first);
            String second = newHolderAfterDeletion();
            assertThat(second).isNotEqualTo(first);
            keeperFindsItsData();
            assertThat(cluster.onNode(first, "cat", "/proc/self/mountinfo")).doesNotContain("backends/pvc/c1");
            assertThat(cluster.onNode(second, "cat", "/proc/self/mountinfo")).contains("backends/pvc/c1/0/");
            cluster.kubectl("uncordon", first);

            cluster.delete("claim-user.yaml");
            Await.until(
                    "no PersistentVolume of c1",
                    () -> cluster.kubectl("get", "pv", "-o", "name"),
                    "persistentvolume/disk-of-c1\n"::equals);
            cluster.delete("claim-pool.yaml");
            Await.until(
                    "no pod that holds the claim",
                    () -> cluster.kubectl("-n", "kadalu", "get", "pod", "-o", "name"),
                    pods -> !pods.contains("sagara-holder"));
        }
    }

    private static List<String> others(String node) {
        return Stream.of("n1", "n2", "n3").filter(other -> !other.equals(node)).toList();
    }

    private static String holder(String field) {
        return cluster.tryKubectl("-n", "kadalu", "get", "pod", "sagara-holder-disk", "-o", "jsonpath=" + field)
                .output()
                .strip();
    }

    /// The node of the next pod, once the brick is there.
    private static String newHolderAfterDeletion() throws Exception {
        String before = holder("{.metadata.uid}");
        cluster.kubectl("-n", "kadalu", "delete", "pod", "sagara-holder-disk", "--timeout=50s");
        String after = Await.until(
                Duration.ofMinutes(2),
                "another pod",
                () -> cluster.kubectl("-n", "kadalu", "get", "kds", "c1", "-o", "jsonpath={.status.plan.bricks[0]}"),
                plan -> plan.contains("\"node\"") && !plan.contains(before));
        assertThat(after).contains(holder("{.metadata.uid}"));
        cluster.await("kds/c1", ".status.phase", "Ready");
        return holder("{.spec.nodeName}");
    }

    /// In the container that runs since before, and by writing, too.
    private static void keeperFindsItsData() throws Exception {
        String check = "cd /data && sha256sum --check --strict first.sum && date >again && sync again";
        Await.until(
                Duration.ofMinutes(2),
                "the keeper finds its data",
                () -> cluster.tryKubectl("exec", "keeper", "--", "timeout", "10", "bash", "-c", check)
                        .exitCode(),
                code -> code == 0);
    }

    /// The pids of GlusterFS' daemons on a node.
    private static String daemons(String node) {
        return cluster.onNode(node, "sh", "-c", "pgrep -d ' ' -f '^(/usr/sbin/)?glusterfs' || true");
    }

    /// The number of the newest round of the writer, once it is above `before`. It must not have failed.
    private static long roundsAfter(long before) throws Exception {
        return Await.until("a round after " + before, KubernetesIT::round, round -> round > before);
    }

    private static long round() {
        String log = cluster.kubectl("logs", "writer", "--tail=1").strip();
        String phase = cluster.kubectl("get", "pod", "writer", "-o", "jsonpath={.status.phase}");
        assertThat(phase).as(log).isEqualTo("Running");
        return log.startsWith("round ") ? Long.parseLong(log.substring("round ".length())) : 0;
    }
}
