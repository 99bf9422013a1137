package io.sagara.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.StatusRuntimeException;
import io.sagara.api.v1.ExternalVolume;
import io.sagara.api.v1.GetVolumeStatsRequest;
import io.sagara.api.v1.LayoutType;
import io.sagara.api.v1.PoolPhase;
import io.sagara.api.v1.PoolSpec;
import io.sagara.api.v1.VolumeStats;
import io.sagara.csi.v1.CapacityRange;
import io.sagara.csi.v1.CreateVolumeRequest;
import io.sagara.integration.cluster.GlusterCluster;
import io.sagara.integration.cluster.Server;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Pools on volumes of a real GlusterFS cluster of three servers, each in namespaces of its own.
class ExternalIT {
    private static final long MIB = Scene.MIB;

    private static Scene scene;
    private static GlusterCluster cluster;
    private static AgentNode agent;
    private String pool;

    @BeforeAll
    static void begin() throws Exception {
        scene = new Scene();
        cluster = scene.keep(GlusterCluster.start(scene.path("cluster")));
        cluster.makeReplicated("copies");
        cluster.enableQuota("copies");
        agent = scene.keep(new AgentNode(Scene.home(), "here", cluster.here(), scene.path("state"), Map.of()));
    }

    @AfterAll
    static void end() throws Exception {
        if (scene != null) {
            scene.close();
        }
    }

    @BeforeEach
    void name() {
        pool = "p" + UUID.randomUUID().toString().substring(0, 6);
    }

    @AfterEach
    void forget() {
        agent.remove(pool, true);
    }

    private PoolSpec.Builder spec(String volume, String... hosts) {
        return PoolSpec.newBuilder()
                .setName(pool)
                .setLayout(LayoutType.EXTERNAL)
                .setExternal(
                        ExternalVolume.newBuilder().addAllHosts(List.of(hosts)).setVolume(volume));
    }

    private String refusal(PoolSpec.Builder asked) {
        try {
            return "served: " + agent.apply(asked.build());
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode() + ": " + e.getStatus().getDescription();
        }
    }

    private String[] servers() {
        return cluster.addresses().toArray(String[]::new);
    }

    @Test
    void aVolumeIsMadeLimitedExpandedAndDeleted() throws Exception {
        assertThat(agent.apply(spec("copies", servers()).build()).getPhase()).isEqualTo(PoolPhase.READY);
        var _ = agent.create("pvc-1", pool, 32 * MIB);
        Path pod = scene.path("pod");
        agent.publish("pvc-1", scene.newDirectory("staging"), pod);
        try {
            assertThat(Files.getFileStore(pod).getTotalSpace()).isEqualTo(32 * MIB);
            long written = Load.write(pod.resolve("a"), 64 * MIB);
            assertThat(written).isBetween(30 * MIB, 40 * MIB);
            Load.verify(pod.resolve("a"), written);
            assertThatThrownBy(() -> Files.write(pod.resolve("b"), new byte[(int) MIB]))
                    .isInstanceOf(FileSystemException.class);
            var _ = agent.expand("pvc-1", 64 * MIB);
            assertThat(Load.write(pod.resolve("c"), 16 * MIB)).isEqualTo(16 * MIB);
        } finally {
            agent.unpublish("pvc-1", scene.path("staging"), pod);
        }
        assertThat(agent.list()).containsExactly(Map.entry("pvc-1", 64 * MIB));
        agent.delete("pvc-1");
        assertThat(agent.list()).isEmpty();
    }

    @Test
    void aPoolThatIsRemovedLeavesTheVolumeAsItWasAndIsTakenOverWithItsVolumes() throws Exception {
        var _ = agent.apply(spec("copies", servers()).build());
        var _ = agent.create("pvc-kept", pool, 16 * MIB);
        Path brick = cluster.servers().getFirst().data("copies");
        Files.writeString(Files.createDirectories(brick.resolve("owners")).resolve("file"), "data of the owner");
        agent.remove(pool, false);
        assertThat(brick.resolve("stat.db")).exists();
        var _ = agent.apply(spec("copies", servers()).build());
        assertThat(agent.list()).containsExactly(Map.entry("pvc-kept", 16 * MIB));
        agent.remove(pool, true);
        assertThat(brick.resolve("stat.db")).doesNotExist();
        assertThat(brick.resolve("subvol")).doesNotExist();
        assertThat(brick.resolve("info")).doesNotExist();
        assertThat(brick.resolve("owners/file")).hasContent("data of the owner");
    }

