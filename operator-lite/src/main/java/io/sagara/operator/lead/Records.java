package io.sagara.operator.lead;

import io.sagara.api.v1.PoolSpec;
import io.sagara.operator.crd.InfoEntry;
import io.sagara.operator.crd.InfoText;
import io.sagara.operator.crd.KadaluInfo;
import io.sagara.operator.crd.PoolResource;
import java.util.UUID;

/// Keeps `kadalu-info` as the plans are. It is written before a plan is: the API server refuses the write of
/// one who did not see the last, so two who both believe to lead never give one port to two bricks.
final class Records {
    private final Cluster cluster;
    private final String namespace;
    private final String version;

    Records(Cluster cluster, String namespace, String version) {
        this.cluster = cluster;
        this.namespace = namespace;
        this.version = version;
    }

    /// Sees to it that the plan is recorded.
    ///
    /// `info`: the version that the plan was made from.
    void keep(KadaluInfo info, PoolSpec plan) {
        String text = InfoText.of(plan, namespace, version);
        // of another version of ours the same entry reads a little differently
        InfoEntry written = KadaluInfo.ABSENT
                .with(plan.getName(), text)
                .entry(plan.getName())
                .orElseThrow();
        boolean same = info.entry(plan.getName()).filter(written::equals).isPresent();
        if (!same) {
            cluster.writeInfo(info.with(plan.getName(), text)
                    .withDefault("volumes", "")
                    .withDefault("uid", UUID.randomUUID().toString()));
        }
    }

    /// Forgets a pool that no node has any more.
    void forget(KadaluInfo info, PoolResource pool) {
        if (info.entry(pool.name()).isPresent()) {
            cluster.writeInfo(info.without(pool.name()));
        }
    }
}
