package io.sagara.backend.external;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sagara.spi.Backend;
import io.sagara.spi.Bytes;
import io.sagara.spi.ExternalVolume;
import io.sagara.spi.Layout;
import io.sagara.spi.Pool;
import io.sagara.spi.PoolName;
import io.sagara.spi.Problem;
import io.sagara.spi.Provisioning;
import io.sagara.spi.StorageException;
import io.sagara.spi.Tls;
import io.sagara.spi.Volfiles;
import io.sagara.spi.Volume;
import io.sagara.spi.VolumeName;
import io.sagara.spi.VolumeUsage;
import io.sagara.testkit.FakeCommands;
import io.sagara.testkit.FakeHost;
import io.sagara.testkit.FakePoolMount;
import io.sagara.testkit.Pools;
import io.sagara.testkit.ProvisioningContract;
import io.sagara.testkit.VolfilesContract;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExternalBackendTest implements VolfilesContract, ProvisioningContract {
    private static final String QUOTA =
            "    option server-quota on\n    option soft-timeout 0\n    option hard-timeout 0\n";

    private FakeGlusterd glusterd;
    private Path state;
    private Backend backend;
    private FakePoolMount mount;

    @BeforeEach
    void begin(@TempDir Path directory) throws IOException {
        glusterd = new FakeGlusterd();
        var _ = glusterd.graph("vol", Texts.at(glusterd.port(), Texts.COPIES))
                .graph(Texts.brickId(), Texts.brick(QUOTA));
        Path scratch = directory.toRealPath();
        state = Files.createDirectory(scratch.resolve("state"));
        backend = backend();
        mount = new FakePoolMount(pool(), Files.createDirectory(scratch.resolve("mount")), Bytes.gib(1));
        var _ = backend.cluster().refresh(pool(), ExternalBackendTest::nobody);
    }

    @AfterEach
    void end() throws IOException {
        backend.cluster().forget(pool());
        glusterd.close();
    }

    /// Who need not be told of changes.
    private static void nobody() {}

    private Backend backend() {
        FakeCommands commands = new FakeCommands().expect("glusterfs 10.3\n", "glusterfs", "--version");
        return new ExternalBackendProvider().create(new FakeHost(state).lending(commands));
    }

    @Override
    public Volfiles volfiles() {
        return backend.volfiles();
    }

    @Override
    public Provisioning provisioning() {
        return backend.provisioning();
    }

    @Override
    public FakePoolMount mount() {
        return mount;
    }

    @Override
    public Pool pool() {
        return pool(Map.of(), "127.0.0.1");
    }

    private Pool pool(Map<String, String> options, String... hosts) {
        return new Pool(
                new PoolName("p1"),
                new UUID(1, 2),
                new Layout.External(new ExternalVolume(List.of(hosts), glusterd.port(), "vol", "")),
                List.of(),
                options,
                true);
    }

    private void refuses(Problem problem, String words, Pool pool) {
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> backend.cluster().refresh(pool, ExternalBackendTest::nobody))
                .withMessageContainingAll("pool p1", words)
                .satisfies(e -> assertThat(e.problem()).isEqualTo(problem));
    }

    @Test
    void aGoodHostIsEnoughAndTheOthersAreNamed() throws Exception {
        Pool pool = pool(Map.of(), "no-such-host.invalid", "127.0.0.1");
        var _ = backend.cluster().refresh(pool, ExternalBackendTest::nobody);
        List<String> warnings = backend.cluster().refresh(pool, ExternalBackendTest::nobody);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (warnings.isEmpty() && System.nanoTime() < deadline) {
            warnings = backend.cluster().refresh(pool, ExternalBackendTest::nobody);
        }
        assertThat(warnings).singleElement().asString().contains("'no-such-host.invalid' does not resolve");
        assertThat(volfiles().client(pool).text()).contains("vol-client-2");
    }

    @Test
    void aChangeIsToldAtOnceAndTheNextGraphIsTheNewOne() throws Exception {
        backend.cluster().forget(pool());
        // the first graph is a change as well
        CountDownLatch told = new CountDownLatch(2);
        var _ = backend.cluster().refresh(pool(), told::countDown);
        var _ = glusterd.graph("vol", Texts.at(glusterd.port(), Texts.spread()));
        glusterd.push();
        assertThat(told.await(10, TimeUnit.SECONDS)).isTrue();
        var _ = backend.cluster().refresh(pool(), ExternalBackendTest::nobody);
        assertThat(volfiles().client(pool()).text()).doesNotContain("vol-client-2");
    }

    @Test
    void whenNobodyAnswersTheLastGraphServesAlsoAfterARestart() throws IOException {
        glusterd.close();
        Backend next = backend();
        assertThat(next.cluster().refresh(pool(), ExternalBackendTest::nobody))
                .singleElement()
                .asString()
                .contains("127.0.0.1", "served as it was known before");
        assertThat(next.volfiles().client(pool()).text())
                .isEqualTo(volfiles().client(pool()).text());
    }

    @Test
    void aHostThatNeverAnswersIsGivenUp() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 4, InetAddress.getLoopbackAddress())) {
            Pool pool = new Pool(
                    new PoolName("p2"),
                    new UUID(1, 3),
                    new Layout.External(new ExternalVolume(List.of("127.0.0.1"), silent.getLocalPort(), "vol", "")),
                    List.of(),
                    Map.of(),
                    true);
            assertThatExceptionOfType(StorageException.class)
                    .isThrownBy(() -> backend.cluster().refresh(pool, ExternalBackendTest::nobody))
                    .withMessageContaining("does not answer");
        }
    }

    @Test
    void whereNoBrickCanBeReachedNothingIsMounted() throws IOException {
        int closed;
        try (ServerSocket former = new ServerSocket(0)) {
            closed = former.getLocalPort();
        }
        var _ = glusterd.graph("vol", Texts.at(closed, Texts.COPIES));
        backend.cluster().forget(pool());
        refuses(Problem.UNAVAILABLE, "no brick can be reached", pool());
        var _ = glusterd.graph("vol", Texts.COPIES.replace("remote-host 127.0.0.1", "remote-host gl1.invalid"));
        refuses(Problem.UNAVAILABLE, "'gl1.invalid', which does not resolve on this node", pool());
    }

    @Test
    void aVolumeThatWantsTlsNeedsCertificates() {
        backend.cluster().forget(pool());
        var _ = glusterd.graph(
                "vol",
                Texts.at(
                        glusterd.port(),
                        Texts.COPIES.replace(
                                "    option remote-port 1\n",
                                "    option remote-port 1\n    option transport.socket.ssl-enabled on\n")));
        refuses(Problem.INVALID_ARGUMENT, "asks its clients for TLS", pool());
        Pool secret = withTls();
        var _ = backend.cluster().refresh(secret, ExternalBackendTest::nobody);
        assertThat(backend.volfiles().client(secret).text())
                .contains("option transport.socket.ssl-own-cert /state/tls/p1/identity.pem")
                .contains("option transport.socket.ssl-ca-list /state/tls/p1/ca.pem");
    }

    @Test
    void dataThatIsToBeSecretIsNotSentInClear() {
        backend.cluster().forget(pool());
        refuses(Problem.INVALID_ARGUMENT, "data would be sent in clear", withTls());
    }

    private Pool withTls() {
        Pool plain = pool();
        Path directory = Path.of("/state/tls/p1");
        Tls tls = new Tls(directory.resolve("ca.pem"), directory.resolve("identity.pem"), List.of(), false);
        return new Pool(
                plain.name(),
                plain.id(),
                plain.layout(),
                plain.bricks(),
                plain.options(),
                plain.quota(),
                plain.clients(),
                Optional.of(tls));
    }

    @Test
    void optionsOfTheClusterAreItsOwners() {
        refuses(
                Problem.INVALID_ARGUMENT,
                "gluster volume set",
                pool(Map.of("performance.io-cache", "on"), "127.0.0.1"));
        refuses(Problem.INVALID_ARGUMENT, "'quota' cannot be 'maybe'", pool(Map.of("quota", "maybe"), "127.0.0.1"));
    }

    @Test
    void withoutQuotaVolumesAreRefusedUnlessLimitsAreOnlyReported() {
        var _ = glusterd.graph(Texts.brickId(), Texts.brick("    option server-quota off\n"));
        backend.cluster().forget(pool());
        assertThat(backend.cluster().refresh(pool(), ExternalBackendTest::nobody))
                .singleElement()
                .asString()
                .contains("no volumes can be made in pool p1");
        VolumeName name = new VolumeName("v1");
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> provisioning().create(mount, name, Volume.Kind.SUBVOL, Bytes.mib(1)))
                .withMessageContaining("gluster volume quota vol enable")
                .satisfies(e -> assertThat(e.problem()).isEqualTo(Problem.UNSUPPORTED));
        Pool reporting = Pools.withOptions(pool(), Map.of("quota", "report"));
        assertThat(backend.cluster().refresh(reporting, ExternalBackendTest::nobody))
                .singleElement()
                .asString()
                .contains("not enforced");
        assertThat(provisioning().caveat(reporting, name)).get().asString().contains("its size is no limit");
    }

    @Test
    void whatTheClusterDoesNotCountIsCountedHere() throws Exception {
        Volume volume = provisioning().create(mount, new VolumeName("v1"), Volume.Kind.SUBVOL, Bytes.mib(1));
        assertThat(provisioning().counted(mount, volume)).isEmpty();
        var _ = glusterd.graph(Texts.brickId(), Texts.brick("    option server-quota off\n"));
        backend.cluster().forget(pool());
        var _ = backend.cluster().refresh(pool(), ExternalBackendTest::nobody);
        Files.write(mount.root().resolve(volume.path()).resolve("file"), new byte[5000]);
        Optional<VolumeUsage> counted = provisioning().counted(mount, volume);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (counted.isEmpty() && System.nanoTime() < deadline) {
            Thread.onSpinWait();
            counted = provisioning().counted(mount, volume);
        }
        assertThat(counted).contains(new VolumeUsage(Bytes.mib(1), new Bytes(5000), 0, 1));
    }
}
