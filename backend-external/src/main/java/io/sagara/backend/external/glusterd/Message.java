package io.sagara.backend.external.glusterd;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// A message of ONC RPC (RFC 5531), in XDR (RFC 4506), as one record.
final class Message {
    private static final int UNIT = 4;
    private static final int LAST = 0x80000000;
    /// A graph of 1000 bricks has 600 KiB.
    private static final int LARGEST = 16 * 1024 * 1024;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Message integers(int... values) {
        ByteBuffer buffer = ByteBuffer.allocate(values.length * UNIT);
        for (int value : values) {
            buffer.putInt(value);
        }
        bytes.writeBytes(buffer.array());
        return this;
    }

    Message opaque(byte[] value) {
        integers(value.length);
        bytes.writeBytes(value);
        bytes.writeBytes(new byte[padding(value.length)]);
        return this;
    }

    Message string(String value) {
        return opaque(value.getBytes(StandardCharsets.UTF_8));
    }

    /// A dictionary as GlusterFS serializes it, inside of one field.
    Message dictionary(Map<String, String> pairs) {
        Message inside = new Message().integers(pairs.size());
        pairs.forEach((key, value) -> {
            byte[] name = key.getBytes(StandardCharsets.US_ASCII);
            byte[] text = (value + '\0').getBytes(StandardCharsets.US_ASCII);
            inside.integers(name.length, text.length);
            inside.bytes.writeBytes(name);
            inside.bytes.write(0);
            inside.bytes.writeBytes(text);
        });
        return opaque(inside.bytes.toByteArray());
    }

    private static int padding(int length) {
        return (UNIT - length % UNIT) % UNIT;
    }

    /// As one fragment, ready to send.
    byte[] framed() {
        return ByteBuffer.allocate(UNIT + bytes.size())
                .putInt(LAST | bytes.size())
                .put(bytes.toByteArray())
                .array();
    }

    /// The next record of the peer. Memory grows with what arrives, not with what a header promises.
    static ByteBuffer read(DataInputStream in) throws IOException {
        ByteArrayOutputStream record = new ByteArrayOutputStream();
        while (true) {
            int mark = in.readInt();
            int length = mark & ~LAST;
            if (length > LARGEST - record.size()) {
                throw new IOException("the peer sends what is not glusterd's protocol");
            }
            byte[] part = in.readNBytes(length);
            if (part.length < length) {
                throw new EOFException("the connection ended inside of an answer");
            }
            record.writeBytes(part);
            if ((mark & LAST) != 0) {
                return ByteBuffer.wrap(record.toByteArray());
            }
        }
    }

    /// A string of a message that was read.
    static String string(ByteBuffer from) throws IOException {
        try {
            int length = from.getInt();
            if (length < 0 || length > from.remaining()) {
                throw new IOException("an answer ends inside of a string");
            }
            byte[] text = new byte[length];
            from.get(text);
            return new String(text, StandardCharsets.UTF_8);
        } catch (BufferUnderflowException e) {
            throw new IOException("an answer ends before a string", e);
        }
    }
}
