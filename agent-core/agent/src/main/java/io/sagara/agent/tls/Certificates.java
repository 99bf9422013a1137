package io.sagara.agent.tls;

import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import org.jspecify.annotations.Nullable;

/// What one end of a connection with TLS needs, checked: the key is that of the certificate, which one of the
/// authorities has signed. Does not show its key.
///
/// `authorities`, `chain`, `key`: PEM. `own`: the first certificate of the chain.
record Certificates(String authorities, String chain, String key, X509Certificate own) {
    private static final String CERTIFICATE = "CERTIFICATE";
    private static final String PROOF = "sagara";

    /// Throws INVALID_ARGUMENT, naming what does not fit with what. `now`: a certificate whose time has not come
    /// or has passed is refused too.
    static Certificates check(byte[] authorities, byte[] chain, byte[] key, Instant now) {
        String keyText = new String(key, StandardCharsets.US_ASCII);
        String chainText = new String(chain, StandardCharsets.US_ASCII);
        String authoritiesText = new String(authorities, StandardCharsets.US_ASCII);
        List<X509Certificate> trusted = certificates("ca", authoritiesText);
        List<X509Certificate> shown = certificates("certificate", chainText);
        X509Certificate own = shown.getFirst();
        String plain = requireKey(own, keyText);
        requireTime(own, now);
        requireSigned(shown, trusted, now);
        return new Certificates(authoritiesText, chainText, plain, own);
    }

    /// What was checked when it was written.
    static Certificates kept(String authorities, String key, String chain) {
        return new Certificates(
                authorities, chain, key, certificates("certificate", chain).getFirst());
    }

    private static List<X509Certificate> certificates(String what, String text) {
        List<X509Certificate> all = new ArrayList<>();
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (Pem.Block block : Pem.read(text).blocks()) {
                if (block.label().equals(CERTIFICATE)) {
                    all.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(block.content())));
                }
            }
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw refused("the file '" + what + "' cannot be read: " + e.getMessage() + "; replace it", e);
        }
        if (all.isEmpty()) {
            throw refused("the file '" + what + "' holds no certificate (PEM); replace it", null);
        }
        return all;
    }

    /// The key in PKCS#8, which every reader knows.
    private static String requireKey(X509Certificate own, String text) {
        try {
            Pem.Block block = Pem.read(text).blocks().stream()
                    .filter(Pem.Block::isKey)
                    .findFirst()
                    .orElseThrow(() -> refused("the file 'key' holds no private key (PEM); replace it", null));
            PrivateKey key = Pem.key(block, own.getPublicKey());
            if (!signs(key, own)) {
                throw refused("the key is not that of the certificate of " + name(own) + "; replace both", null);
            }
            return Pem.text("PRIVATE KEY", key.getEncoded());
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw refused(
                    "the key does not fit to the certificate of " + name(own) + ": " + e.getMessage()
                            + "; replace both",
                    e);
        }
    }

    private static boolean signs(PrivateKey key, X509Certificate own) throws GeneralSecurityException {
        String algorithm =
                switch (own.getPublicKey().getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> own.getPublicKey().getAlgorithm();
                };
        byte[] proof = PROOF.getBytes(StandardCharsets.US_ASCII);
        Signature signing = Signature.getInstance(algorithm);
        signing.initSign(key);
        signing.update(proof);
        byte[] signature = signing.sign();
        Signature verifying = Signature.getInstance(algorithm);
        verifying.initVerify(own.getPublicKey());
        verifying.update(proof);
        return verifying.verify(signature);
    }

    private static void requireTime(X509Certificate own, Instant now) {
        if (now.isAfter(own.getNotAfter().toInstant())) {
            throw refused(
                    "the certificate of " + name(own) + " has expired at "
                            + own.getNotAfter().toInstant() + "; renew it",
                    null);
        }
        if (now.isBefore(own.getNotBefore().toInstant())) {
            throw refused(
                    "the certificate of " + name(own) + " is valid from "
                            + own.getNotBefore().toInstant() + " on; check the clock of this node",
                    null);
        }
    }

    private static void requireSigned(List<X509Certificate> shown, List<X509Certificate> trusted, Instant now) {
        try {
            List<X509Certificate> path = new ArrayList<>(shown);
            // an authority at the end of the chain adds nothing, and is not a part of a path
            path.removeIf(trusted::contains);
            if (path.isEmpty()) {
                return;
            }
            Set<TrustAnchor> anchors =
                    trusted.stream().map(each -> new TrustAnchor(each, null)).collect(Collectors.toSet());
            PKIXParameters rules = new PKIXParameters(anchors);
            rules.setRevocationEnabled(false);
            rules.setDate(Date.from(now));
            var _ = CertPathValidator.getInstance("PKIX")
                    .validate(CertificateFactory.getInstance("X.509").generateCertPath(path), rules);
        } catch (GeneralSecurityException e) {
            throw refused(
                    "the certificate of " + name(shown.getFirst()) + " was not signed by an authority in 'ca' ("
                            + e.getMessage() + "); add that authority, or renew the certificate",
                    e);
        }
    }

    /// The common name that the certificate bears, by which the other end knows it.
    String commonName() {
        return name(own);
    }

    private static String name(X509Certificate certificate) {
        String subject = certificate.getSubjectX500Principal().getName();
        try {
            return new LdapName(subject)
                    .getRdns().stream()
                            .filter(part -> part.getType().equalsIgnoreCase("CN"))
                            .map(part -> String.valueOf(part.getValue()))
                            .findFirst()
                            .orElse(subject);
        } catch (InvalidNameException e) {
            return subject;
        }
    }

    Instant notAfter() {
        return own.getNotAfter().toInstant();
    }

    /// The file of certificate and key together.
    String identity() {
        return ended(key) + ended(chain);
    }

    private static String ended(String text) {
        return text.endsWith("\n") ? text : text + "\n";
    }

    private static StorageException refused(String message, @Nullable Exception cause) {
        return new StorageException(Problem.INVALID_ARGUMENT, message, cause);
    }

    @Override
    public String toString() {
        return "certificate of " + commonName();
    }
}
