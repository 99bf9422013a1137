package io.sagara.operator.node;

import io.sagara.api.v1.PoolSpec;
import io.sagara.api.v1.PoolStatus;
import io.sagara.api.v1.TlsMaterial;
import io.sagara.operator.crd.NodeReport;
import io.sagara.operator.plan.Assignment;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings the local agent to where the plans want it. Rounds are made by one thread and take no longer than
/// the agent needs to list its pools; each pool's work is done aside, so that none waits for another.
public final class LocalPools {
    private static final Logger LOG = LoggerFactory.getLogger(LocalPools.class);
    private static final Duration RENEWAL = Duration.ofMinutes(1);
    private static final Duration MOST_PATIENCE = Duration.ofMinutes(2);

    private final String node;
    private final Objects objects;
    private final Agent agent;
    private final PoolSecrets secrets;
    private final Executor aside;
    private final Runnable wake;
    private final InstantSource clock;
    private final Set<String> busy = ConcurrentHashMap.newKeySet();
    private final Map<String, PoolSpec> told = new ConcurrentHashMap<>();
    private final Map<String, Failure> failures = new ConcurrentSkipListMap<>();
    private @Nullable NodeReport last;
    private String unreported = "";

    private record Failure(String message, Instant notBefore, Duration pause) {}

    /// `aside`: runs work that takes long. `wake`: asks for a round soon; any thread may call it.
    public LocalPools(String node, Objects objects, Agent agent, Executor aside, Runnable wake, InstantSource clock) {
        this.node = node;
        this.objects = objects;
        this.agent = agent;
        this.secrets = new PoolSecrets(objects, clock);
        this.aside = aside;
        this.wake = wake;
        this.clock = clock;
    }

    /// One round: begins what is due and reports.
    public void round() {
        String trouble = "";
        Map<String, PoolStatus> served = new TreeMap<>();
        try {
            agent.pools().forEach(pool -> served.put(pool.getSpec().getName(), pool));
        } catch (StorageException e) {
            trouble = String.valueOf(e.getMessage());
        }
        if (trouble.isEmpty() && objects.known()) {
            // it may have been replaced, or lost what it was told
            told.keySet().retainAll(served.keySet());
            secrets.outdate(told);
            List<Assignment> due = Assignment.of(objects.pools(), served, told);
            failures.keySet().retainAll(due.stream().map(Assignment::pool).toList());
            due.forEach(this::begin);
        }
        report(new NodeReport(node, clock.instant(), trouble, served, messages()));
    }

    private Map<String, String> messages() {
        Map<String, String> messages = new TreeMap<>();
        failures.forEach((pool, failure) -> messages.put(pool, failure.message));
        return messages;
    }

    private void begin(Assignment assignment) {
        String pool = assignment.pool();
        Failure before = failures.get(pool);
        boolean waits = before != null && clock.instant().isBefore(before.notBefore);
        if (!waits && busy.add(pool)) {
            aside.execute(() -> {
                try {
                    run(assignment);
                    failures.remove(pool);
                } catch (StorageException e) {
                    fail(assignment, e, before);
                } finally {
                    busy.remove(pool);
                    wake.run();
                }
            });
        }
    }

    private void run(Assignment assignment) {
        switch (assignment) {
            case Assignment.Apply(PoolSpec plan) -> {
                Optional<TlsMaterial> certificates = secrets.of(plan);
                agent.apply(plan, certificates);
                secrets.gave(plan.getName(), certificates);
                told.put(plan.getName(), plan);
                LOG.atInfo().addKeyValue("pool", plan.getName()).log("pool is served as planned");
            }
            case Assignment.Remove(String pool, boolean sure) -> {
                if (sure || objects.gone(pool)) {
                    agent.remove(pool);
                    told.remove(pool);
                    LOG.atInfo().addKeyValue("pool", pool).log("pool is no longer served");
                }
            }
        }
    }

    private void fail(Assignment assignment, StorageException failure, @Nullable Failure before) {
        String message = String.valueOf(failure.getMessage());
        // what can never succeed may still do so after somebody put it right
        Duration pause = failure.problem() == Problem.BUSY ? Duration.ofSeconds(1) : longer(before);
        failures.put(assignment.pool(), new Failure(message, clock.instant().plus(pause), pause));
        if (before == null || !before.message.equals(message)) {
            LOG.atWarn()
                    .addKeyValue("pool", assignment.pool())
                    .addKeyValue("reason", message)
                    .log("pool cannot be brought to its plan, trying again");
        }
    }

    private static Duration longer(@Nullable Failure before) {
        Duration doubled = before == null ? Duration.ofSeconds(1) : before.pause.multipliedBy(2);
        return doubled.compareTo(MOST_PATIENCE) > 0 ? MOST_PATIENCE : doubled;
    }

    private void report(NodeReport report) {
        NodeReport before = last;
        boolean due = before == null
                || !before.agrees(report)
                || before.renewed().plus(RENEWAL).isBefore(report.renewed());
        if (!due) {
            return;
        }
        try {
            objects.report(report);
            last = report;
            unreported = "";
        } catch (StorageException e) {
            String reason = String.valueOf(e.getMessage());
            if (!reason.equals(unreported)) {
                LOG.atWarn().addKeyValue("reason", reason).log("cannot report, trying again");
            }
            unreported = reason;
        }
    }
}
