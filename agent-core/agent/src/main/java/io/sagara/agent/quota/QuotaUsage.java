package io.sagara.agent.quota;

import io.sagara.spi.Bytes;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.nio.ByteBuffer;

/// What a directory and everything below it holds, as the quota translator counts it: allocated blocks, not
/// file lengths. `directories` counts the directory itself.
public record QuotaUsage(Bytes size, long files, long directories) {
    /// The attribute that holds the usage; every directory of a pool with quota has it, limited or not.
    public static final String ATTRIBUTE = "trusted.glusterfs.quota.size";

    private static final int SIZE = 3 * Long.BYTES;

    /// The usage in an attribute's value: three big-endian numbers. Throws INTERNAL where it is not that. While
    /// files are being removed GlusterFS may count below zero for a moment; that reads as zero.
    public static QuotaUsage decode(byte[] value) {
        if (value.length != SIZE) {
            throw new StorageException(
                    Problem.INTERNAL, "a quota usage of " + value.length + " bytes; GlusterFS writes " + SIZE);
        }
        var numbers = ByteBuffer.wrap(value);
        return new QuotaUsage(
                new Bytes(Math.max(0, numbers.getLong())),
                Math.max(0, numbers.getLong()),
                Math.max(0, numbers.getLong()));
    }
}
