package io.sagara.spi;

import java.util.regex.Pattern;

/// The name of a pool. It becomes part of file names, volfile ids, translator names and on-disk attribute
/// names, so it is a DNS label: 1 to 63 lower-case letters, digits and hyphens that starts and ends with a
/// letter or digit.
public record PoolName(String value) implements Comparable<PoolName> {
    private static final Pattern DNS_LABEL = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");
    private static final int SHOWN = 80;

    /// Refuses what is not a DNS label.
    public PoolName {
        if (!DNS_LABEL.matcher(value).matches()) {
            String shown = value.length() > SHOWN
                    ? value.substring(0, SHOWN) + "… (" + value.length() + " characters)"
                    : value;
            throw new StorageException(
                    Problem.INVALID_ARGUMENT,
                    "'" + shown + "' is no pool name; use 1 to 63 lower-case letters, digits and '-', with a letter or"
                            + " digit at both ends");
        }
    }

    @Override
    public int compareTo(PoolName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
