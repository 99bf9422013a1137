package io.sagara.agent.pool;

import io.sagara.agent.publish.PublishedVolumes;
import io.sagara.agent.volume.TrashState;
import io.sagara.api.v1.BrickStatus;
import io.sagara.api.v1.PoolStatus;
import io.sagara.spi.Brick;
import io.sagara.spi.BrickHealth;
import io.sagara.spi.Pool;
import io.sagara.spi.PoolName;
import java.util.function.Function;

/// Says how a pool is, from what is known already; it asks nothing that could hang.
final class PoolReport {
    private final BrickProcesses processes;
    private final Function<PoolName, PublishedVolumes.Repaired> repairs;

    PoolReport(BrickProcesses processes, Function<PoolName, PublishedVolumes.Repaired> repairs) {
        this.processes = processes;
        this.repairs = repairs;
    }

    PoolStatus of(PoolRuntime runtime) {
        Pool pool = runtime.pool();
        PoolStatus.Builder status = PoolStatus.newBuilder()
                .setSpec(runtime.spec())
                .setPhase(runtime.phase().phase())
                .setMessage(runtime.phase().message())
                .setPromisedBytes(runtime.around().volumes().promised().value())
                .setVolumes(runtime.around().volumes().count())
                .setTotalBytes(runtime.usage().total().value())
                .setUsedBytes(runtime.usage().used().value())
                .setTotalInodes(runtime.usage().inodes())
                .setUsedInodes(runtime.usage().usedInodes())
                .addAllProcesses(runtime.around().clients().report());
        PublishedVolumes.Repaired repaired = repairs.apply(pool.name());
        status.setVolumesRebound(repaired.volumes()).setContainersRebound(repaired.containers());
        TrashState trash = runtime.around().volumes().trash();
        status.setTrash(io.sagara.api.v1.TrashState.newBuilder()
                .setVolumes(trash.volumes())
                .setBytes(trash.size().value())
                .setFiles(trash.files())
                .setPurging(trash.purging()));
        status.setDirectoriesRecounted(runtime.around().recount().recounted());
        status.setRebalance(runtime.around().care().rebalance().status());
        runtime.around().certificates().status().ifPresent(status::setTls);
        pool.gone().forEach(brick -> status.addRetired(brick.index()));
        for (Brick brick : pool.bricks()) {
            status.addBricks(brick(runtime, pool, brick));
        }
        return status.build();
    }

    private BrickStatus brick(PoolRuntime runtime, Pool pool, Brick brick) {
        LocalBricks bricks = runtime.around().bricks();
        BrickStatus.Builder status = BrickStatus.newBuilder()
                .setIndex(brick.index())
                .setNode(brick.unit().node())
                .setSource(brick.unit().source())
                .setAddress(brick.address())
                .setPort(brick.port())
                .setLocal(bricks.local(brick));
        if (!bricks.local(brick)) {
            return status.build();
        }
        processes.describe(pool, brick, status);
        bricks.directory(brick).ifPresent(directory -> status.setDirectory(directory.toString()));
        bricks.health(brick).ifPresent(health -> health(health, status));
        status.setSplitBrain(runtime.around().care().splitBrain(brick));
        status.setLeaving(brick.leaving());
        runtime.departure()
                .left(brick)
                .ifPresent(left -> status.setLeftFiles(left.files()).setLeftBytes(left.bytes()));
        return status.build();
    }

    private static void health(BrickHealth health, BrickStatus.Builder status) {
        status.setTotalBytes(health.total().value())
                .setFreeBytes(health.free().value())
                .setPendingHeals(health.pendingHeals());
        if (!health.serving()) {
            status.setDetail(health.detail());
        }
    }

    /// What is known of the processes of native bricks.
    interface BrickProcesses {
        /// Fills in state, pid, restarts and detail of a local brick, where it has a process of ours.
        void describe(Pool pool, Brick brick, BrickStatus.Builder status);
    }
}
