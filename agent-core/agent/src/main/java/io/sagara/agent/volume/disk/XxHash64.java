package io.sagara.agent.volume.disk;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// The 64-bit xxHash with seed 0, as the xxHash specification defines it. Kadalu finds a volume's directory by
/// it, so it can never change. The constants are the specification's primes.
final class XxHash64 {
    private static final long P1 = 0x9E3779B185EBCA87L;
    private static final long P2 = 0xC2B2AE3D27D4EB4FL;
    private static final long P3 = 0x165667B19E3779F9L;
    private static final long P4 = 0x85EBCA77C2B2AE63L;
    private static final long P5 = 0x27D4EB2F165667C5L;
    private static final long P1_PLUS_P2 = 0x60EA27EEADC0B5D6L; // written out: the sum wraps around
    private static final int STRIPE = 32;

    private XxHash64() {}

    /// The hash of the UTF-8 bytes as 16 lower-case hexadecimal digits.
    static String hex(String text) {
        return String.format("%016x", hash(text.getBytes(StandardCharsets.UTF_8)));
    }

    static long hash(byte[] input) {
        ByteBuffer bytes = ByteBuffer.wrap(input).order(ByteOrder.LITTLE_ENDIAN);
        long h = input.length >= STRIPE ? stripes(bytes) : P5;
        h += input.length;
        while (bytes.remaining() >= Long.BYTES) {
            h = Long.rotateLeft(h ^ round(0, bytes.getLong()), 27) * P1 + P4;
        }
        if (bytes.remaining() >= Integer.BYTES) {
            h = Long.rotateLeft(h ^ Integer.toUnsignedLong(bytes.getInt()) * P1, 23) * P2 + P3;
        }
        while (bytes.hasRemaining()) {
            h = Long.rotateLeft(h ^ Byte.toUnsignedLong(bytes.get()) * P5, 11) * P1;
        }
        return avalanche(h);
    }

    private static long stripes(ByteBuffer bytes) {
        long[] lanes = {P1_PLUS_P2, P2, 0, -P1};
        while (bytes.remaining() >= STRIPE) {
            for (int i = 0; i < lanes.length; i++) {
                lanes[i] = round(lanes[i], bytes.getLong());
            }
        }
        long h = Long.rotateLeft(lanes[0], 1)
                + Long.rotateLeft(lanes[1], 7)
                + Long.rotateLeft(lanes[2], 12)
                + Long.rotateLeft(lanes[3], 18);
        for (long lane : lanes) {
            h = (h ^ round(0, lane)) * P1 + P4;
        }
        return h;
    }

    private static long round(long lane, long input) {
        return Long.rotateLeft(lane + input * P2, 31) * P1;
    }

    private static long avalanche(long hash) {
        long h = hash;
        h = (h ^ h >>> 33) * P2;
        h = (h ^ h >>> 29) * P3;
        return h ^ h >>> 32;
    }
}
