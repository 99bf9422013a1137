package io.sagara.cli.serve;

import io.sagara.api.v1.AgentInfo;
import io.sagara.api.v1.ApplyPoolRequest;
import io.sagara.api.v1.PoolPhase;
import io.sagara.api.v1.PoolSpec;
import io.sagara.api.v1.PoolStatus;
import io.sagara.cli.command.AgentConnection;
import io.sagara.cli.command.ExitCode;
import io.sagara.cli.command.Surroundings;
import io.sagara.cli.launch.Child;
import io.sagara.cli.launch.Distribution;
import io.sagara.cli.launch.Service;
import io.sagara.cli.state.Lock;
import io.sagara.cli.state.Purge;
import io.sagara.cli.state.Remains;
import io.sagara.cli.state.StateDirectory;
import io.sagara.cli.text.Lines;
import io.sagara.cli.text.StatusText;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Serves pools on this machine: starts agent and sidecar, hands over the pools, says `ready`, and keeps both
/// running until it is interrupted or the agent is shut down by someone else.
final class Up {
    // a JVM on a loaded two-core machine; the usual time is below 2 s
    private static final Duration START = Duration.ofSeconds(60);
    // for pools of an earlier run; a brick and its mount take about a second
    private static final Duration TAKE_UP = Duration.ofSeconds(30);
    private static final Duration LOOK = Duration.ofMillis(100);
    // what may be different in a moment, with nothing changed in the pool's file
    private static final Set<Problem> PASSING = Set.of(Problem.UNAVAILABLE, Problem.NOT_FOUND, Problem.BUSY);

    private final StateDirectory state;
    private final Distribution distribution;
    private final Surroundings surroundings;
    private final Lines lines;
    private boolean isReady;
    private boolean wasRefused;

    Up(StateDirectory state, Distribution distribution, Surroundings surroundings, Lines lines) {
        this.state = state;
        this.distribution = distribution;
        this.surroundings = surroundings;
        this.lines = lines;
    }

    /// Runs until it is interrupted. `pools`: valid ones; pools that the state directory has besides them are
    /// served too.
    ExitCode run(List<PoolSpec> pools) throws InterruptedException {
        boolean isNew = state.kind() == StateDirectory.Kind.NEW;
        state.prepare();
        try (Lock _ = Lock.take(state.upLock()).orElseThrow(this::alreadyUp)) {
            refuseRunningAgent();
            try {
                return serve(pools);
            } finally {
                tellWhatGoesOn(isNew);
            }
        }
    }

    private ExitCode serve(List<PoolSpec> pools) throws InterruptedException {
        lines.say("starting the agent and the csi-sidecar for " + state.root());
        // closed from the last to the first: the sidecar ends before the agent it calls, their watchers last
        try (ExecutorService watchers = Executors.newVirtualThreadPerTaskExecutor();
                Child agent = child(Service.AGENT);
                Child csi = child(Service.CSI)) {
            agent.awaitSocket(state.agentSocket(), START);
            bringUp(pools);
            csi.awaitSocket(state.csiSocket(), START);
            awaitPoolsOfBefore(agent);
            ready();
            Future<Boolean> served = watchers.submit(agent::keepRunning);
            var _ = watchers.submit(csi::keepRunning);
            boolean shutDown = served.get();
            lines.say(shutDown ? "the agent was shut down" : "stopped");
            return ExitCode.OK;
        } catch (InterruptedException e) {
            if (!isReady) {
                throw e;
            }
            lines.say("stopped");
            return ExitCode.OK;
        } catch (ExecutionException e) {
            throw new IllegalStateException("the agent is no longer watched", e.getCause());
        }
    }

    private Child child(Service service) {
        return new Child(
                distribution.launch(service, state, surroundings.environment()), surroundings.clock(), lines::say);
    }

    private void bringUp(List<PoolSpec> pools) throws InterruptedException {
        try (AgentConnection agent = AgentConnection.open(state)) {
            AgentInfo info = agent.info();
            lines.say("agent " + info.getVersion() + " answers (pid " + info.getPid() + "), backends: "
                    + String.join(", ", info.getBackendsList()));
            info.getRefusedBackendsList().forEach(refused -> lines.say("backend refused: " + refused));
            List<String> ofBefore =
                    agent.pools().stream().map(pool -> pool.getSpec().getName()).toList();
            List<String> served = new ArrayList<>();
            for (PoolSpec pool : pools) {
                apply(agent, pool, ofBefore, served);
                served.add(pool.getName());
            }
        }
    }

