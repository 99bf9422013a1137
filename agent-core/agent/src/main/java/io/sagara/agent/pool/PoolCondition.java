package io.sagara.agent.pool;

import io.sagara.api.v1.PoolPhase;
import io.sagara.api.v1.TlsStatus;
import io.sagara.spi.Pool;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Where a pool stands, and what is wrong.
record PoolCondition(PoolPhase phase, String message) {
    /// Of a pool that was taken up, from what is known of its parts already.
    static PoolCondition of(Pool pool, PoolRuntime.Surroundings around) {
        String units = around.bricks().of(pool).stream()
                .flatMap(brick -> around
                        .bricks()
                        .health(brick)
                        .filter(health -> !health.serving())
                        .map(health -> "unit " + brick.index() + ": " + health.detail())
                        .stream())
                .collect(Collectors.joining("; "));
        String third = around.tiebreaker().problem();
        String clients = around.clients().problem();
        if (!clients.isEmpty()) {
            return new PoolCondition(PoolPhase.FAILED, joined(units, clients, third, reasons(pool, around)));
        }
        String connections = around.clients().unconnected();
        Optional<TlsStatus> tls = around.certificates().status();
        String certificate = tls.map(TlsStatus::getProblem).orElse("");
        boolean expired = tls.filter(TlsStatus::getExpired).isPresent();
        String wrong = joined(
                units,
                connections,
                around.clients().healingProblem(),
                expired ? certificate : "",
                around.care().problem());
        if (!wrong.isEmpty()) {
            return new PoolCondition(
                    PoolPhase.DEGRADED, joined(wrong, third, connections.isEmpty() ? "" : reasons(pool, around)));
        }
        return new PoolCondition(
                PoolPhase.READY,
                joined(
                        third,
                        certificate,
                        around.volumes().problem(),
                        around.graphs().warnings()));
    }

    /// Why clients are not connected, as far as it is known without us: what was found when the graphs were
    /// refreshed, and what is found now.
    private static String reasons(Pool pool, PoolRuntime.Surroundings around) {
        return joined(around.graphs().warnings(), around.graphs().explain(pool));
    }

    /// The parts that say something.
    private static String joined(String... parts) {
        return Stream.of(parts).filter(part -> !part.isEmpty()).collect(Collectors.joining("; "));
    }
}