    @Test
    void aPublishedVolumeWorksAgainWhenAllServersWereKilled() throws Exception {
        var _ = agent.apply(spec("copies", servers()).build());
        var _ = agent.create("pvc-1", pool, 32 * MIB);
        Path pod = scene.path("pod");
        agent.publish("pvc-1", scene.newDirectory("staging"), pod);
        try {
            Load.write(pod.resolve("before"), 4 * MIB);
            Server one = cluster.servers().get(1);
            one.kill();
            Load.write(pod.resolve("with-two"), 4 * MIB);
            var _ = agent.create("pvc-2", pool, 16 * MIB);
            one.start();
            cluster.awaitPeers();

            cluster.killAll();
            Await.until("the pool fails", () -> agent.pool(pool), now -> now.getPhase() == PoolPhase.FAILED);
            assertThat(agent.pool(pool).getMessage()).contains("start glusterd");
            cluster.startAll();
            var _ = agent.awaitPhase(pool, PoolPhase.READY);
            Await.until("the volume can be written", () -> writable(pod.resolve("after")), done -> done);
            Load.verify(pod.resolve("before"), 4 * MIB);
            Load.verify(pod.resolve("with-two"), 4 * MIB);
        } finally {
            agent.unpublish("pvc-1", scene.path("staging"), pod);
        }
    }

