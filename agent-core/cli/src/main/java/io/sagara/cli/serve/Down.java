package io.sagara.cli.serve;

import io.sagara.api.v1.ShutdownRequest;
import io.sagara.cli.command.AgentConnection;
import io.sagara.cli.command.ExitCode;
import io.sagara.cli.command.Surroundings;
import io.sagara.cli.launch.Child;
import io.sagara.cli.launch.Service;
import io.sagara.cli.state.Lock;
import io.sagara.cli.state.Purge;
import io.sagara.cli.state.Remains;
import io.sagara.cli.state.StateDirectory;
import io.sagara.cli.text.Lines;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Ends everything that serves a state directory and proves that it is gone.
///
/// 1. The agent ends the data plane and then itself. Where none runs and something is left to end, one is
///   started for just that, because only an agent knows the order.
/// 2. `sagara up`, which sees that its agent was shut down, ends the sidecar and itself.
/// 3. What does not end in time is told to, then killed: JVMs only, known by an argument that names the
///   directory.
/// 4. Whatever is still there is named, and the command fails.
final class Down {
    private static final Duration START = Duration.ofSeconds(60);
    // `sagara up` gives its services 15 s each before it kills them
    private static final Duration END = Duration.ofSeconds(35);
    private static final Duration LOOK = Duration.ofMillis(100);

    private final StateDirectory state;
    private final Surroundings surroundings;
    private final Lines lines;
    private final Remains remains;

    Down(StateDirectory state, Surroundings surroundings, Lines lines) {
        this.state = state;
        this.surroundings = surroundings;
        this.lines = lines;
        remains = new Remains(state);
    }

    /// `purge`: also erase all pools' data and remove the directory.
    ExitCode run(boolean purge) throws InterruptedException {
        switch (state.kind()) {
            case NEW -> {
                lines.plain("nothing to end: " + state.root() + " is no state directory, or was removed");
                return ExitCode.OK;
            }
            case FOREIGN ->
                throw new StorageException(
                        Problem.INVALID_ARGUMENT,
                        state.root() + " is no state directory of an agent; nothing was touched");
            case OURS -> {}
        }
        if (isAnswering()) {
            shutDown(purge);
            awaitEnd();
        } else {
            endJvms();
        }
        try (Lock _ = Lock.take(state.upLock()).orElseThrow(this::stillWorkedOn)) {
            if (!remains.dataPlane().isEmpty() || (purge && state.hasPools())) {
                shutDownThroughNewAgent(purge);
            }
            proveItIsGone();
            return purge ? purged() : ended();
        }
    }

    private ExitCode ended() {
        lines.say("nothing of " + state.root() + " runs any more; its pools and their data are kept");
        return ExitCode.OK;
    }

    private ExitCode purged() {
        List<String> left = Purge.remove(state);
        if (!left.isEmpty()) {
            throw new StorageException(
                    Problem.IN_USE,
                    state.root() + " holds things that are not Sagara's, which were left: " + String.join(", ", left)
                            + "; remove them yourself");
        }
        lines.say("removed " + state.root());
        return ExitCode.OK;
    }

    /// Whether an agent answers. One that is just being started, or started again, is waited for.
    private boolean isAnswering() throws InterruptedException {
        long looks = remains.jvms(Service.AGENT.directory()).isEmpty() ? 1 : END.dividedBy(LOOK);
        for (long i = 0; i < looks; i++) {
            if (Child.isListening(state.agentSocket())) {
                return true;
            }
            if (await(remains.jvms(Service.AGENT.directory()), LOOK)) {
                return false;
            }
        }
        return false;
    }

    private void shutDown(boolean erase) throws InterruptedException {
        ShutdownRequest request = ShutdownRequest.newBuilder().setErase(erase).build();
        try (AgentConnection agent = AgentConnection.open(state)) {
            agent.follow(stub -> stub.shutdown(request), progress -> lines.say(progress.getLine()));
        } catch (StorageException e) {
            // it may end before its last word arrives; what is left afterwards tells whether it did its work
            if (e.problem() != Problem.UNAVAILABLE || Child.isListening(state.agentSocket())) {
                throw e;
            }
        }
    }

    private void shutDownThroughNewAgent(boolean erase) throws InterruptedException {
        lines.say("no agent runs; starting one to end what is left");
        try (Child agent = new Child(
                surroundings.distribution().launch(Service.AGENT, state, surroundings.environment()),
                surroundings.clock(),
                lines::say)) {
            agent.awaitSocket(state.agentSocket(), START);
            shutDown(erase);
            var _ = await(remains.jvms(Service.AGENT.directory()), END);
        }
    }

    /// After the agent was shut down.
    private void awaitEnd() throws InterruptedException {
        var _ = await(remains.jvms(Service.AGENT.directory()), END);
        var _ = await(up(), END);
        endJvms();
    }

    /// Ends a supervisor whose agent does not answer, and JVMs that nobody supervises any more.
    private void endJvms() throws InterruptedException {
        for (List<ProcessHandle> processes :
                List.of(up(), remains.jvms(Service.CSI.directory()), remains.jvms(Service.AGENT.directory()))) {
            processes.forEach(ProcessHandle::destroy);
            if (!await(processes, END)) {
                processes.forEach(process -> {
                    lines.say("process " + process.pid() + " does not end; it is killed");
                    process.destroyForcibly();
                });
                var _ = await(processes, END);
            }
        }
    }

    /// The `sagara up` that holds the directory, if one does.
    private List<ProcessHandle> up() {
        Optional<Long> pid = Lock.isHeld(state.upLock()) ? Lock.pid(state.upLock()) : Optional.empty();
        return pid.flatMap(ProcessHandle::of).stream().toList();
    }

    /// Waits until all have ended; false where the time was up before.
    private static boolean await(List<ProcessHandle> processes, Duration time) throws InterruptedException {
        try {
            for (ProcessHandle process : processes) {
                var _ = process.onExit().get(time.toMillis(), TimeUnit.MILLISECONDS);
            }
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException("cannot wait for a process", e.getCause());
        }
    }

    private void proveItIsGone() {
        List<String> left = remains.dataPlane();
        if (!left.isEmpty()) {
            throw new StorageException(
                    Problem.IN_USE,
                    "still there after the shutdown: " + String.join(", ", left)
                            + "; end what uses them, then repeat 'sagara down'");
        }
    }

    private StorageException stillWorkedOn() {
        return new StorageException(
                Problem.BUSY,
                "another sagara command"
                        + Lock.pid(state.upLock())
                                .map(pid -> " (pid " + pid + ")")
                                .orElse("") + " works on " + state.root() + "; wait for it, then repeat");
    }
}
