package io.sagara.agent.volume;

import io.sagara.agent.volume.VolumeService.Placed;
import io.sagara.spi.Pool;
import io.sagara.spi.PoolName;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.util.List;
import java.util.Map;

/// In which pool a new volume is made.
record PoolChoice(Map<PoolName, PoolVolumeSet> pools) {
    /// A volume may exist in a pool that is not open yet. Making it in a second one would leave two of it.
    void refuseWhileUnread(VolumeRequest request) {
        if (request.pool().isPresent()) {
            return;
        }
        pools.values().stream().filter(pool -> !pool.isOpen()).findFirst().ifPresent(pool -> {
            throw new StorageException(
                    Problem.UNAVAILABLE,
                    "pool " + pool.pool().name() + " cannot be read and volume " + request.name()
                            + " may be in it; name the pool (storage_name) or repeat the request when it is back");
        });
    }

    private List<PoolVolumeSet> candidates(VolumeRequest request) {
        if (request.pool().isPresent()) {
            PoolVolumeSet named = pools.get(request.pool().get());
            if (named == null) {
                throw new StorageException(
                        Problem.NOT_FOUND,
                        "no pool '" + request.pool().get() + "' for volume " + request.name() + "; there are "
                                + pools.keySet());
            }
        }
        List<PoolVolumeSet> fitting = pools.values().stream()
                .filter(pool -> request.pool().map(pool.pool().name()::equals).orElse(true))
                .filter(pool -> request.layout()
                        .map(layout -> layout.isInstance(pool.pool().layout()))
                        .orElse(true))
                .filter(pool ->
                        request.node().map(node -> allOn(pool.pool(), node)).orElse(true))
                .toList();
        if (fitting.isEmpty()) {
            throw new StorageException(
                    Problem.INVALID_ARGUMENT,
                    "no pool fits volume " + request.name() + " (pool "
                            + request.pool().map(PoolName::value).orElse("any") + ", type "
                            + request.layout().map(Class::getSimpleName).orElse("any") + ", node "
                            + request.node().orElse("any") + "); there are " + pools.keySet()
                            + ": correct the StorageClass");
        }
        return fitting;
    }

    private static boolean allOn(Pool pool, String node) {
        return pool.bricks().stream().allMatch(brick -> brick.unit().node().equals(node));
    }

    /// Makes it in the first that has room. Throws NOT_FOUND, INVALID_ARGUMENT, and what the pool throws.
    Placed create(VolumeRequest request) {
        StorageException refusal = null;
        for (PoolVolumeSet pool : candidates(request)) {
            try {
                return new Placed(pool.create(request.name(), request.kind(), request.atLeast()), pool.pool());
            } catch (StorageException e) {
                // only a full pool may be passed by: after any other failure the volume may be half made in it
                if (e.problem() != Problem.NO_SPACE) {
                    throw e;
                }
                refusal = e;
            }
        }
        throw refusal == null ? new StorageException(Problem.NOT_FOUND, "there are no pools") : refusal;
    }
}
