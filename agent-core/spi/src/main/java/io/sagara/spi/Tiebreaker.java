package io.sagara.spi;

/// The third opinion of a pool of type Replica2: GlusterFS' thin arbiter. It holds one small file for each set,
/// which says whether one of the two copies has missed something, and no data.
///
/// `brick`: where it is, as a brick of index [#INDEX]; its unit names the node, or whom else to ask, and the
/// directory. `served`: whether the agent of that node runs it; otherwise somebody else does. `away`: whether it is
/// known not to answer now. Graphs of clients then stop a set with one copy left at once; they would as well
/// without it, but GlusterFS (10.3) never answers reads of such a set.
public record Tiebreaker(Brick brick, boolean served, boolean away) {
    /// The index of the brick, that no other brick can have. It is part of no name on disk.
    public static final int INDEX = Integer.MAX_VALUE;

    /// Refuses a brick of another index.
    public Tiebreaker {
        if (brick.index() != INDEX) {
            throw new StorageException(
                    Problem.INVALID_ARGUMENT, "a tiebreaker is no brick of a set, but has index " + brick.index());
        }
    }

    /// The same, known to answer or not.
    public Tiebreaker withAway(boolean now) {
        return new Tiebreaker(brick, served, now);
    }
}
