package io.sagara.agent.pool;

import io.sagara.api.v1.BrickSpec;
import io.sagara.api.v1.PoolSpec;
import io.sagara.spi.PoolName;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Which units of a pool may be asked to leave, or to stay after all, by what is known of the pool. Pure.
///
/// A unit that has left keeps its place in the list, marked as retired: names on disk carry the places of the
/// others, and a number that is never given again cannot be mistaken.
final class DeparturePlan {
    /// The system property that lets sets leave, for tests: GlusterFS did not keep every name under load (decision
    /// 0031).
    static final String UNPROVEN = "sagara.decommission";

    private DeparturePlan() {}

    /// The units that are to leave and have not.
    static Set<Integer> leaving(PoolSpec spec) {
        Set<Integer> leaving = new TreeSet<>();
        for (int i = 0; i < spec.getBricksCount(); i++) {
            if (spec.getBricks(i).getDecommissioned() && !spec.getBricks(i).getRetired()) {
                leaving.add(i);
            }
        }
        return leaving;
    }

    /// The same pool with those units gone.
    static PoolSpec retired(PoolSpec spec) {
        PoolSpec.Builder retired = spec.toBuilder();
        leaving(spec).forEach(unit -> retired.getBricksBuilder(unit).setRetired(true));
        return retired.build();
    }

    /// Whether units are asked to leave that were not, or to stay after all.
    static boolean isOne(PoolSpec was, PoolSpec asked) {
        return !leaving(was).equals(leaving(asked));
    }

    /// Throws INVALID_ARGUMENT or UNSUPPORTED for what cannot be. `alone`: whether no other node has to do with the
    /// pool. `fresh`: whether it begins with this, empty. `asked`: with `retired` as it was.
    static void refuse(PoolName name, Optional<PoolSpec> present, PoolSpec asked, boolean alone, boolean fresh) {
        Set<Integer> leaving = leaving(asked);
        if (!leaving.isEmpty() && !Boolean.getBoolean(UNPROVEN)) {
            throw new StorageException(
                    Problem.UNSUPPORTED,
                    "pool " + name + ": this version does not move data off units " + leaving + ", because under load"
                            + " users saw names missing meanwhile; leave 'decommissioned' out");
        }
        if (!leaving.isEmpty() && !alone) {
            throw new StorageException(
                    Problem.UNSUPPORTED,
                    "pool " + name + ": this version cannot serve decommissioned units of a pool that several nodes"
                            + " use, because none sees whether all have let go of them; leave 'decommissioned' out");
        }
        if (present.isEmpty()) {
            refuseNew(name, leaving, fresh);
            return;
        }
        PoolSpec was = present.get();
        for (int i = 0; i < Math.min(was.getBricksCount(), asked.getBricksCount()); i++) {
            BrickSpec unit = asked.getBricks(i);
            if (was.getBricks(i).getRetired() && !unit.getDecommissioned()) {
                throw new StorageException(
                        Problem.INVALID_ARGUMENT,
                        "pool " + name + ": unit " + i + " (" + unit.getSource() + ") has left the pool and cannot come"
                                + " back; keep it listed with 'decommissioned: true', and add storage at the end");
            }
        }
        refuseChange(name, leaving(was), leaving, asked.getBricksCount() > was.getBricksCount());
    }

    private static void refuseNew(PoolName name, Set<Integer> leaving, boolean fresh) {
        if (!leaving.isEmpty() && fresh) {
            throw new StorageException(
                    Problem.INVALID_ARGUMENT,
                    "pool " + name + ": a new pool has nothing on its decommissioned units " + leaving
                            + "; leave them out");
        }
    }

    private static void refuseChange(PoolName name, Set<Integer> were, Set<Integer> leaving, boolean grows) {
        // a client that runs takes the first list of sets and no other, until there is none
        if (!were.isEmpty() && !leaving.isEmpty() && !were.equals(leaving)) {
            throw new StorageException(
                    Problem.INVALID_ARGUMENT,
                    "pool " + name + ": units " + were + " are leaving; wait until they have left, or take that back,"
                            + " before units " + leaving + " leave");
        }
        if (grows && !(were.isEmpty() && leaving.isEmpty())) {
            throw new StorageException(
                    Problem.INVALID_ARGUMENT,
                    "pool " + name + ": units cannot be added while others are leaving; do one after the other");
        }
    }
}
