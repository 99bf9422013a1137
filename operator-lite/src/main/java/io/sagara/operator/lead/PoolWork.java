package io.sagara.operator.lead;

import io.sagara.api.v1.PoolSpec;
import io.sagara.operator.crd.ClassOfPool;
import io.sagara.operator.crd.Condition;
import io.sagara.operator.crd.Phase;
import io.sagara.operator.crd.PoolResource;
import io.sagara.operator.plan.Decision;
import io.sagara.operator.plan.Removal;
import io.sagara.operator.plan.Surroundings;
import io.sagara.operator.plan.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// What is due for one pool. The order matters: first the finalizer, then the record, then the plan, which
/// nodes act on.
final class PoolWork {
    private static final Duration COUNTING = Duration.ofSeconds(10);

    private final Cluster cluster;
    private final Records records;
    private final InstantSource clock;
    private final Decision decision = new Decision(UUID::randomUUID);
    private final Statuses statuses;
    private final HolderWork holders;
    private final Map<String, Instant> counted = new HashMap<>();

    PoolWork(Cluster cluster, Records records, InstantSource clock) {
        this.cluster = cluster;
        this.records = records;
        this.clock = clock;
        statuses = new Statuses(cluster, clock);
        holders = new HolderWork(cluster);
    }

    void attend(PoolResource pool, Surroundings around) {
        if (!pool.deleting()) {
            serve(pool, around);
        } else if (pool.held()) {
            remove(pool, around);
        }
    }

    private void serve(PoolResource pool, Surroundings around) {
        switch (decision.of(pool, around)) {
            case Verdict.Accepted(PoolSpec plan) -> {
                if (!pool.held()) {
                    // the write makes a new version, with which the next round goes on
                    cluster.hold(pool, true);
                    return;
                }
                records.keep(around.info(), plan);
                if (pool.plan().isEmpty()) {
                    // once, before the plan is written: whoever deletes it wants to make it by hand, and a class
                    // that is there again at once cannot be replaced, because its parameters cannot be changed
                    cluster.makeClass(ClassOfPool.of(plan));
                }
                statuses.write(pool, statuses.served(plan, around, accepted()));
                tend(pool, Optional.of(plan), around);
            }
            case Verdict.Kept(PoolSpec plan, String reason, String message) -> {
                records.keep(around.info(), plan);
                statuses.write(pool, statuses.served(plan, around, refused(reason, message)));
                tend(pool, Optional.of(plan), around);
            }
            case Verdict.Rejected(String reason, String message) ->
                statuses.write(pool, statuses.unserved(Phase.FAILED, message, refused(reason, message)));
            case Verdict.Waiting(String reason, String message) -> {
                boolean needed = reason.equals(Verdict.HOLDER_NEEDED);
                if (needed && !pool.held()) {
                    // pods are made for a pool that does not go without us
                    cluster.hold(pool, true);
                    return;
                }
                statuses.write(pool, statuses.unserved(Phase.PENDING, message, refused(reason, message)));
                if (needed) {
                    tend(pool, Optional.empty(), around);
                }
            }
        }
    }

    private void remove(PoolResource pool, Surroundings around) {
        if (!pool.removing()) {
            // it is served as long as it has volumes
            Optional<PoolSpec> plan = pool.plan().map(spec -> decision.settled(spec, around));
            begin(pool, plan, around);
            tend(pool, plan, around);
            return;
        }
        Optional<PoolSpec> plan = pool.plan();
        switch (Removal.progress(pool.name(), plan, around, clock.instant())) {
            case Removal.Underway(String message) ->
                statuses.write(pool, statuses.deleting(plan, around, true, "NodesLeft", message));
            case Removal.Done _ -> {
                holders.release(pool, around);
                records.forget(around.info(), pool);
                cluster.hold(pool, false);
            }
            case Removal.Allowed _, Removal.Refused _ -> throw new IllegalStateException("progress begins nothing");
        }
    }

    private void tend(PoolResource pool, Optional<PoolSpec> plan, Surroundings around) {
        holders.tend(pool, plan, decision.wishes(pool, plan, around), around);
    }

    private void begin(PoolResource pool, Optional<PoolSpec> plan, Surroundings around) {
        // all volumes of the cluster are read for it
        Instant last = counted.getOrDefault(pool.name(), Instant.EPOCH);
        if (last.plus(COUNTING).isAfter(clock.instant())) {
            return;
        }
        counted.put(pool.name(), clock.instant());
        switch (Removal.begin(cluster.volumes(pool.name()))) {
            case Removal.Refused(String message) ->
                statuses.write(pool, statuses.deleting(plan, around, false, "VolumesLeft", message));
            case Removal.Allowed _ -> {
                cluster.dropClass(pool.name());
                statuses.write(
                        pool, statuses.deleting(plan, around, true, "NodesLeft", "waiting until no node serves it"));
            }
            case Removal.Done _, Removal.Underway _ -> throw new IllegalStateException("nothing was begun");
        }
    }

    private Condition accepted() {
        return statuses.accepted(true, "Accepted", "");
    }

    private Condition refused(String reason, String message) {
        return statuses.accepted(false, reason, message);
    }
}
