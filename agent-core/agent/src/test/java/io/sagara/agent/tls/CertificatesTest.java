package io.sagara.agent.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ByteString;
import io.sagara.api.v1.Tls;
import io.sagara.api.v1.TlsMaterial;
import io.sagara.api.v1.TlsStatus;
import io.sagara.spi.PoolName;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CertificatesTest {
    private static final Tls SECRET = Tls.newBuilder().setSecretName("s1").build();

    @TempDir
    private Path directory;

    /// A moment ahead, so that what is signed meanwhile is valid already.
    private final AtomicReference<Instant> now =
            new AtomicReference<>(Instant.now().plus(Duration.ofMinutes(1)));
    private final InstantSource clock = now::get;

    @BeforeEach
    void authority() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/openssl")), "SKIPPED: openssl is not installed");
        authority("ca");
    }

    private void openssl(String... arguments) throws IOException, InterruptedException {
        List<String> argv = new ArrayList<>(List.of("openssl"));
        argv.addAll(List.of(arguments));
        Process process = new ProcessBuilder(argv)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("openssl.out").toFile())
                .start();
        assertThat(process.waitFor()).as(String.join(" ", argv)).isZero();
    }

    private void authority(String name) throws Exception {
        openssl(
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-batch",
                "-days",
                "90",
                "-subj",
                "/CN=" + name,
                "-keyout",
                name + ".key",
                "-out",
                name + ".crt");
    }

    private void sign(String key, String authority, int days) throws Exception {
        openssl("req", "-new", "-key", key + ".key", "-batch", "-subj", "/O=x/CN=node-1", "-out", key + ".csr");
        openssl(
                "x509",
                "-req",
                "-in",
                key + ".csr",
                "-CA",
                authority + ".crt",
                "-CAkey",
                authority + ".key",
                "-CAcreateserial",
                "-days",
                Integer.toString(days),
                "-out",
                key + ".crt");
    }

    private void key(String name) throws Exception {
        openssl("genpkey", "-algorithm", "ed25519", "-out", name + ".key");
    }

    private TlsMaterial material(String authority, String certificate, String key) throws IOException {
        return TlsMaterial.newBuilder()
                .setCa(ByteString.copyFrom(Files.readAllBytes(directory.resolve(authority + ".crt"))))
                .setCertificate(ByteString.copyFrom(Files.readAllBytes(directory.resolve(certificate + ".crt"))))
                .setKey(ByteString.copyFrom(Files.readAllBytes(directory.resolve(key + ".key"))))
                .build();
    }

    private PoolCertificates certificates() {
        return new PoolCertificates(new PoolName("p1"), directory.resolve("tls/p1"), clock);
    }

    @ParameterizedTest
    @CsvSource({
        "PRIVATE KEY,      genpkey -algorithm rsa",
        "RSA PRIVATE KEY,  genrsa -traditional",
        "PRIVATE KEY,      genpkey -algorithm ec -pkeyopt ec_paramgen_curve:secp384r1",
        "EC PRIVATE KEY,   ecparam -genkey -name prime256v1 -noout",
        "EC PARAMETERS,    ecparam -genkey -name prime256v1",
        "PRIVATE KEY,      genpkey -algorithm ed25519"
    })
    void keysOfAllFormsAreTakenAndKeptInOne(String label, String made) throws Exception {
        openssl((made + " -out n1.key").split(" ", -1));
        assertThat(Files.readString(directory.resolve("n1.key"))).contains("BEGIN " + label);
        sign("n1", "ca", 30);
        PoolCertificates certificates = certificates();
        certificates.give(material("ca", "n1", "n1"));
        assertThat(certificates.status())
                .hasValueSatisfying(status -> assertThat(status.getCommonName()).isEqualTo("node-1"));
        Path kept = directory.resolve("tls/p1/identity.pem");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(kept)))
                .isEqualTo("rw-------");
        openssl("pkey", "-in", kept.toString(), "-noout", "-check");
        assertThat(Files.readString(kept)).contains("BEGIN PRIVATE KEY", "BEGIN CERTIFICATE");
        // whoever comes next finds them
        PoolCertificates later = certificates();
        later.require(SECRET);
        assertThat(later.status()).isEqualTo(certificates.status());
    }

    @Test
    void whatDoesNotFitReplacesNothing() throws Exception {
        key("n1");
        key("n2");
        sign("n1", "ca", 30);
        sign("n2", "ca", 30);
        authority("other");
        PoolCertificates certificates = certificates();
        assertThatThrownBy(() -> certificates.require(SECRET))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("Secret s1 have not come");
        certificates.give(material("ca", "n1", "n1"));
        String kept = Files.readString(directory.resolve("tls/p1/identity.pem"));

        assertThatThrownBy(() -> certificates.give(material("ca", "n1", "n2"))).hasMessageContaining("the key");
        assertThatThrownBy(() -> certificates.give(material("other", "n2", "n2")))
                .hasMessageContaining("was not signed by an authority in 'ca'");
        Files.writeString(directory.resolve("empty.crt"), "");
        assertThatThrownBy(() -> certificates.give(material("ca", "empty", "n2")))
                .hasMessageContaining("'certificate' holds no certificate");
        assertThat(Files.readString(directory.resolve("tls/p1/identity.pem"))).isEqualTo(kept);
        assertThat(certificates.status().orElseThrow().getProblem()).contains("are refused");
        certificates.require(SECRET);

        certificates.give(material("ca", "n2", "n2"));
        assertThat(certificates.status().orElseThrow().getProblem()).isEmpty();
        assertThat(Files.readString(directory.resolve("tls/p1/identity.pem"))).isNotEqualTo(kept);
    }

    @Test
    void ageIsSaidTwoWeeksBeforeItsEndAndAfter() throws Exception {
        key("n1");
        sign("n1", "ca", 30);
        PoolCertificates certificates = certificates();
        certificates.give(material("ca", "n1", "n1"));
        assertThat(certificates.status().orElseThrow().getProblem()).isEmpty();
        now.updateAndGet(time -> time.plus(Duration.ofDays(17)));
        TlsStatus soon = certificates.status().orElseThrow();
        assertThat(soon.getProblem()).contains("expires at").endsWith("renew it");
        assertThat(soon.getExpired()).isFalse();
        now.updateAndGet(time -> time.plus(Duration.ofDays(14)));
        TlsStatus late = certificates.status().orElseThrow();
        assertThat(late.getProblem()).contains("has expired at");
        assertThat(late.getExpired()).isTrue();
        // and it is no replacement for anything
        assertThatThrownBy(() -> certificates.give(material("ca", "n1", "n1"))).hasMessageContaining("has expired");
        // but the pool goes on with what there is
        certificates.require(SECRET);
    }

    @Test
    void nothingIsLeftOfAPoolThatIsGone() throws Exception {
        key("n1");
        sign("n1", "ca", 30);
        certificates().give(material("ca", "n1", "n1"));
        PoolCertificates.remove(directory.resolve("tls/p1"));
        assertThat(directory.resolve("tls/p1")).doesNotExist();
        PoolCertificates.remove(directory.resolve("tls/p1"));
    }
}
