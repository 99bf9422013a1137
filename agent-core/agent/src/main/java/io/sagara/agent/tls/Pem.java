package io.sagara.agent.tls;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Text with blocks between BEGIN and END lines (RFC 7468).
record Pem(List<Block> blocks) {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----\\s*([A-Za-z0-9+/=\\s]*)-----END \\1-----");
    /// Of ASN.1 (X.690): its types, and where a length no longer fits into one byte.
    private static final int SEQUENCE = 0x30;
    private static final int OCTETS = 0x04;
    private static final int LONG = 0x80;
    private static final int LINE = 64;
    private static final byte[] VERSION = {0x02, 0x01, 0x00};

    /// One block. `label`: such as `CERTIFICATE`.
    record Block(String label, String base64) {
        byte[] content() {
            return Base64.getMimeDecoder().decode(base64);
        }

        boolean isKey() {
            return label.endsWith("PRIVATE KEY");
        }
    }

    Pem {
        blocks = List.copyOf(blocks);
    }

    static Pem read(String text) {
        List<Block> blocks = new ArrayList<>();
        Matcher block = BLOCK.matcher(text);
        while (block.find()) {
            blocks.add(new Block(block.group(1), block.group(2).strip()));
        }
        return new Pem(blocks);
    }

    /// One block.
    static String text(String label, byte[] content) {
        String lines = Base64.getMimeEncoder(LINE, new byte[] {'\n'}).encodeToString(content);
        return "-----BEGIN " + label + "-----\n" + lines + "\n-----END " + label + "-----\n";
    }

    /// The key of `owner`, in any of the forms that OpenSSL and cert-manager write: PKCS#8, PKCS#1, SEC 1. The older
    /// two hold the inner part of the first alone, and the rest of it is in the public key too.
    static PrivateKey key(Block block, PublicKey owner) throws GeneralSecurityException {
        byte[] content =
                switch (block.label()) {
                    case "PRIVATE KEY" -> block.content();
                    case "RSA PRIVATE KEY", "EC PRIVATE KEY" ->
                        framed(SEQUENCE, VERSION, algorithm(owner.getEncoded()), framed(OCTETS, block.content()));
                    default ->
                        throw new GeneralSecurityException("its form is '" + block.label()
                                + "', which needs a password or is not known; write it with 'openssl pkey'");
                };
        return KeyFactory.getInstance(owner.getAlgorithm()).generatePrivate(new PKCS8EncodedKeySpec(content));
    }

    /// The first part of a SubjectPublicKeyInfo (RFC 5280).
    private static byte[] algorithm(byte[] publicKey) {
        ByteBuffer in = ByteBuffer.wrap(publicKey);
        in.get();
        int _ = length(in);
        int begin = in.position();
        in.get();
        int length = length(in);
        byte[] algorithm = new byte[in.position() - begin + length];
        in.position(begin).get(algorithm);
        return algorithm;
    }

    private static int length(ByteBuffer in) {
        int first = Byte.toUnsignedInt(in.get());
        if (first < LONG) {
            return first;
        }
        int length = 0;
        for (int i = 0; i < first - LONG; i++) {
            length = length * 256 + Byte.toUnsignedInt(in.get());
        }
        return length;
    }

    private static byte[] framed(int type, byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        ByteBuffer out = ByteBuffer.allocate(length + 1 + 1 + Integer.BYTES);
        out.put((byte) type);
        if (length < LONG) {
            out.put((byte) length);
        } else {
            // as short as it can be, or it is not DER
            int bytes = Integer.BYTES - Integer.numberOfLeadingZeros(length) / Byte.SIZE;
            out.put((byte) (LONG + bytes));
            for (int i = bytes - 1; i >= 0; i--) {
                out.put((byte) (length >>> (i * Byte.SIZE)));
            }
        }
        for (byte[] part : parts) {
            out.put(part);
        }
        byte[] framed = new byte[out.position()];
        out.flip().get(framed);
        return framed;
    }
}
