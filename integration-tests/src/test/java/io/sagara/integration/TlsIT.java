package io.sagara.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ByteString;
import io.sagara.api.v1.BrickSpec;
import io.sagara.api.v1.BrickStatus;
import io.sagara.api.v1.LayoutType;
import io.sagara.api.v1.PoolPhase;
import io.sagara.api.v1.PoolSpec;
import io.sagara.api.v1.PoolStatus;
import io.sagara.api.v1.Tls;
import io.sagara.api.v1.TlsMaterial;
import io.sagara.csi.v1.Volume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Pools whose processes speak TLS: who gets in, and what happens when certificates are renewed.
class TlsIT {
    private static final long MIB = Scene.MIB;
    private static final int DAYS = 20;

    private Scene scene;
    private Path certificates;
    private Authority authority;

    @BeforeEach
    void open() throws IOException {
        scene = new Scene();
        certificates = scene.newDirectory("tls");
        authority = new Authority(scene.path("authority"), "authority-1");
        authority.sign("node-1", DAYS, certificates);
    }

    @AfterEach
    void close() throws Exception {
        if (scene != null) {
            scene.close();
        }
    }

    @Test
    void onlyCertificatesOfThePoolGetIn() throws Exception {
        Standalone sagara = scene.up("state", pool("type: Replica1", 1, "    allowedNames: [\"node-*\"]\n"));
        CsiClient csi = scene.csi(sagara);
        Volume volume = csi.create("pvc-1", "p1", 64 * MIB);
        Path pod = scene.path("pod");
        csi.publish(volume, scene.newDirectory("staging"), pod);
        assertThat(Load.write(pod.resolve("a"), 16 * MIB)).isEqualTo(16 * MIB);
        Load.verify(pod.resolve("a"), 16 * MIB);
        PoolStatus pool = sagara.pool("p1");
        assertThat(pool.getPhase()).as(pool.getMessage()).isEqualTo(PoolPhase.READY);
        assertThat(pool.getTls().getCommonName()).isEqualTo("node-1");
        assertThat(shown(pool.getBricks(0))).isEqualTo(Authority.serial(certificates.resolve("tls.crt")));

        try (Stranger right = stranger(pool, "node-2")) {
            right.awaitServed();
        }
        try (Stranger named = stranger(pool, "someone")) {
            named.awaitRefused("SETVOLUME on remote-host failed");
        }
        Authority other = new Authority(scene.path("other"), "authority-1");
        Path signed = scene.path("of-other");
        other.sign("node-1", DAYS, signed);
        Authority.put(authority.certificate(), signed.resolve("ca.crt"));
        try (Stranger foreign = stranger(pool, "foreign", Stranger.tls(signed))) {
            foreign.awaitRefused("disconnected from");
        }
        try (Stranger plain = stranger(pool, "plain", new String[0])) {
            plain.awaitRefused("disconnected from");
        }

        keepsItsKeyToItself(sagara);
        csi.unpublish("pvc-1", pod);
        csi.unstage("pvc-1", scene.path("staging"));
        csi.delete("pvc-1");
    }

