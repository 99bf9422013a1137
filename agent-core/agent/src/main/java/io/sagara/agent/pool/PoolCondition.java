package io.sagara.agent.pool;

import io.sagara.api.v1.PoolPhase;
import io.sagara.spi.Brick;
import io.sagara.spi.BrickHealth;
import io.sagara.spi.Pool;

/// Where a pool stands, and what is wrong.
record PoolCondition(PoolPhase phase, String message) {
    /// Of a pool that was taken up, from what is known of its parts already.
    static PoolCondition of(Pool pool, PoolRuntime.Surroundings around) {
        StringBuilder wrong = new StringBuilder();
        for (Brick brick : around.bricks().of(pool)) {
            around.bricks()
                    .health(brick)
                    .filter(health -> !health.serving())
                    .map(BrickHealth::detail)
                    .ifPresent(detail -> wrong.append("unit ")
                            .append(brick.index())
                            .append(": ")
                            .append(detail)
                            .append("; "));
        }
        String clients = around.clients().problem();
        if (!clients.isEmpty()) {
            return new PoolCondition(PoolPhase.FAILED, wrong + clients);
        }
        String connections = around.clients().unconnected();
        wrong.append(connections.isEmpty() ? "" : connections + "; ")
                .append(around.clients().healingProblem());
        String care = around.care().problem();
        wrong.append(care.isEmpty() || wrong.isEmpty() || wrong.toString().endsWith("; ") ? "" : "; ")
                .append(care);
        if (!wrong.isEmpty()) {
            return new PoolCondition(PoolPhase.DEGRADED, wrong.toString().replaceFirst("; $", ""));
        }
        return new PoolCondition(PoolPhase.READY, around.volumes().problem());
    }
}
