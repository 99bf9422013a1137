package io.sagara.spi;

import java.util.HashMap;
import java.util.Map;

/// How a pool spreads its data over bricks. Every layout is also distributed: with n times [#setSize] bricks,
/// files are spread over n sets.
public sealed interface Layout {
    /// Every file on one brick.
    record Replica1() implements Layout {
        @Override
        public int setSize() {
            return 1;
        }

        @Override
        public int needed() {
            return 1;
        }
    }

    /// Every file on two bricks.
    record Replica2() implements Layout {
        @Override
        public int setSize() {
            return 2;
        }

        @Override
        public int needed() {
            return 1;
        }
    }

    /// Every file on three bricks.
    record Replica3() implements Layout {
        @Override
        public int setSize() {
            return 3;
        }

        @Override
        public int needed() {
            return 2;
        }
    }

    /// Every file on two bricks; the third of a set holds names and metadata only and decides ties.
    record Arbiter() implements Layout {
        @Override
        public int setSize() {
            return 3;
        }

        @Override
        public int needed() {
            return 2;
        }
    }

    /// Every file in `data` fragments and `redundancy` more that may be lost.
    record Disperse(int data, int redundancy) implements Layout {
        /// Refuses counts GlusterFS cannot disperse over: it needs more data than redundancy fragments.
        public Disperse {
            if (redundancy < 1 || data <= redundancy) {
                throw new StorageException(
                        Problem.INVALID_ARGUMENT,
                        "disperse needs redundancy >= 1 and data > redundancy; got data " + data + ", redundancy "
                                + redundancy);
            }
        }

        @Override
        public int setSize() {
            return data + redundancy;
        }

        @Override
        public int needed() {
            return data;
        }
    }

    /// A volume of a GlusterFS cluster that someone else runs; it has no bricks of ours.
    record External(ExternalVolume volume) implements Layout {
        /// The type of the backend that knows how to deal with one.
        public static final String BACKEND = "external";

        /// Which bricks make a set is known to the cluster alone: see [Cluster#enough].
        @Override
        public boolean enough(Map<Integer, Boolean> bricks) {
            return bricks.values().stream().allMatch(serves -> serves);
        }

        @Override
        public int setSize() {
            return 0;
        }

        @Override
        public int needed() {
            return 0;
        }
    }

    /// How many bricks make one set; 0 where bricks are not ours.
    int setSize();

    /// How many bricks of a set must serve so that all files of it are there and can be written: what
    /// GlusterFS asks for with the quorum of our graphs. 0 where bricks are not ours.
    int needed();

    /// Whether every set has as many bricks as it needs. `bricks`: by index, whether they serve.
    default boolean enough(Map<Integer, Boolean> bricks) {
        Map<Integer, Integer> serving = new HashMap<>();
        bricks.forEach((index, serves) -> serving.merge(index / setSize(), serves ? 1 : 0, Integer::sum));
        return serving.values().stream().allMatch(count -> count >= needed());
    }
}
