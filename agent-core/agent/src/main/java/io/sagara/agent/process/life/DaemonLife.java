package io.sagara.agent.process.life;

import io.sagara.agent.process.life.DaemonState.Backoff;
import io.sagara.agent.process.life.DaemonState.Draining;
import io.sagara.agent.process.life.DaemonState.History;
import io.sagara.agent.process.life.DaemonState.Running;
import io.sagara.agent.process.life.DaemonState.Starting;
import io.sagara.agent.process.life.DaemonState.Stopped;
import io.sagara.spi.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// What follows from what: the whole policy of keeping a daemon running, without any effect of its own. Events
/// that a state does not wait for change nothing, so late answers do no harm.
record DaemonLife(Patience patience) {
    /// The next state, and what to do to get on from there.
    record Step(DaemonState state, List<DaemonEffect> effects) {
        Step {
            effects = List.copyOf(effects);
        }

        private static Step stay(DaemonState state) {
            return new Step(state, List.of());
        }
    }

    static final DaemonState BEGINNING = new Stopped(History.NONE);

    Step next(DaemonState state, DaemonEvent event, Instant now) {
        return switch (state) {
            case Stopped stopped -> stopped(stopped, event);
            case Starting starting -> starting(starting, event, now);
            case Running running -> running(running, event, now);
            case Backoff backoff -> backoff(backoff, event);
            case Draining draining -> draining(draining, event);
        };
    }

    private static Step stopped(Stopped state, DaemonEvent event) {
        return event instanceof DaemonEvent.StartRequested
                ? launch(state.history().wanted())
                : Step.stay(state);
    }

    private Step starting(Starting state, DaemonEvent event, Instant now) {
        long attempt = state.history().attempts();
        return switch (event) {
            case DaemonEvent.Ready ready
            when ready.attempt() == attempt ->
                new Step(
                        new Running(ready.process(), now, state.history()),
                        List.of(new DaemonEffect.Watch(ready.process())));
            case DaemonEvent.StartFailed failed
            when failed.attempt() == attempt -> retry(failed.problem(), failed.reason(), state.history(), now);
            case DaemonEvent.StopRequested _ -> halt(state.history());
            default -> Step.stay(state);
        };
    }

    private Step running(Running state, DaemonEvent event, Instant now) {
        return switch (event) {
            case DaemonEvent.Exited exited
            when exited.process().equals(state.process()) -> {
                boolean stable = !now.isBefore(state.since().plus(patience.stable()));
                yield retry(exited.problem(), exited.reason(), state.history().ended(stable), now);
            }
            case DaemonEvent.StopRequested _ -> halt(state.history());
            default -> Step.stay(state);
        };
    }

    private static Step backoff(Backoff state, DaemonEvent event) {
        return switch (event) {
            case DaemonEvent.Due due when due.attempt() == state.history().attempts() -> launch(state.history());
            case DaemonEvent.StopRequested _ -> halt(state.history());
            default -> Step.stay(state);
        };
    }

    private Step draining(Draining state, DaemonEvent event) {
        History history = state.history();
        return switch (event) {
            case DaemonEvent.Halted _ ->
                state.startAgain() ? launch(history.wanted()) : Step.stay(new Stopped(history));
            case DaemonEvent.HaltFailed failed -> {
                History later = history.begun();
                yield new Step(
                        new Draining(state.startAgain(), failed.reason(), later),
                        List.of(new DaemonEffect.Wait(later.attempts(), patience.maxBackoff())));
            }
            case DaemonEvent.Due due
            when due.attempt() == history.attempts() ->
                new Step(
                        new Draining(state.startAgain(), state.trouble(), history.begun()),
                        List.of(new DaemonEffect.Halt()));
            case DaemonEvent.StartRequested _ -> Step.stay(new Draining(true, state.trouble(), history));
            case DaemonEvent.StopRequested _ -> Step.stay(new Draining(false, state.trouble(), history));
            default -> Step.stay(state);
        };
    }

    private static Step launch(History history) {
        History begun = history.begun();
        return new Step(new Starting(begun), List.of(new DaemonEffect.Launch(begun.attempts())));
    }

    private static Step halt(History history) {
        return new Step(new Draining(false, "", history.begun()), List.of(new DaemonEffect.Halt()));
    }

    private Step retry(Problem problem, String reason, History before, Instant now) {
        History history = before.failed().begun();
        Duration delay = patience.backoff(history.failures());
        return new Step(
                new Backoff(problem, reason, delay, now.plus(delay), history),
                List.of(new DaemonEffect.Wait(history.attempts(), delay)));
    }
}