    private void keepsItsKeyToItself(Standalone sagara) throws IOException {
        String key = Files.readString(certificates.resolve("tls.key"))
                .lines()
                .toList()
                .get(1);
        Path kept = sagara.state().resolve("tls/p1/identity.pem");
        assertThat(Files.readString(kept)).contains(key);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(kept)))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(kept.getParent())))
                .isEqualTo("rwx------");
        assertThat(String.join("\n", sagara.output())).doesNotContain(key);
        assertThat(sagara.sagara("status", "-o", "json").output()).doesNotContain(key);
    }

    @Test
    void certificatesAndTheirAuthorityAreRenewedUnderAWriter() throws Exception {
        assumeTrue(Scene.installed("ss"), "SKIPPED: ss is not installed (package iproute2)");
        Standalone sagara = scene.up("state", pool("type: Replica3", 3, ""));
        CsiClient csi = scene.csi(sagara);
        Volume volume = csi.create("pvc-1", "p1", 64 * MIB);
        Path pod = scene.path("pod");
        csi.publish(volume, scene.newDirectory("staging"), pod);
        Authority next = new Authority(scene.path("authority-2"), "authority-2");
        try (Load load = new Load(pod.resolve("written"))) {
            // both authorities are known before the first certificate of the new one is shown
            Path both = scene.path("both.crt");
            Files.writeString(both, Files.readString(authority.certificate()) + Files.readString(next.certificate()));
            Authority.put(both, certificates.resolve("ca.crt"));
            reconnect(sagara, Authority.serial(certificates.resolve("tls.crt")), "ca.pem");
            load.awaitRounds(5);

            next.sign("node-1", DAYS, scene.path("renewed"));
            Authority.put(scene.path("renewed/tls.key"), certificates.resolve("tls.key"));
            Authority.put(scene.path("renewed/tls.crt"), certificates.resolve("tls.crt"));
            reconnect(sagara, Authority.serial(certificates.resolve("tls.crt")), "identity.pem");
            load.awaitRounds(5);

            Authority.put(next.certificate(), certificates.resolve("ca.crt"));
            reconnect(sagara, Authority.serial(certificates.resolve("tls.crt")), "ca.pem");
            load.awaitRounds(5);
        }
        PoolStatus pool = sagara.pool("p1");
        try (Stranger old = stranger(pool, "of-before")) {
            old.awaitRefused("disconnected from");
        }
        authority = next;
        try (Stranger now = stranger(pool, "of-now")) {
            now.awaitServed();
        }
        csi.unpublish("pvc-1", pod);
        csi.unstage("pvc-1", scene.path("staging"));
        csi.delete("pvc-1");
    }

    /// Waits until the agent has taken over what was renewed, then cuts all connections of one brick after the
    /// other, which are made anew with it.
    private void reconnect(Standalone sagara, String serial, String kept) throws Exception {
        Path file = sagara.state().resolve("tls/p1").resolve(kept);
        String source = Files.readString(certificates.resolve(kept.equals("ca.pem") ? "ca.crt" : "tls.crt"));
        var _ = Await.until("it is taken over", () -> Files.readString(file), text -> text.contains(source));
        for (BrickStatus brick : sagara.pool("p1").getBricksList()) {
            assertThat(shown(brick)).isEqualTo(serial);
            Shell.Result cut = Shell.run(
                    Duration.ofSeconds(10),
                    List.of("ss", "-K", "-n", "-t", "state", "established", "( dport = :" + brick.getPort() + " )"));
            assertThat(cut.exitCode()).as(cut.output()).isZero();
            assumeTrue(cut.output().contains(":" + brick.getPort()), "SKIPPED: the kernel closes no sockets for ss -K");
            ConnectedBricks.await(sagara, "p1");
            var _ = Await.until(
                    Duration.ofSeconds(150),
                    "nothing waits to be healed",
                    () -> sagara.pool("p1"),
                    pool -> pool.getPhase() == PoolPhase.READY
                            && pool.getBricksList().stream()
                                            .mapToLong(BrickStatus::getPendingHeals)
                                            .sum()
                                    == 0);
        }
    }

    @Test
    void aCertificateThatExpiresIsSaidAndOneThatDoesNotFitIsNotTaken() throws Exception {
        authority.sign("node-1", 5, certificates);
        Standalone sagara = scene.up("state", pool("type: Replica1", 1, ""));
        PoolStatus pool = sagara.pool("p1");
        assertThat(pool.getPhase()).isEqualTo(PoolPhase.READY);
        assertThat(pool.getMessage()).contains("the certificate of node-1 expires at", "renew it");
        assertThat(sagara.sagara("doctor").output()).contains("the certificate of node-1 expires at");

        Authority other = new Authority(scene.path("other"), "authority-2");
        other.sign("node-1", DAYS, scene.path("of-other"));
        Authority.put(scene.path("of-other/tls.crt"), certificates.resolve("tls.crt"));
        var _ = Await.until(
                "the wrong certificate is named",
                () -> sagara.pool("p1").getMessage(),
                text -> text.contains("the key"));
        Authority.put(scene.path("of-other/tls.key"), certificates.resolve("tls.key"));
        var _ = Await.until(
                "the wrong authority is named",
                () -> sagara.pool("p1").getMessage(),
                text -> text.contains("was not signed by an authority in 'ca'"));
        authority.sign("node-1", DAYS, certificates);
        var _ = Await.until("all is well", () -> sagara.pool("p1").getMessage(), String::isEmpty);
        assertThat(sagara.sagara("doctor").output()).contains("all is well");
    }

    @Test
    void theContentsOfASecretComeWithTheRequestAndStayForTheNextStart() throws Exception {
        AgentNode agent =
                scene.keep(new AgentNode(Scene.home(), "localhost", "127.0.0.1", scene.path("state"), Map.of()));
        PoolSpec spec = PoolSpec.newBuilder()
                .setName("p1")
                .setLayout(LayoutType.REPLICA1)
                .setTls(Tls.newBuilder().setSecretName("p1-tls"))
                .addBricks(BrickSpec.newBuilder()
                        .setNode("localhost")
                        .setType("path")
                        .setSource(scene.newDirectory("d").toString()))
                .build();
        assertThatThrownBy(() -> agent.apply(spec)).hasMessageContaining("Secret p1-tls have not come to this node");
        assertThat(agent.apply(spec, material()).getPhase()).isEqualTo(PoolPhase.READY);
        String first = Authority.serial(certificates.resolve("tls.crt"));
        assertThat(shown(agent.pool("p1").getBricks(0))).isEqualTo(first);

        agent.kill();
        agent.restart();
        agent.awaitPhase("p1", PoolPhase.READY);
        assertThat(agent.pool("p1").getTls().getCommonName()).isEqualTo("node-1");

        authority.sign("node-1", DAYS, certificates);
        var _ = agent.apply(spec, material());
        assertThat(shown(agent.pool("p1").getBricks(0)))
                .isEqualTo(Authority.serial(certificates.resolve("tls.crt")))
                .isNotEqualTo(first);
        String key = Files.readString(certificates.resolve("tls.key"))
                .lines()
                .toList()
                .get(1);
        assertThat(agent.said()).doesNotContain(key);
        assertThat(agent.pool("p1").toString()).doesNotContain(key);
        assertThat(agent.state().resolve("pools/p1.json")).content().doesNotContain(key);
        agent.remove("p1", true);
        assertThat(agent.state().resolve("tls/p1")).doesNotExist();
    }

    private TlsMaterial material() throws IOException {
        return TlsMaterial.newBuilder()
                .setCa(ByteString.copyFrom(Files.readAllBytes(certificates.resolve("ca.crt"))))
                .setCertificate(ByteString.copyFrom(Files.readAllBytes(certificates.resolve("tls.crt"))))
                .setKey(ByteString.copyFrom(Files.readAllBytes(certificates.resolve("tls.key"))))
                .build();
    }

    /// A client with a certificate of the pool's authority.
    private Stranger stranger(PoolStatus pool, String name) throws IOException {
        authority.sign(name, DAYS, scene.path("certificate-" + name));
        return stranger(pool, name, Stranger.tls(scene.path("certificate-" + name)));
    }

    private Stranger stranger(PoolStatus pool, String name, String[] options) throws IOException {
        BrickStatus brick = pool.getBricks(0);
        return new Stranger(
                scene.path("stranger-" + name),
                List.of(),
                brick.getAddress(),
                brick.getPort(),
                "/bricks/p1/0",
                options);
    }

    /// The serial number of the certificate that a brick shows to a new connection.
    private String shown(BrickStatus brick) {
        String address = brick.getAddress() + ":" + brick.getPort();
        return Shell.check(
                        "sh",
                        "-c",
                        "openssl s_client -connect " + address
                                + " </dev/null 2>/dev/null | openssl x509 -noout -serial")
                .strip();
    }

    private Path pool(String type, int units, String more) throws IOException {
        String tls = """
                tls:
                    ca: %1$s/ca.crt
                    certificate: %1$s/tls.crt
                    key: %1$s/tls.key
                """.formatted(certificates);
        return scene.yaml(scene.pool(type + "\n  " + (tls + more).stripTrailing(), units));
    }
}
