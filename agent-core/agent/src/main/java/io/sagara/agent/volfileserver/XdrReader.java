package io.sagara.agent.volfileserver;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/// Reads XDR (RFC 4506). Lengths come from the peer, so each variable field is read with the most that it may
/// have.
final class XdrReader {
    private static final int UNIT = 4;

    private final ByteBuffer bytes;

    XdrReader(byte[] bytes) {
        this.bytes = ByteBuffer.wrap(bytes);
    }

    int integer() throws MalformedMessage {
        if (bytes.remaining() < UNIT) {
            throw new MalformedMessage("the message ends inside a number");
        }
        return bytes.getInt();
    }

    byte[] opaque(int most) throws MalformedMessage {
        int length = integer();
        if (length < 0 || length > most) {
            throw new MalformedMessage("a field of " + Integer.toUnsignedLong(length) + " bytes, more than " + most);
        }
        int padded = length + (UNIT - length % UNIT) % UNIT;
        if (padded > bytes.remaining()) {
            throw new MalformedMessage("the message ends inside a field of " + length + " bytes");
        }
        var value = new byte[length];
        bytes.get(value);
        bytes.position(bytes.position() + padded - length);
        return value;
    }

    String string(int most) throws MalformedMessage {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(opaque(most)))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new MalformedMessage("a string that is no UTF-8");
        }
    }
}
