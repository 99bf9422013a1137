package io.sagara.spi;

import java.nio.charset.StandardCharsets;

/// The name of a volume, which is also its CSI volume id and the last part of its directory. It is one file
/// name: 1 to 128 bytes of printable ASCII without `/` and space, not starting with a dot.
///
/// 128 is the longest name CSI lets a plugin refuse beyond; it leaves room for `archived-` and `.json` in 255
/// bytes.
public record VolumeName(String value) implements Comparable<VolumeName> {
    private static final int MAX_BYTES = 128;
    private static final int SHOWN = 80;

    /// Refuses what is not one plain file name.
    public VolumeName {
        boolean plain = !value.isEmpty()
                && value.charAt(0) != '.'
                && value.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '/' && c != '\\');
        if (!plain || value.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
            String shown = value.length() > SHOWN
                    ? value.substring(0, SHOWN) + "… (" + value.length() + " characters)"
                    : value;
            throw new StorageException(
                    Problem.INVALID_ARGUMENT,
                    "'" + shown.replaceAll("\\p{Cntrl}", "?")
                            + "' is no volume name; use 1 to 128 printable ASCII characters without '/', '\\' and space,"
                            + " not starting with '.'");
        }
    }

    @Override
    public int compareTo(VolumeName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
