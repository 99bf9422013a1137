package io.sagara.agent.pool;

import io.sagara.api.v1.PoolPhase;
import io.sagara.api.v1.TlsStatus;
import io.sagara.spi.Brick;
import io.sagara.spi.BrickHealth;
import io.sagara.spi.Pool;
import java.util.Optional;

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
            return new PoolCondition(PoolPhase.FAILED, joined(wrong + clients, reasons(pool, around)));
        }
        String connections = around.clients().unconnected();
        wrong.append(connections.isEmpty() ? "" : connections + "; ")
                .append(around.clients().healingProblem());
        Optional<TlsStatus> tls = around.certificates().status();
        String certificate = tls.map(TlsStatus::getProblem).orElse("");
        if (tls.filter(TlsStatus::getExpired).isPresent()) {
            wrong.append(wrong.isEmpty() || wrong.toString().endsWith("; ") ? "" : "; ")
                    .append(certificate);
        }
        String care = around.care().problem();
        wrong.append(care.isEmpty() || wrong.isEmpty() || wrong.toString().endsWith("; ") ? "" : "; ")
                .append(care);
        if (!wrong.isEmpty()) {
            return new PoolCondition(
                    PoolPhase.DEGRADED,
                    joined(
                            wrong.toString().replaceFirst("; $", ""),
                            connections.isEmpty() ? "" : reasons(pool, around)));
        }
        return new PoolCondition(
                PoolPhase.READY,
                joined(
                        joined(certificate, around.volumes().problem()),
                        around.graphs().warnings()));
    }

    /// Why clients are not connected, as far as it is known without us: what was found when the graphs were
    /// refreshed, and what is found now.
    private static String reasons(Pool pool, PoolRuntime.Surroundings around) {
        return joined(around.graphs().warnings(), around.graphs().explain(pool));
    }

    private static String joined(String first, String second) {
        return first.isEmpty() || second.isEmpty() ? first + second : first + "; " + second;
    }
}
