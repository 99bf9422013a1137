package io.sagara.agent.tls;

import com.google.protobuf.util.Timestamps;
import io.sagara.agent.file.AtomicFile;
import io.sagara.api.v1.Tls;
import io.sagara.api.v1.TlsMaterial;
import io.sagara.api.v1.TlsStatus;
import io.sagara.spi.PoolName;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The certificates of one pool on this node. GlusterFS reads them at each new connection, so that replacing the
/// files is all that renewal takes: connections that there are go on, new ones are made with the new files. What
/// does not fit together replaces nothing.
///
/// [#give] may be called from any thread, [#renew] by the pool's worker; the rest by anyone.
public final class PoolCertificates {
    /// The file of authorities.
    public static final String AUTHORITIES = "ca.pem";

    /// The file of certificate and key.
    public static final String IDENTITY = "identity.pem";

    private static final Logger LOG = LoggerFactory.getLogger(PoolCertificates.class);
    private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> DIRECTORY = PosixFilePermissions.fromString("rwx------");
    /// Enough for a person who was on holiday for a week.
    private static final Duration EXPIRES_SOON = Duration.ofDays(14);

    private final PoolName pool;
    private final Path directory;
    private final InstantSource clock;
    private volatile @Nullable Certificates present;
    private volatile String refused = "";

    /// `directory`: of this pool alone; made when there is something to be kept in it.
    public PoolCertificates(PoolName pool, Path directory, InstantSource clock) {
        this.pool = pool;
        this.directory = directory;
        this.clock = clock;
    }

    /// Takes what a Secret holds. Throws INVALID_ARGUMENT where it does not fit together, and keeps what there is.
    public void give(TlsMaterial material) {
        try {
            install(
                    material.getCa().toByteArray(),
                    material.getCertificate().toByteArray(),
                    material.getKey().toByteArray());
        } catch (StorageException e) {
            refused = String.valueOf(e.getMessage());
            throw new StorageException(e.problem(), "pool " + pool + ", tls: " + e.getMessage(), e);
        }
    }

    /// Has the files that the pool names, or what a Secret held, in place. Throws where there is nothing that the
    /// pool could be served with; where what is new cannot be used, the old stays and [#status] says so.
    public void require(Tls tls) {
        renew(tls);
        if (present == null) {
            String why = refused.isEmpty()
                    ? "the contents of Secret " + tls.getSecretName()
                            + " have not come to this node yet; check that it exists and has ca.crt, tls.crt and"
                            + " tls.key"
                    : refused;
            throw new StorageException(Problem.UNAVAILABLE, "pool " + pool + ", tls: " + why);
        }
    }

    /// Looks whether the files that the pool names have changed, and takes over what they hold. Never throws for
    /// what is wrong with them: [#status] says so.
    public synchronized void renew(Tls tls) {
        try {
            if (present == null) {
                load();
            }
            if (!tls.getCa().isEmpty()) {
                install(read(tls.getCa()), read(tls.getCertificate()), read(tls.getKey()));
            }
        } catch (StorageException e) {
            refused = String.valueOf(e.getMessage());
        }
    }

    private static byte[] read(String file) {
        try {
            return Files.readAllBytes(Path.of(file));
        } catch (IOException e) {
            throw new StorageException(
                    Problem.UNAVAILABLE,
                    "cannot read " + file + " (" + e.getClass().getSimpleName() + "); restore it on this node",
                    e);
        }
    }

    private synchronized void install(byte[] authorities, byte[] chain, byte[] key) {
        Certificates next = Certificates.check(authorities, chain, key, clock.instant());
        Certificates before = present;
        if (before == null || !before.equals(next)) {
            write(next);
            present = next;
            LOG.atInfo()
                    .addKeyValue("pool", pool)
                    .addKeyValue("name", next.commonName())
                    .addKeyValue("until", next.notAfter())
                    .log("certificate in use");
        }
        refused = "";
    }

    /// Of an earlier agent. A certificate that has expired meanwhile is what there is all the same.
    private void load() {
        try {
            if (Files.exists(directory.resolve(IDENTITY))) {
                String identity = Files.readString(directory.resolve(IDENTITY));
                String authorities = Files.readString(directory.resolve(AUTHORITIES));
                int certificates = identity.indexOf("-----BEGIN CERTIFICATE");
                present = Certificates.kept(
                        authorities,
                        identity.substring(0, Math.max(0, certificates)),
                        identity.substring(Math.max(0, certificates)));
            }
        } catch (IOException e) {
            throw failure("read", e);
        }
    }

    private void write(Certificates next) {
        try {
            Files.createDirectories(directory);
            Files.setPosixFilePermissions(directory, DIRECTORY);
            // authorities first: a certificate that a new one has signed is no use before the others know it
            write(directory.resolve(AUTHORITIES), next.authorities());
            write(directory.resolve(IDENTITY), next.identity());
        } catch (IOException e) {
            throw failure("write", e);
        }
    }

    private static void write(Path file, String text) throws IOException {
        Path temporary = AtomicFile.temporary(file);
        Files.deleteIfExists(temporary);
        // what is written into it is never seen by others, not even for a moment
        Files.createFile(temporary, PosixFilePermissions.asFileAttribute(FILE));
        AtomicFile.write(file, text);
    }

    private StorageException failure(String verb, IOException e) {
        return new StorageException(
                Problem.UNAVAILABLE,
                "cannot " + verb + " " + directory + ": " + e.getMessage() + "; check the disk of the state directory",
                e);
    }

    /// Removes all of them; absent ones too.
    public static void remove(Path directory) {
        try {
            for (String file : new String[] {IDENTITY, AUTHORITIES}) {
                Files.deleteIfExists(AtomicFile.temporary(directory.resolve(file)));
                Files.deleteIfExists(directory.resolve(file));
            }
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            throw new StorageException(
                    Problem.UNAVAILABLE,
                    "cannot remove " + directory + ": " + e.getMessage() + "; remove it yourself, it holds a key",
                    e);
        }
    }

    /// The certificate in use; empty where there is none.
    public Optional<TlsStatus> status() {
        Certificates now = present;
        return Optional.ofNullable(now)
                .map(own -> TlsStatus.newBuilder()
                        .setCommonName(own.commonName())
                        .setNotAfter(Timestamps.fromMillis(own.notAfter().toEpochMilli()))
                        .setExpired(expired(own))
                        .setProblem(problem(own))
                        .build());
    }

    private boolean expired(Certificates own) {
        return clock.instant().isAfter(own.notAfter());
    }

    private String problem(Certificates own) {
        Instant end = own.notAfter();
        String age = "";
        if (expired(own)) {
            age = "the certificate of " + own.commonName() + " has expired at " + end
                    + ", and no new connection can be made; renew it";
        } else if (clock.instant().plus(EXPIRES_SOON).isAfter(end)) {
            age = "the certificate of " + own.commonName() + " expires at " + end + "; renew it";
        }
        if (refused.isEmpty()) {
            return age;
        }
        String news = "certificates that were to replace those in use are refused: " + refused;
        return age.isEmpty() ? news : age + "; " + news;
    }
}
