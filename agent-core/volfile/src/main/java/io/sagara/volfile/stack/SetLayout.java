package io.sagara.volfile.stack;

import io.sagara.volfile.VolfileException;

/// How the bricks of one set keep a file. A pool with n times [#setSize] bricks spreads its files over n sets.
public sealed interface SetLayout {
    /// Whole, on the one brick of the set.
    record Replica1() implements SetLayout {
        @Override
        public int setSize() {
            return 1;
        }
    }

    /// Whole, on both bricks. Nobody decides when they disagree: a split brain is possible.
    record Replica2() implements SetLayout {
        @Override
        public int setSize() {
            return 2;
        }
    }

    /// Whole, on both bricks; a small file on a third, remote brick decides. `brick`: the name that one is
    /// served under. `host`, `port`: where. `away`: whether it is known not to answer, so that a set with one brick
    /// left stops at once.
    record ThinArbiter(String brick, String host, int port, boolean away) implements SetLayout {
        /// One that answers, as far as is known.
        public ThinArbiter(String brick, String host, int port) {
            this(brick, host, port, false);
        }

        @Override
        public int setSize() {
            return 2;
        }
    }

    /// Whole, on all three bricks.
    record Replica3() implements SetLayout {
        @Override
        public int setSize() {
            return 3;
        }
    }

    /// Whole, on two bricks; the third of the set holds names and attributes, and decides.
    record Arbiter() implements SetLayout {
        @Override
        public int setSize() {
            return 3;
        }
    }

    /// In `data` + `redundancy` fragments, of which `redundancy` may be lost.
    record Disperse(int data, int redundancy) implements SetLayout {
        /// Refuses what GlusterFS cannot disperse over.
        public Disperse {
            if (redundancy < 1 || data <= redundancy) {
                throw new VolfileException("disperse needs redundancy >= 1 and data > redundancy; got data " + data
                        + ", redundancy " + redundancy);
            }
        }

        @Override
        public int setSize() {
            return data + redundancy;
        }
    }

    /// The number of bricks in a set, without a thin arbiter.
    int setSize();
}
