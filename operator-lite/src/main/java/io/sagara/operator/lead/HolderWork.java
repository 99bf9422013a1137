package io.sagara.operator.lead;

import io.sagara.api.v1.PoolSpec;
import io.sagara.operator.crd.PoolResource;
import io.sagara.operator.plan.HolderPod;
import io.sagara.operator.plan.HolderWish;
import io.sagara.operator.plan.Holding;
import io.sagara.operator.plan.Surroundings;
import java.util.List;
import java.util.Optional;

/// Sees to it that each claim of a pool has the one pod that holds it. A pod that is to end does so when no
/// brick is on its claim any more: until then it sits out the long time that it has to end.
final class HolderWork {
    private final Cluster cluster;

    HolderWork(Cluster cluster) {
        this.cluster = cluster;
    }

    /// Of a pool that is, or is to be, served.
    ///
    /// `plan`: as nodes have it, or will have it.
    void tend(PoolResource pool, Optional<PoolSpec> plan, List<HolderWish> wishes, Surroundings around) {
        for (HolderPod pod : Holding.done(pool.name(), plan, wishes, around)) {
            cluster.endHolder(pod);
        }
        for (HolderWish wish : Holding.missing(pool.name(), wishes, around)) {
            Optional.ofNullable(around.claims().get(wish.claim()))
                    .ifPresent(claim -> cluster.makeHolder(pool, wish, claim));
        }
    }

    /// Of a pool that no node serves any more.
    void release(PoolResource pool, Surroundings around) {
        Holding.of(pool.name(), around).forEach(cluster::endHolder);
    }
}
