package io.sagara.agent.process;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/// Takes all that a program writes, so that it never blocks, and keeps the last `limit` bytes of it.
final class Tail {
    private static final int CHUNK = 8192;

    private final byte[] ring;
    private long written;

    Tail(int limit) {
        ring = new byte[limit];
    }

    /// Reads to the end of the stream.
    void drain(InputStream in) throws IOException {
        byte[] chunk = new byte[CHUNK];
        for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
            append(chunk, n);
        }
    }

    private synchronized void append(byte[] bytes, int count) {
        for (int from = 0; from < count; ) {
            int at = Math.toIntExact(written % ring.length);
            int part = Math.min(count - from, ring.length - at);
            System.arraycopy(bytes, from, ring, at, part);
            from += part;
            written += part;
        }
    }

    /// What was kept so far. Says how much was dropped before it, where anything was.
    synchronized String text() {
        if (written <= ring.length) {
            return new String(ring, 0, Math.toIntExact(written), StandardCharsets.UTF_8);
        }
        int oldest = Math.toIntExact(written % ring.length);
        byte[] ordered = new byte[ring.length];
        System.arraycopy(ring, oldest, ordered, 0, ring.length - oldest);
        System.arraycopy(ring, 0, ordered, ring.length - oldest, oldest);
        return "[" + (written - ring.length) + " bytes before this were dropped]\n"
                + new String(ordered, StandardCharsets.UTF_8);
    }
}
