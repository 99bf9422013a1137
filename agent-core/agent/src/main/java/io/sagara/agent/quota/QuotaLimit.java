package io.sagara.agent.quota;

import io.sagara.spi.Bytes;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.nio.ByteBuffer;
import java.util.Optional;

/// The hard limit of a directory. There is no soft one: GlusterFS only logs when that is passed.
public record QuotaLimit(Bytes hard) {
    /// The attribute that holds the limit. Setting it sets the limit, removing it removes the limit.
    public static final String ATTRIBUTE = "trusted.glusterfs.quota.limit-set";

    private static final long DEFAULT_SOFT_LIMIT = -1;
    private static final int SIZE = 2 * Long.BYTES;

    /// Refuses zero, which GlusterFS takes for no limit at all.
    public QuotaLimit {
        if (hard.value() == 0) {
            throw new StorageException(Problem.INVALID_ARGUMENT, "a quota of 0 bytes is none; use at least 1 byte");
        }
    }

    /// The attribute's value: the hard limit in bytes and the soft one in percent, both big-endian.
    public byte[] encode() {
        return ByteBuffer.allocate(SIZE)
                .putLong(hard.value())
                .putLong(DEFAULT_SOFT_LIMIT)
                .array();
    }

    /// The limit in an attribute's value; empty where it says that there is none. Throws INTERNAL where the value
    /// is no limit.
    public static Optional<QuotaLimit> decode(byte[] value) {
        if (value.length < Long.BYTES) {
            throw new StorageException(
                    Problem.INTERNAL, "a quota limit of " + value.length + " bytes; GlusterFS writes " + SIZE);
        }
        long hard = ByteBuffer.wrap(value).getLong();
        return hard > 0 ? Optional.of(new QuotaLimit(new Bytes(hard))) : Optional.empty();
    }
}
