package io.sagara.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.StatusRuntimeException;
import io.sagara.api.v1.ExternalVolume;
import io.sagara.api.v1.LayoutType;
import io.sagara.api.v1.PoolPhase;
import io.sagara.api.v1.PoolSpec;
import io.sagara.api.v1.Tls;
import io.sagara.integration.cluster.GlusterCluster;
import io.sagara.integration.cluster.Server;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/// Pools in a volume of a real GlusterFS cluster whose bricks speak TLS.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ExternalTlsIT {
    private static final long MIB = Scene.MIB;
    private static final int DAYS = 20;

    private static Scene scene;
    private static GlusterCluster cluster;
    private static AgentNode agent;
    private static Path certificates;

    @BeforeAll
    static void begin() throws Exception {
        scene = new Scene();
        certificates = scene.newDirectory("tls");
        Authority authority = new Authority(scene.path("authority"), "authority");
        authority.sign("client", DAYS, certificates);
        Path servers = scene.newDirectory("tls-servers");
        authority.sign("server", DAYS, servers);
        cluster = scene.keep(GlusterCluster.start(scene.path("cluster")));
        // where GlusterFS looks for certificates, beside what OpenSSL keeps there
        Path openssl = scene.newDirectory("openssl");
        Shell.check("cp", "-a", "/usr/lib/ssl/.", openssl.toString());
        Files.copy(servers.resolve("tls.crt"), openssl.resolve("glusterfs.pem"), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(servers.resolve("tls.key"), openssl.resolve("glusterfs.key"), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(servers.resolve("ca.crt"), openssl.resolve("glusterfs.ca"), StandardCopyOption.REPLACE_EXISTING);
        for (Server server : cluster.servers()) {
            server.check("mount", "--bind", openssl.toString(), "/usr/lib/ssl");
        }
        cluster.makeDistributed("secret");
        cluster.makeDistributed("open");
        cluster.gluster("volume", "stop", "secret");
        cluster.gluster("volume", "set", "secret", "client.ssl", "on");
        cluster.gluster("volume", "set", "secret", "server.ssl", "on");
        cluster.gluster("volume", "start", "secret");
        cluster.enableQuota("secret");
        agent = scene.keep(new AgentNode(Scene.home(), "here", cluster.here(), scene.path("state"), Map.of()));
    }

    @AfterAll
    static void end() throws Exception {
        if (scene != null) {
            scene.close();
        }
    }

    private static PoolSpec.Builder spec(String volume) {
        return PoolSpec.newBuilder()
                .setName("p1")
                .setLayout(LayoutType.EXTERNAL)
                .setExternal(ExternalVolume.newBuilder()
                        .addAllHosts(cluster.addresses())
                        .setVolume(volume));
    }

    private static Tls.Builder tls() {
        return Tls.newBuilder()
                .setCa(certificates.resolve("ca.crt").toString())
                .setCertificate(certificates.resolve("tls.crt").toString())
                .setKey(certificates.resolve("tls.key").toString());
    }

    private static String refusal(PoolSpec.Builder asked) {
        try {
            return "served: " + agent.apply(asked.build());
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode() + ": " + e.getStatus().getDescription();
        }
    }

    private static void use(PoolSpec.Builder spec) throws Exception {
        assertThat(agent.apply(spec.build()).getPhase()).isEqualTo(PoolPhase.READY);
        var _ = agent.create("pvc-1", "p1", 32 * MIB);
        Path pod = scene.path("pod");
        agent.publish("pvc-1", scene.newDirectory("staging"), pod);
        try {
            assertThat(Load.write(pod.resolve("a"), 8 * MIB)).isEqualTo(8 * MIB);
            Load.verify(pod.resolve("a"), 8 * MIB);
        } finally {
            agent.unpublish("pvc-1", scene.path("staging"), pod);
        }
        agent.delete("pvc-1");
        agent.remove("p1", true);
        assertThat(agent.state().resolve("tls/p1")).doesNotExist();
    }

    @Test
    @Order(1)
    void aVolumeThatAsksForTlsIsUsedWithCertificates() throws Exception {
        use(spec("secret").setTls(tls()));
    }

    @Test
    @Order(2)
    void whatTheTwoEndsDoNotAgreeOnIsNamed() {
        assertThat(refusal(spec("secret"))).contains("INVALID_ARGUMENT", "asks its clients for TLS", "details.tls");
        assertThat(refusal(spec("open").setTls(tls())))
                .contains("INVALID_ARGUMENT", "data would be sent in clear", "client.ssl");
        assertThat(refusal(spec("open").setTls(tls().setManagement(true))))
                .contains("UNAVAILABLE", "do not agree on TLS", "details.tls.management");
    }

    @Test
    @Order(3)
    void aGlusterdThatSpeaksTlsIsAskedWithIt() throws Exception {
        cluster.secureManagement();
        assertThat(refusal(spec("secret").setTls(tls()))).contains("UNAVAILABLE", "secure-access", "management: true");
        use(spec("secret").setTls(tls().setManagement(true)));
    }
}
