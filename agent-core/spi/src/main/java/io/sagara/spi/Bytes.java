package io.sagara.spi;

import java.util.Locale;

/// A size in bytes: never negative, never silently wrapped around.
public record Bytes(long value) implements Comparable<Bytes> {
    /// No bytes at all.
    public static final Bytes ZERO = new Bytes(0);

    private static final long KIB = 1024;
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

    /// Refuses a negative size.
    public Bytes {
        if (value < 0) {
            throw new StorageException(Problem.OUT_OF_RANGE, "a size cannot be negative: " + value + " bytes");
        }
    }

    /// `count` mebibytes (2^20 bytes).
    public static Bytes mib(long count) {
        return new Bytes(Math.multiplyExact(count, KIB * KIB));
    }

    /// `count` gibibytes (2^30 bytes).
    public static Bytes gib(long count) {
        return new Bytes(Math.multiplyExact(count, KIB * KIB * KIB));
    }

    /// The sum; [ArithmeticException] where it does not fit into 63 bits.
    public Bytes plus(Bytes other) {
        return new Bytes(Math.addExact(value, other.value));
    }

    /// The difference, or zero where `other` is larger.
    public Bytes minusOrZero(Bytes other) {
        return new Bytes(Math.max(0, value - other.value));
    }

    @Override
    public int compareTo(Bytes other) {
        return Long.compare(value, other.value);
    }

    /// For people: `64 MiB`, `1.5 GiB`; exact sizes print without a fraction.
    @Override
    public String toString() {
        double scaled = value;
        int unit = 0;
        while (scaled >= KIB && unit < UNITS.length - 1) {
            scaled /= KIB;
            unit++;
        }
        boolean whole = scaled == Math.rint(scaled);
        return String.format(Locale.ROOT, whole ? "%.0f %s" : "%.1f %s", scaled, UNITS[unit]);
    }
}
