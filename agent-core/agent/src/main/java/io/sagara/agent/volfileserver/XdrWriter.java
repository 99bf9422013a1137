package io.sagara.agent.volfileserver;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Writes XDR (RFC 4506).
final class XdrWriter {
    private static final int UNIT = 4;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    XdrWriter integers(int... values) {
        var buffer = ByteBuffer.allocate(values.length * UNIT);
        for (int value : values) {
            buffer.putInt(value);
        }
        bytes.writeBytes(buffer.array());
        return this;
    }

    XdrWriter opaque(byte[] value) {
        integers(value.length);
        bytes.writeBytes(value);
        bytes.writeBytes(new byte[(UNIT - value.length % UNIT) % UNIT]);
        return this;
    }

    XdrWriter string(String value) {
        return opaque(value.getBytes(StandardCharsets.UTF_8));
    }

    byte[] bytes() {
        return bytes.toByteArray();
    }
}
