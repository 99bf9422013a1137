package io.sagara.operator.lead;

import io.sagara.api.v1.PoolSpec;
import io.sagara.operator.crd.Condition;
import io.sagara.operator.crd.Json;
import io.sagara.operator.crd.Phase;
import io.sagara.operator.crd.PoolResource;
import io.sagara.operator.crd.PoolState;
import io.sagara.operator.plan.Health;
import io.sagara.operator.plan.Surroundings;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Writes how pools are: at once where something changed, once a minute where only numbers did, and an event
/// where a condition turned or says something else.
final class Statuses {
    private static final Duration NUMBERS = Duration.ofMinutes(1);
    private static final String WARNING = "Warning";
    private static final Set<String> UNDERWAY = Set.of(Phase.STARTING.word(), "NodesLeft");

    private final Cluster cluster;
    private final InstantSource clock;
    private final Map<String, Instant> written = new HashMap<>();

    Statuses(Cluster cluster, InstantSource clock) {
        this.cluster = cluster;
        this.clock = clock;
    }

    /// Of a pool that is served as planned.
    PoolState served(PoolSpec plan, Surroundings around, Condition accepted) {
        Health health = Health.of(plan, around, clock.instant());
        String message = accepted.holds() ? health.message() : accepted.message();
        return state(
                health.phase(),
                message,
                health,
                Optional.of(plan),
                false,
                List.of(accepted, ready(health), warning(health)));
    }

    /// Of a pool that is not served.
    PoolState unserved(Phase phase, String message, Condition accepted) {
        Condition ready = condition("Ready", false, phase.word(), message);
        return new PoolState(
                phase,
                message,
                List.of(accepted, ready),
                PoolState.Usage.NONE,
                List.of(),
                new PoolState.NodeCount(0, 0),
                Optional.empty(),
                false);
    }

    /// Of a pool that is to go.
    PoolState deleting(Optional<PoolSpec> plan, Surroundings around, boolean removing, String reason, String message) {
        Condition deleted = condition("Deleted", false, reason, message);
        if (plan.isEmpty()) {
            return new PoolState(
                    Phase.DELETING,
                    message,
                    List.of(deleted),
                    PoolState.Usage.NONE,
                    List.of(),
                    new PoolState.NodeCount(0, 0),
                    plan,
                    removing);
        }
        Health health = Health.of(plan.get(), around, clock.instant());
        return state(Phase.DELETING, message, health, plan, removing, List.of(deleted, ready(health)));
    }

    private Condition ready(Health health) {
        boolean usable = health.phase() == Phase.READY || health.phase() == Phase.DEGRADED;
        return condition("Ready", usable, health.phase().word(), health.message());
    }

    /// It holds where nodes warn of something although the pool is ready.
    private Condition warning(Health health) {
        boolean warns = !health.warning().isEmpty();
        return condition(WARNING, warns, warns ? "NodesWarn" : "NothingToWarnOf", health.warning());
    }

    private static PoolState state(
            Phase phase,
            String message,
            Health health,
            Optional<PoolSpec> plan,
            boolean removing,
            List<Condition> conditions) {
        return new PoolState(
                phase, message, conditions, health.usage(), health.bricks(), health.nodes(), plan, removing);
    }

    /// The condition that says what became of the description.
    Condition accepted(boolean holds, String reason, String message) {
        return condition("Accepted", holds, reason, message);
    }

    private Condition condition(String type, boolean holds, String reason, String message) {
        return new Condition(
                type,
                holds,
                reason,
                message,
                clock.instant().truncatedTo(ChronoUnit.SECONDS).toString());
    }

    /// Writes the status of a pool where it differs from what is there.
    void write(PoolResource pool, PoolState now) {
        PoolState before = pool.state();
        PoolState next = now.after(before);
        Map<String, Object> tree = next.tree(pool.generation());
        Map<String, Object> there = normal(pool.status());
        if (normal(tree).equals(there)) {
            return;
        }
        boolean numbersOnly =
                normal(next.withUsage(before.usage()).tree(pool.generation())).equals(there);
        Instant last = written.getOrDefault(pool.name(), Instant.EPOCH);
        if (numbersOnly && Duration.between(last, clock.instant()).compareTo(NUMBERS) < 0) {
            return;
        }
        cluster.writeStatus(pool, tree);
        written.put(pool.name(), clock.instant());
        news(before, next)
                .forEach(condition -> cluster.event(
                        pool, isTrouble(condition), condition.type() + condition.reason(), condition.message()));
    }

    /// With one kind of number, so that trees of ours and of the API server can be compared.
    private static Map<String, Object> normal(Map<String, Object> tree) {
        return Json.tree(Json.text(tree)).orElseThrow();
    }

    /// What only takes its time is none.
    private static boolean isTrouble(Condition condition) {
        if (condition.type().equals(WARNING)) {
            return condition.holds();
        }
        return !condition.holds() && !UNDERWAY.contains(condition.reason());
    }

    private static List<Condition> news(PoolState before, PoolState next) {
        List<Condition> news = new ArrayList<>();
        boolean refused = next.condition("Accepted")
                .filter(condition -> !condition.holds())
                .isPresent();
        for (Condition condition : next.conditions()) {
            boolean same = before.condition(condition.type())
                    .filter(was -> was.holds() == condition.holds()
                            && was.reason().equals(condition.reason())
                            && was.message().equals(condition.message()))
                    .isPresent();
            // what is not served because it is refused is told once
            boolean told =
                    refused && condition.type().equals("Ready") && next.plan().isEmpty();
            if (!same && !told && !isSilence(before, condition)) {
                news.add(condition);
            }
        }
        return news;
    }

    /// That there is nothing to warn of is news only where there was.
    private static boolean isSilence(PoolState before, Condition now) {
        return now.type().equals(WARNING)
                && !now.holds()
                && before.condition(WARNING).filter(Condition::holds).isEmpty();
    }
}
