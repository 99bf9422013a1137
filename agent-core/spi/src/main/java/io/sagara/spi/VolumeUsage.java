package io.sagara.spi;

/// Space and inodes of a volume or a pool. Inode counts are 0 where they are not known.
public record VolumeUsage(Bytes total, Bytes used, long inodes, long usedInodes) {
    /// What is left.
    public Bytes free() {
        return total.minusOrZero(used);
    }
}
