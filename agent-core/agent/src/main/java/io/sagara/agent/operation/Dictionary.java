package io.sagara.agent.operation;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/// What GlusterFS calls a dict, as it is sent: numbers are texts, and all texts end with a zero byte.
final class Dictionary {
    private static final int INT = 4;

    private Dictionary() {}

    static byte[] encoded(Map<String, String> entries) {
        var bytes = new ByteArrayOutputStream();
        bytes.writeBytes(number(entries.size()));
        entries.forEach((key, value) -> {
            byte[] name = key.getBytes(StandardCharsets.UTF_8);
            byte[] text = value.getBytes(StandardCharsets.UTF_8);
            bytes.writeBytes(number(name.length));
            bytes.writeBytes(number(text.length + 1));
            bytes.writeBytes(name);
            bytes.write(0);
            bytes.writeBytes(text);
            bytes.write(0);
        });
        return bytes.toByteArray();
    }

    private static byte[] number(int value) {
        return ByteBuffer.allocate(INT).putInt(value).array();
    }

    /// Throws where the bytes are no dictionary.
    static Map<String, String> decoded(byte[] encoded) throws IOException {
        var entries = new LinkedHashMap<String, String>();
        if (encoded.length == 0) {
            return entries;
        }
        try {
            ByteBuffer bytes = ByteBuffer.wrap(encoded);
            int count = bytes.getInt();
            for (int i = 0; i < count; i++) {
                int key = bytes.getInt();
                int value = bytes.getInt();
                String name = text(bytes, key);
                byte _ = bytes.get();
                entries.put(name, text(bytes, value).replaceFirst("\0$", ""));
            }
            return entries;
        } catch (BufferUnderflowException e) {
            throw new IOException("a dictionary that ends too early", e);
        }
    }

    private static String text(ByteBuffer bytes, int length) throws IOException {
        if (length < 0 || length > bytes.remaining()) {
            throw new IOException("a dictionary with a field of " + Integer.toUnsignedLong(length) + " bytes");
        }
        var text = new byte[length];
        bytes.get(text);
        return new String(text, StandardCharsets.UTF_8);
    }
}