    private static boolean writable(Path file) {
        try {
            Files.writeString(file, "written");
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void aVolumeThatIsStoppedIsNamedAndServedWhenItIsStartedAgain() throws Exception {
        var _ = agent.apply(spec("copies", servers()).build());
        var _ = cluster.gluster("volume", "stop", "copies");
        try {
            Await.until(
                    "the condition says so",
                    () -> agent.pool(pool).getMessage(),
                    message -> message.contains("volume 'copies' is stopped"));
            agent.remove(pool, false);
            assertThat(refusal(spec("copies", servers()))).contains("UNAVAILABLE", "gluster volume start copies");
        } finally {
            var _ = cluster.gluster("volume", "start", "copies");
        }
        assertThat(agent.apply(spec("copies", servers()).build()).getPhase()).isEqualTo(PoolPhase.READY);
    }

    @Test
    void aVolumeThatGrowsIsServedWithItsNewBrick() throws Exception {
        cluster.makeDistributed("spread");
        cluster.enableQuota("spread");
        var _ = agent.apply(spec("spread", servers()).build());
        var _ = agent.create("pvc-1", pool, 64 * MIB);
        Path pod = scene.path("pod");
        agent.publish("pvc-1", scene.newDirectory("staging"), pod);
        try {
            long before = Files.getFileStore(scene.path("state").resolve("mounts/" + pool))
                    .getTotalSpace();
            cluster.grow("spread");
            for (int i = 0; i < 60; i++) {
                Files.writeString(pod.resolve("f" + i), "file " + i);
            }
            Path grown = cluster.servers().getLast().data("spread");
            Await.until("files are on the new brick", () -> files(grown), count -> count > 0);
            for (int i = 0; i < 60; i++) {
                assertThat(pod.resolve("f" + i)).hasContent("file " + i);
            }
            assertThat(before).isPositive();
            assertThat(agent.pool(pool).getPhase()).isEqualTo(PoolPhase.READY);
        } finally {
            agent.unpublish("pvc-1", scene.path("staging"), pod);
        }
    }

    private static long files(Path brick) throws IOException {
        try (var all = Files.walk(brick.resolve("subvol"))) {
            return all.filter(Files::isRegularFile).count();
        }
    }

    @Test
    void withoutQuotaALimitIsRefusedUnlessTheOwnerOfThePoolDoesWithout() throws Exception {
        cluster.makeDistributed("plain");
        assertThat(agent.apply(spec("plain", servers()).build()).getMessage()).contains("has no quota");
        assertThatThrownBy(() -> agent.create("pvc-1", pool, 16 * MIB))
                .hasMessageContaining("gluster volume quota plain enable")
                .hasMessageContaining("report");
        assertThat(agent.list()).isEmpty();
        var _ = agent.apply(
                spec("plain", servers()).putOptions("quota", "report").build());
        var _ = agent.create("pvc-1", pool, 16 * MIB);
        assertThat(agent.list()).containsExactly(Map.entry("pvc-1", 16 * MIB));
        assertThat(agent.pool(pool).getMessage()).contains("not enforced");
        Path pod = scene.path("pod");
        agent.publish("pvc-1", scene.newDirectory("staging"), pod);
        try {
            assertThat(Load.write(pod.resolve("a"), 24 * MIB)).isEqualTo(24 * MIB);
            VolumeStats stats = Await.until("it is counted", () -> stats("pvc-1", pod), VolumeStats::getAbnormal);
            assertThat(stats.getCondition()).contains("holds 24 MiB, more than its size of 16 MiB");
            assertThat(stats.getTotalBytes()).isEqualTo(16 * MIB);
        } finally {
            agent.unpublish("pvc-1", scene.path("staging"), pod);
        }
    }

    private static VolumeStats stats(String volume, Path path) {
        return agent.agent()
                .getVolumeStats(GetVolumeStatsRequest.newBuilder()
                        .setName(volume)
                        .setPath(path.toString())
                        .build());
    }

    @Test
    void aHostThatDoesNotResolveIsAWarningBesideOneThatWorks() throws Exception {
        var _ = agent.apply(spec("copies", "no-such-host.invalid", servers()[2]).build());
        Await.until(
                "the host is named",
                () -> agent.pool(pool),
                now -> now.getMessage().contains("no-such-host.invalid") && now.getPhase() == PoolPhase.READY);
        var _ = agent.create("pvc-1", pool, 8 * MIB);
    }

    @Test
    void whatIsWrongWithHostsIsSaidForEach() throws Exception {
        assertThat(refusal(spec("copies", "no-such-host.invalid", "neither.invalid")))
                .startsWith("UNAVAILABLE")
                .contains("'no-such-host.invalid' does not resolve", "'neither.invalid' does not resolve");
        assertThat(refusal(spec("no-such-volume", servers())))
                .startsWith("NOT_FOUND")
                .contains("knows no volume 'no-such-volume'", "gluster volume list");
        assertThat(refusal(spec("", servers()))).startsWith("INVALID_ARGUMENT").contains("gluster_volname is missing");
        assertThat(refusal(withPort(1, servers()[0])))
                .startsWith("UNAVAILABLE")
                .contains(servers()[0] + ":1 is closed", "gluster_port");
        assertThat(refusal(spec("copies", cluster.nobody())))
                .startsWith("UNAVAILABLE")
                .contains(cluster.nobody() + ":24007 does not answer", "firewall");
        try (ServerSocket silent = new ServerSocket(0, 8, InetAddress.getByName(cluster.here()))) {
            assertThat(refusal(withPort(silent.getLocalPort(), cluster.here())))
                    .startsWith("UNAVAILABLE")
                    .contains("does not answer");
        }
        assertThat(refusal(spec("copies", servers())
                        .setExternal(ExternalVolume.newBuilder()
                                .addHosts(servers()[0])
                                .setVolume("copies")
                                .setMountOptions("log-level=WARNING,no-such-option,log-file=/tmp/x"))))
                .startsWith("INVALID_ARGUMENT")
                .contains("'no-such-option' is unknown", "'log-file' has no place here");
    }

    private PoolSpec.Builder withPort(int port, String host) {
        PoolSpec.Builder asked = spec("copies", host);
        asked.getExternalBuilder().setPort(port);
        return asked;
    }

    @Test
    void aBrickWhoseNameThisNodeDoesNotKnowIsNamed() throws Exception {
        cluster.makeUnresolvable("named");
        assertThat(refusal(spec("named", servers())))
                .startsWith("UNAVAILABLE")
                .contains("the cluster names a brick on '"
                        + cluster.servers().getFirst().name())
                .contains("/etc/hosts");
    }

    @Test
    void agentsOfTwoNodesWorkOnOneVolumeOfTheCluster() throws Exception {
        PoolSpec spec =
                spec("copies", servers()).setId(UUID.randomUUID().toString()).build();
        var _ = agent.apply(spec);
        try (AgentNode other =
                new AgentNode(Scene.home(), "there", cluster.here(), scene.path("state-there"), Map.of())) {
            var _ = other.apply(spec);
            var _ = agent.create("pvc-here", pool, 8 * MIB);
            var _ = other.create("pvc-there", pool, 16 * MIB);
            Map<String, Long> both = Map.of("pvc-here", 8 * MIB, "pvc-there", 16 * MIB);
            assertThat(agent.list()).isEqualTo(both);
            assertThat(other.list()).isEqualTo(both);
            var _ = other.expand("pvc-here", 12 * MIB);
            agent.delete("pvc-there");
            assertThat(other.list()).isEqualTo(Map.of("pvc-here", 12 * MIB));
        }
        // an agent that ends leaves the cluster's volume as it is, also when it is told to erase all it has
        assertThat(agent.list()).isEqualTo(Map.of("pvc-here", 12 * MIB));
    }

    @Test
    void aPoolOfAFileIsServedAndExplainedByTheDoctor() throws Exception {
        Standalone sagara =
                new Standalone(Scene.home(), scene.path("up"), scene.yaml("""
                apiVersion: kadalu-operator.storage/v1alpha1
                kind: KadaluStorage
                metadata:
                  name: of-a-file
                spec:
                  type: External
                  pvReclaimPolicy: delete
                  details:
                    gluster_hosts: [%s]
                    gluster_host: no-such-host.invalid
                    gluster_volname: copies
                    gluster_options: log-level=WARNING,attribute-timeout=1
                """.formatted(String.join(", ", servers()))));
        try (sagara;
                CsiClient csi = new CsiClient(sagara.csiSocket())) {
            var _ = csi.create("pvc-up", "of-a-file", 8 * MIB);
            assertThat(csi.list()).containsExactly("pvc-up");
            Shell.Result doctor = Await.until(
                    "the doctor names the host",
                    () -> sagara.sagara("doctor"),
                    said -> said.output().contains("no-such-host.invalid"));
            assertThat(doctor.output()).contains("WARN", "> correct gluster_hosts");
            assertThat(doctor.exitCode()).isEqualTo(3);
            assertThat(sagara.sagara("doctor", "-o", "json").output())
                    .contains("\"well\": false", "\"glusterfs\": \"" + glusterfsVersion() + "\"");
            csi.delete("pvc-up");
            Shell.Result removed = Shell.run(
                    Duration.ofSeconds(60),
                    List.of(
                            Scene.home().resolve("sagara").toString(),
                            "pool",
                            "remove",
                            "of-a-file",
                            "--erase",
                            "--state",
                            sagara.state().toString()));
            assertThat(removed.exitCode()).as(removed.output()).isZero();
        }
    }

    @Test
    void aStorageClassNamesThePoolOrItsClusterAndWhatFitsNoneOrTwoIsToldThem() throws Exception {
        cluster.makeDistributed("second");
        cluster.enableQuota("second");
        Standalone sagara = new Standalone(
                Scene.home(),
                scene.path("up-two"),
                scene.yaml(description("one-pool", "copies"), description("two-pool", "second")));
        try (sagara;
                CsiClient csi = new CsiClient(sagara.csiSocket())) {
            assertThat(poolOf(csi, "pvc-a", Map.of("storage_name", "one-pool"))).isEqualTo("one-pool");
            // as the class that comes with the pool has it
            assertThat(poolOf(
                            csi,
                            "pvc-b",
                            Map.of(
                                    "storage_name", "two-pool",
                                    "storage_type", "External",
                                    "hostvol_type", "External",
                                    "gluster_hosts", String.join(",", servers()),
                                    "gluster_volname", "second",
                                    "gluster_options", "log-level=WARNING",
                                    "single_pv_per_pool", "False")))
                    .isEqualTo("two-pool");
            assertThat(poolOf(csi, "pvc-c", Map.of("hostvol_type", "External", "gluster_volname", "second")))
                    .isEqualTo("two-pool");
            assertThatThrownBy(() -> poolOf(csi, "pvc-d", Map.of("hostvol_type", "External")))
                    .hasMessageContaining("more than one pool is of type External")
                    .hasMessageContaining("one-pool (volume 'copies'")
                    .hasMessageContaining("two-pool (volume 'second'");
            assertThatThrownBy(() -> poolOf(csi, "pvc-d", Map.of("gluster_volname", "third")))
                    .hasMessageContaining("no pool is in volume 'third'")
                    .hasMessageContaining("one-pool")
                    .hasMessageContaining("two-pool");
            assertThatThrownBy(() -> poolOf(csi, "pvc-d", Map.of("storage_name", "no-pool")))
                    .hasMessageContaining("no pool 'no-pool'")
                    .hasMessageContaining("[one-pool, two-pool]");
            assertThat(csi.list()).containsExactlyInAnyOrder("pvc-a", "pvc-b", "pvc-c");
            csi.list().forEach(csi::delete);
            for (String each : List.of("one-pool", "two-pool")) {
                Shell.check(
                        Scene.home().resolve("sagara").toString(),
                        "pool",
                        "remove",
                        each,
                        "--erase",
                        "--state",
                        sagara.state().toString());
            }
        }
    }

    private String description(String name, String volume) {
        return """
                ---
                apiVersion: kadalu-operator.storage/v1alpha1
                kind: KadaluStorage
                metadata:
                  name: %s
                spec:
                  type: External
                  details:
                    gluster_hosts: [%s]
                    gluster_volname: %s
                """.formatted(name, String.join(", ", servers()), volume);
    }

    private static String poolOf(CsiClient csi, String name, Map<String, String> parameters) {
        return csi.controller()
                .createVolume(CreateVolumeRequest.newBuilder()
                        .setName(name)
                        .setCapacityRange(CapacityRange.newBuilder().setRequiredBytes(8 * MIB))
                        .addVolumeCapabilities(CsiClient.shared())
                        .putAllParameters(parameters)
                        .build())
                .getVolume()
                .getVolumeContextOrThrow("hostvol");
    }

    private static String glusterfsVersion() {
        return Shell.check("glusterfs", "--version").split("\\s", -1)[1];
    }

    @Test
    void oneHostThatSwallowsPacketsHoldsNothingUp() {
        long begun = System.nanoTime();
        assertThat(agent.apply(spec("copies", cluster.nobody(), servers()[1]).build())
                        .getPhase())
                .isEqualTo(PoolPhase.READY);
        assertThat(System.nanoTime() - begun).isLessThan(15_000_000_000L);
    }

    @Test
    void anAgentThatStartsWhileNoGlusterdRunsGoesOnWithItsClients() throws Exception {
        var _ = agent.apply(spec("copies", servers()).build());
        var _ = agent.create("pvc-1", pool, 8 * MIB);
        agent.kill();
        cluster.servers().forEach(Server::stopGlusterd);
        try {
            agent.restart();
            var _ = agent.awaitPhase(pool, PoolPhase.READY);
            assertThat(agent.pool(pool).getMessage()).contains("served as it was known before");
            assertThat(agent.list()).containsExactly(Map.entry("pvc-1", 8 * MIB));
        } finally {
            cluster.startAll();
        }
        Await.until("the cluster is back", () -> agent.pool(pool).getMessage(), String::isEmpty);
    }
}
