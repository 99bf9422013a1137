package io.sagara.backend.external.glusterd;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/// What this node shows to a glusterd that speaks TLS, and whose certificates it believes; read for each connection,
/// because certificates are renewed. Names of hosts are not compared, as GlusterFS does not either.
///
/// `authorities`, `identity`: see [io.sagara.spi.Tls]; the key is in PKCS#8.
public record Identity(Path authorities, Path identity) {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z ]+)-----\\s*([A-Za-z0-9+/=\\s]*)-----END \\1-----");
    private static final char[] NONE = new char[0];

    /// `socket`, connected, with TLS on it. Closing the result closes it too.
    Socket over(Socket socket) throws IOException {
        try {
            SSLSocket secure = (SSLSocket) context()
                    .getSocketFactory()
                    .createSocket(socket, socket.getInetAddress().getHostAddress(), socket.getPort(), true);
            secure.startHandshake();
            return secure;
        } catch (GeneralSecurityException e) {
            throw new IOException("the certificates of this node cannot be used: " + e.getMessage(), e);
        }
    }

    private SSLContext context() throws IOException, GeneralSecurityException {
        String own = Files.readString(identity);
        List<Certificate> chain = certificates(own);
        KeyStore keys = empty();
        keys.setKeyEntry("own", key(own, chain.getFirst()), NONE, chain.toArray(Certificate[]::new));
        KeyManagerFactory shown = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        shown.init(keys, NONE);
        KeyStore trusted = empty();
        for (Certificate authority : certificates(Files.readString(authorities))) {
            trusted.setCertificateEntry("authority-" + trusted.size(), authority);
        }
        TrustManagerFactory believed = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        believed.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(shown.getKeyManagers(), believed.getTrustManagers(), null);
        return context;
    }

    private static KeyStore empty() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static PrivateKey key(String text, Certificate owner) throws GeneralSecurityException {
        Matcher block = BLOCK.matcher(text);
        while (block.find()) {
            if (block.group(1).equals("PRIVATE KEY")) {
                return KeyFactory.getInstance(owner.getPublicKey().getAlgorithm())
                        .generatePrivate(new PKCS8EncodedKeySpec(
                                Base64.getMimeDecoder().decode(block.group(2).strip())));
            }
        }
        throw new GeneralSecurityException("there is no private key");
    }

    private static List<Certificate> certificates(String text) throws GeneralSecurityException {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        List<Certificate> all = new ArrayList<>();
        Matcher block = BLOCK.matcher(text);
        while (block.find()) {
            if (block.group(1).equals("CERTIFICATE")) {
                all.add(factory.generateCertificate(
                        new ByteArrayInputStream(block.group().getBytes(StandardCharsets.US_ASCII))));
            }
        }
        if (all.isEmpty()) {
            throw new GeneralSecurityException("there is no certificate");
        }
        return all;
    }
}
