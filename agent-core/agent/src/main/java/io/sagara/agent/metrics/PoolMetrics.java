package io.sagara.agent.metrics;

import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.sagara.agent.process.ProcessCost;
import io.sagara.api.v1.BrickStatus;
import io.sagara.api.v1.PoolPhase;
import io.sagara.api.v1.PoolStatus;
import io.sagara.api.v1.ProcessStatus;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// Pools, the bricks of this node and the processes that serve them. Counters begin anew with the agent.
final class PoolMetrics implements Metrics {
    private static final String RUNNING = "RUNNING";
    private static final List<PoolPhase> PHASES =
            List.of(PoolPhase.STARTING, PoolPhase.READY, PoolPhase.DEGRADED, PoolPhase.FAILED);

    private final String node;
    private final Supplier<List<PoolStatus>> pools;
    private final LongFunction<Optional<ProcessCost>> costs;

    /// `node`: this one. `costs`: what a process costs, by pid; empty where it has ended.
    PoolMetrics(String node, Supplier<List<PoolStatus>> pools, LongFunction<Optional<ProcessCost>> costs) {
        this.node = node;
        this.pools = pools;
        this.costs = costs;
    }

    @Override
    public List<MetricSnapshot> now() {
        List<PoolStatus> all = pools.get();
        var space = new PoolSpace();
        var state = new PoolState();
        var bricks = new Bricks();
        var processes = new Processes();
        for (PoolStatus pool : all) {
            String name = pool.getSpec().getName();
            space.add(name, pool);
            state.add(name, pool);
            pool.getBricksList().stream().filter(BrickStatus::getLocal).forEach(brick -> {
                bricks.add(name, brick);
                processes.add(name, "brick-" + brick.getIndex(), brick.getPid(), brick.getState(), brick.getRestarts());
            });
            for (ProcessStatus process : pool.getProcessesList()) {
                processes.add(name, process.getRole(), process.getPid(), process.getState(), process.getRestarts());
            }
        }
        processes.add(ProcessHandle.current().pid());
        return Stream.of(space.families(), state.families(), bricks.families(), processes.families())
                .flatMap(List::stream)
                .filter(family -> !family.isEmpty())
                .map(Family::snapshot)
                .toList();
    }

    /// Kadalu's metrics of pools. What is not known is left out rather than told as 0.
    private static final class PoolSpace {
        private final Family total = Family.gauge("kadalu_storage_total_capacity_bytes", "Size of the pool");
        private final Family used = Family.gauge("kadalu_storage_used_capacity_bytes", "Space of the pool in use");
        private final Family free = Family.gauge("kadalu_storage_free_capacity_bytes", "Free space of the pool");
        private final Family inodes = Family.gauge("kadalu_storage_total_inodes", "Inodes of the pool");
        private final Family usedInodes = Family.gauge("kadalu_storage_used_inodes", "Inodes of the pool in use");
        private final Family freeInodes = Family.gauge("kadalu_storage_free_inodes", "Free inodes of the pool");

        void add(String name, PoolStatus pool) {
            if (pool.getTotalBytes() == 0) {
                return;
            }
            total.put(pool.getTotalBytes(), "name", name);
            used.put(pool.getUsedBytes(), "name", name);
            free.put(pool.getTotalBytes() - pool.getUsedBytes(), "name", name);
            inodes.put(pool.getTotalInodes(), "name", name);
            usedInodes.put(pool.getUsedInodes(), "name", name);
            freeInodes.put(pool.getTotalInodes() - pool.getUsedInodes(), "name", name);
        }

        List<Family> families() {
            return List.of(total, used, free, inodes, usedInodes, freeInodes);
        }
    }

    private static final class PoolState {
        private final Family phase = Family.gauge("sagara_pool_phase", "1 for the phase that the pool is in here");
        private final Family promised = Family.gauge("sagara_pool_promised_bytes", "Sum of the sizes of its volumes");
        private final Family volumes = Family.gauge("sagara_pool_volumes", "Volumes in the pool");
        private final Family rebound =
                Family.counter("sagara_volumes_rebound", "Mounts of published volumes that were made anew");
        private final Family inside =
                Family.counter("sagara_containers_rebound", "Mounts that were made anew inside of containers");

        void add(String name, PoolStatus pool) {
            for (PoolPhase each : PHASES) {
                phase.put(pool.getPhase() == each ? 1 : 0, "pool", name, "phase", each.name());
            }
            promised.put(pool.getPromisedBytes(), "pool", name);
            volumes.put(pool.getVolumes(), "pool", name);
            rebound.put(pool.getVolumesRebound(), "pool", name);
            inside.put(pool.getContainersRebound(), "pool", name);
        }

        List<Family> families() {
            return List.of(phase, promised, volumes, rebound, inside);
        }
    }

    private static final class Bricks {
        private final Family up = Family.gauge("sagara_brick_up", "Whether the brick serves");
        private final Family total = Family.gauge("sagara_brick_total_bytes", "Size of the brick's file system");
        private final Family free = Family.gauge("sagara_brick_free_bytes", "Free space of the brick's file system");
        private final Family heals = Family.gauge(
                "sagara_brick_pending_heals",
                "Files that other bricks have yet to get from it; 100000 is that or more");

        void add(String pool, BrickStatus brick) {
            String[] labels = {"pool", pool, "brick", Integer.toString(brick.getIndex()), "source", brick.getSource()};
            boolean serves =
                    brick.getState().equals(RUNNING) && brick.getDetail().isEmpty();
            up.put(serves ? 1 : 0, labels);
            heals.put(brick.getPendingHeals(), labels);
            if (brick.getTotalBytes() > 0) {
                total.put(brick.getTotalBytes(), labels);
                free.put(brick.getFreeBytes(), labels);
            }
        }

        List<Family> families() {
            return List.of(up, total, free, heals);
        }
    }

    private final class Processes {
        private final Family up = Family.gauge("sagara_process_up", "Whether the process runs");
        private final Family restarts = Family.counter("sagara_process_restarts", "How often it was started again");
        private final Family memory = Family.gauge("sagara_process_resident_memory_bytes", "Its memory");
        private final Family together =
                Family.gauge("kadalu_memory_usage_in_bytes", "Memory of all processes that serve pools on the node");
        private final Family time =
                Family.gauge("kadalu_cpu_usage_in_ns", "Processor time of the processes that serve pools on the node");
        private long bytes;
        private long nanoseconds;

        void add(String pool, String role, long pid, String state, long restarted) {
            up.put(state.equals(RUNNING) ? 1 : 0, "pool", pool, "role", role);
            restarts.put(restarted, "pool", pool, "role", role);
            cost(pid).ifPresent(cost -> memory.put(cost.resident().value(), "pool", pool, "role", role));
        }

        void add(long agent) {
            cost(agent).ifPresent(cost -> memory.put(cost.resident().value(), "pool", "", "role", "agent"));
            together.put(bytes, "name", node);
            time.put(nanoseconds, "name", node);
        }

        private Optional<ProcessCost> cost(long pid) {
            Optional<ProcessCost> cost = pid == 0 ? Optional.empty() : costs.apply(pid);
            cost.ifPresent(known -> {
                bytes += known.resident().value();
                nanoseconds += known.processor().toNanos();
            });
            return cost;
        }

        List<Family> families() {
            return List.of(up, restarts, memory, together, time);
        }
    }
}
