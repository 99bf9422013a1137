package io.sagara.operator.plan;

import io.sagara.api.v1.BrickSpec;
import io.sagara.api.v1.BrickStatus;
import io.sagara.api.v1.PoolPhase;
import io.sagara.api.v1.PoolSpec;
import io.sagara.api.v1.PoolStatus;
import io.sagara.operator.crd.NodeReport;
import io.sagara.operator.crd.Phase;
import io.sagara.operator.crd.PoolState.BrickState;
import io.sagara.operator.crd.PoolState.NodeCount;
import io.sagara.operator.crd.PoolState.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// How a pool is when all nodes are asked.
///
/// `message`: what is wrong, on which node; empty where all is well. `warning`: what should be looked at although
/// it works, on which nodes; empty where there is nothing.
public record Health(
        Phase phase, String message, String warning, Usage usage, List<BrickState> bricks, NodeCount nodes) {
    /// How long a node's word counts; it is renewed every minute.
    public static final Duration FRESH = Duration.ofMinutes(3);

    private static final int MOST_PROBLEMS = 5;
    private static final String RUNNING = "RUNNING";
    /// Of a unit that has left the pool.
    private static final String RETIRED = "RETIRED";
    private static final Set<String> WELL = Set.of(RUNNING, RETIRED);

    /// Copies the list.
    public Health {
        bricks = List.copyOf(bricks);
    }

    /// How the pool of a plan is at a time.
    public static Health of(PoolSpec plan, Surroundings around, Instant now) {
        Map<String, Word> words = words(plan, around, now);
        List<String> problems = new ArrayList<>();
        words.forEach((node, word) -> word.problem().ifPresent(text -> problems.add("node " + node + ": " + text)));
        List<BrickState> bricks = new ArrayList<>();
        for (int i = 0; i < plan.getBricksCount(); i++) {
            bricks.add(brick(i, plan.getBricks(i), words));
        }
        int ready = (int) words.values().stream().filter(Word::usable).count();
        boolean perfect = problems.isEmpty()
                && bricks.stream().map(BrickState::state).allMatch(WELL::contains)
                && hosts(plan).stream().map(words::get).allMatch(word -> word != null && word.perfect());
        return new Health(
                phase(!problems.isEmpty(), ready, perfect),
                shown(problems),
                shown(warnings(words)),
                usage(words),
                bricks,
                new NodeCount(ready, words.size()));
    }

    /// What nodes warn of, each sentence once: all clients of a cluster say the same of it.
    private static List<String> warnings(Map<String, Word> words) {
        Map<String, List<String>> nodes = new TreeMap<>();
        words.forEach((node, word) -> word.warning()
                .ifPresent(text ->
                        nodes.computeIfAbsent(text, _ -> new ArrayList<>()).add(node)));
        return nodes.entrySet().stream()
                .map(said -> (said.getValue().size() == 1 ? "node " : "nodes ") + String.join(", ", said.getValue())
                        + ": " + said.getKey())
                .toList();
    }

    private static Set<String> hosts(PoolSpec plan) {
        return plan.getBricksList().stream().map(BrickSpec::getNode).collect(Collectors.toCollection(TreeSet::new));
    }

    /// Of every node that has a brick, and of the others where they have something to say.
    private static Map<String, Word> words(PoolSpec plan, Surroundings around, Instant now) {
        Set<String> hosts = hosts(plan);
        Map<String, Word> words = new TreeMap<>();
        around.reports().keySet().forEach(node -> {
            Word word = Word.of(node, plan.getName(), around, now);
            if (word.pool().isPresent() || word.failed()) {
                words.put(node, word);
            }
        });
        hosts.forEach(node -> words.put(node, Word.of(node, plan.getName(), around, now)));
        return words;
    }

    private static Phase phase(boolean trouble, int ready, boolean perfect) {
        if (ready > 0) {
            return perfect ? Phase.READY : Phase.DEGRADED;
        }
        return trouble ? Phase.FAILED : Phase.STARTING;
    }

    private static BrickState brick(int index, BrickSpec plan, Map<String, Word> words) {
        Word word = words.get(plan.getNode());
        Optional<BrickStatus> told = word == null ? Optional.empty() : word.brick(index);
        BrickStatus status = told.orElseGet(BrickStatus::getDefaultInstance);
        boolean retired = word != null && word.retired(index);
        String silence = retired
                ? "its files are on other units"
                : word == null ? "" : word.problem().orElse("its node has not taken it up yet");
        return new BrickState(
                index,
                plan.getNode(),
                plan.getSource(),
                plan.getAddress(),
                plan.getPort(),
                told.map(BrickStatus::getState).orElse(retired ? RETIRED : "UNKNOWN"),
                told.map(BrickStatus::getDetail).orElse(silence),
                status.getPid(),
                status.getRestarts());
    }

    /// As the first node sees it that can use it; all see the same.
    private static Usage usage(Map<String, Word> words) {
        return words.values().stream()
                .filter(Word::usable)
                .flatMap(word -> word.pool().stream())
                .filter(pool -> pool.getTotalBytes() > 0)
                .findFirst()
                .map(pool -> new Usage(
                        pool.getTotalBytes(), pool.getUsedBytes(), pool.getPromisedBytes(), pool.getVolumes()))
                .orElse(Usage.NONE);
    }

    private static String shown(List<String> problems) {
        String shown = String.join("; ", problems.subList(0, Math.min(MOST_PROBLEMS, problems.size())));
        int more = problems.size() - MOST_PROBLEMS;
        return more > 0 ? shown + "; and " + more + " more" : shown;
    }

    /// What one node says of the pool, or why it says nothing.
    private record Word(Optional<PoolStatus> pool, Optional<String> problem, boolean failed) {
        static Word of(String node, String name, Surroundings around, Instant now) {
            NodeReport report = around.reports().get(node);
            KubeNode known = around.nodes().get(node);
            if (known == null) {
                return silent("it is not in the cluster");
            }
            if (report == null) {
                return silent(known.ready() ? "Sagara does not report from it" : "it is not ready");
            }
            if (report.renewed().plus(FRESH).isBefore(now)) {
                return silent("no report since " + report.renewed() + (known.ready() ? "" : "; it is not ready"));
            }
            if (!report.trouble().isEmpty()) {
                return silent(report.trouble());
            }
            PoolStatus pool = report.pools().get(name);
            Optional<String> failure = Optional.ofNullable(report.failures().get(name));
            if (pool == null) {
                return new Word(Optional.empty(), failure, failure.isPresent());
            }
            String message = pool.getMessage();
            return new Word(
                    Optional.of(pool),
                    failure.or(() -> message.isEmpty() || pool.getPhase() == PoolPhase.READY
                            ? Optional.empty()
                            : Optional.of(message)),
                    failure.isPresent());
        }

        private static Word silent(String why) {
            return new Word(Optional.empty(), Optional.of(why), false);
        }

        boolean usable() {
            return pool.map(PoolStatus::getPhase)
                    .filter(phase -> phase == PoolPhase.READY || phase == PoolPhase.DEGRADED)
                    .isPresent();
        }

        boolean perfect() {
            return problem.isEmpty()
                    && pool.filter(status -> status.getPhase() == PoolPhase.READY)
                            .isPresent();
        }

        /// What a node says of a pool with which nothing is wrong.
        Optional<String> warning() {
            return pool.filter(status -> problem.isEmpty() && status.getPhase() == PoolPhase.READY)
                    .map(PoolStatus::getMessage)
                    .filter(message -> !message.isEmpty());
        }

        boolean retired(int index) {
            return pool.filter(status -> status.getRetiredList().contains(index))
                    .isPresent();
        }

        Optional<BrickStatus> brick(int index) {
            return pool.stream()
                    .flatMap(status -> status.getBricksList().stream())
                    .filter(brick -> brick.getIndex() == index && brick.getLocal())
                    .findFirst();
        }
    }
}