    private void apply(AgentConnection agent, PoolSpec pool, List<String> ofBefore, List<String> served)
            throws InterruptedException {
        String name = "pool " + pool.getName() + ": ";
        ApplyPoolRequest request = ApplyPoolRequest.newBuilder().setPool(pool).build();
        try {
            agent.follow(stub -> stub.applyPool(request), progress -> {
                if (!progress.getLine().isEmpty()) {
                    lines.say(name + progress.getLine());
                }
            });
        } catch (StorageException e) {
            String reason = String.valueOf(e.getMessage());
            // most of the agent's sentences name the pool themselves
            String named = reason.startsWith("pool " + pool.getName()) ? reason : name + reason;
            if (ofBefore.contains(pool.getName()) && PASSING.contains(e.problem())) {
                // a disk that is away must not keep the other pools from being used
                lines.say(named + " (tried again all the time)");
                return;
            }
            wasRefused = true;
            String rest = served.isEmpty() ? "" : "; served already: " + String.join(", ", served);
            throw new StorageException(e.problem(), named + rest, e);
        }
    }

    /// Pools that the state directory had already are taken up by the agent itself. One that cannot be is shown
    /// as it is in the end, it must not keep the others from being used.
    private void awaitPoolsOfBefore(Child agent) throws InterruptedException {
        Instant end = surroundings.clock().instant().plus(TAKE_UP);
        try (AgentConnection connection = AgentConnection.open(state)) {
            boolean waiting = true;
            while (waiting) {
                waiting = isTakingUp(connection)
                        && surroundings.clock().instant().isBefore(end)
                        && !agent.endsWithin(LOOK);
            }
        }
    }

    private static boolean isTakingUp(AgentConnection agent) throws InterruptedException {
        if (agent.info().getReady()) {
            return false;
        }
        List<PoolStatus> pools = agent.pools();
        return pools.isEmpty() || pools.stream().anyMatch(pool -> pool.getPhase() == PoolPhase.STARTING);
    }

    private void ready() throws InterruptedException {
        try (AgentConnection agent = AgentConnection.open(state)) {
            List<PoolStatus> pools = agent.pools();
            lines.plain("");
            lines.plain("agent.sock  " + state.agentSocket());
            lines.plain("csi.sock    " + state.csiSocket());
            lines.plain("");
            lines.plain(StatusText.pools(pools));
            pools.stream()
                    .filter(pool -> !pool.getMessage().isEmpty())
                    .forEach(pool -> lines.plain("pool " + pool.getSpec().getName() + ": " + pool.getMessage()));
            lines.plain("");
            isReady = true;
            lines.plain("ready");
        }
    }

    /// After the JVMs have ended. A directory that was made only for pools that were refused is removed again.
    private void tellWhatGoesOn(boolean isNew) {
        List<String> serving = new Remains(state).dataPlane();
        if (!serving.isEmpty()) {
            lines.plain("bricks and mounts go on serving (" + serving.size() + " processes and mounts); end them with"
                    + " 'sagara down --state " + state.root() + "'");
        } else if (isNew && wasRefused && !state.hasPools()) {
            var _ = Purge.remove(state);
        }
    }

    private void refuseRunningAgent() {
        if (Lock.isHeld(state.agentLock()) || Child.isListening(state.agentSocket())) {
            throw inUse("an agent" + pid(state.agentLock()));
        }
    }

    private StorageException alreadyUp() {
        return inUse("another sagara command" + pid(state.upLock()));
    }

    private StorageException inUse(String by) {
        return new StorageException(
                Problem.IN_USE,
                by + " already serves " + state.root() + "; end it with 'sagara down --state " + state.root()
                        + "', or choose another directory");
    }

    private static String pid(Path lock) {
        return Lock.pid(lock).map(pid -> " (pid " + pid + ")").orElse("");
    }
}
