package io.sagara.spi;

/// What one look at a brick found.
///
/// `serving`: its process runs and its directory can be used. `detail`: for people, what is wrong and what to
/// do, or what it does. `total`, `free`: the space of the file system it lives on, zero where unknown.
/// `pendingHeals`: how many files and directories this brick holds that other bricks of its set still have to
/// get from it; 0 where nothing is pending or the layout has no copies.
public record BrickHealth(boolean serving, String detail, Bytes total, Bytes free, long pendingHeals) {
    /// Of a brick from which nothing has to be healed.
    public BrickHealth(boolean serving, String detail, Bytes total, Bytes free) {
        this(serving, detail, total, free, 0);
    }
}
