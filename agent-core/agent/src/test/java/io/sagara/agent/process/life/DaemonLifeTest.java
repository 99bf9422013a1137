package io.sagara.agent.process.life;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagara.agent.process.DaemonProcess;
import io.sagara.agent.process.life.DaemonState.Backoff;
import io.sagara.agent.process.life.DaemonState.Draining;
import io.sagara.agent.process.life.DaemonState.Running;
import io.sagara.agent.process.life.DaemonState.Starting;
import io.sagara.agent.process.life.DaemonState.Stopped;
import io.sagara.spi.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DaemonLifeTest {
    private static final DaemonProcess PROCESS = new DaemonProcess(7, 70);

    private final DaemonLife life = new DaemonLife(Patience.DEFAULT);
    private DaemonState state = DaemonLife.BEGINNING;
    private List<DaemonEffect> effects = List.of();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void aStartLaunchesAndWatches() {
        on(new DaemonEvent.StartRequested());
        assertThat(state).isInstanceOf(Starting.class);
        assertThat(effects).containsExactly(new DaemonEffect.Launch(1));
        ready();
        assertThat(state).isEqualTo(new Running(PROCESS, now, state.history()));
        assertThat(effects).containsExactly(new DaemonEffect.Watch(PROCESS));
    }

    @Test
    void startingAStartedOneChangesNothing() {
        on(new DaemonEvent.StartRequested());
        ready();
        DaemonState running = state;
        on(new DaemonEvent.StartRequested());
        assertThat(state).isEqualTo(running);
        assertThat(effects).isEmpty();
    }

    @Test
    void failuresInARowWaitTwiceAsLongEachUpToAMinute() {
        on(new DaemonEvent.StartRequested());
        List<Long> seconds = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            on(new DaemonEvent.StartFailed(state.history().attempts(), Problem.UNAVAILABLE, "no disk"));
            seconds.add(((Backoff) state).delay().toSeconds());
            due();
        }
        assertThat(seconds).containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L, 60L);
        assertThat(state.history().restarts()).isZero();
    }

    @Test
    void crashesInARowCountAsFailuresUntilItRanStable() {
        on(new DaemonEvent.StartRequested());
        List<Long> seconds = new ArrayList<>();
        for (Duration ran : List.of(Duration.ZERO, Duration.ofSeconds(59), Duration.ofSeconds(60), Duration.ZERO)) {
            ready();
            now = now.plus(ran);
            on(new DaemonEvent.Exited(PROCESS, Problem.UNAVAILABLE, "killed"));
            seconds.add(((Backoff) state).delay().toSeconds());
            due();
        }
        assertThat(seconds).containsExactly(1L, 2L, 1L, 2L);
        assertThat(state.history().restarts()).isEqualTo(4);
    }

    @Test
    void anEndIsTheReasonOfTheBackoff() {
        on(new DaemonEvent.StartRequested());
        ready();
        on(new DaemonEvent.Exited(PROCESS, Problem.IN_USE, "killed"));
        assertThat(state)
                .isEqualTo(new Backoff(
                        Problem.IN_USE, "killed", Duration.ofSeconds(1), now.plusSeconds(1), state.history()));
    }

    @Test
    void theEndOfAnotherProcessIsNotItsEnd() {
        on(new DaemonEvent.StartRequested());
        ready();
        on(new DaemonEvent.Exited(new DaemonProcess(7, 71), Problem.UNAVAILABLE, "other"));
        assertThat(state).isInstanceOf(Running.class);
    }

    @Test
    void aStopWhileItStartsHaltsAndIgnoresTheLateAnswer() {
        on(new DaemonEvent.StartRequested());
        on(new DaemonEvent.StopRequested());
        assertThat(effects).containsExactly(new DaemonEffect.Halt());
        on(new DaemonEvent.Ready(1, PROCESS));
        assertThat(state).isInstanceOf(Draining.class);
        on(new DaemonEvent.Halted());
        assertThat(state).isInstanceOf(Stopped.class);
        assertThat(effects).isEmpty();
    }

    @Test
    void aStopDuringBackoffCancelsTheNextAttempt() {
        on(new DaemonEvent.StartRequested());
        on(new DaemonEvent.StartFailed(1, Problem.UNAVAILABLE, "no disk"));
        long wait = state.history().attempts();
        on(new DaemonEvent.StopRequested());
        on(new DaemonEvent.Halted());
        on(new DaemonEvent.Due(wait));
        assertThat(state).isInstanceOf(Stopped.class);
        assertThat(effects).isEmpty();
    }

    @Test
    void aStartWhileItStopsComesAfterTheStop() {
        on(new DaemonEvent.StartRequested());
        ready();
        on(new DaemonEvent.StopRequested());
        on(new DaemonEvent.StartRequested());
        assertThat(effects).isEmpty();
        on(new DaemonEvent.Halted());
        assertThat(state).isInstanceOf(Starting.class);
        assertThat(effects).hasSize(1).first().isInstanceOf(DaemonEffect.Launch.class);
    }

    @Test
    void aStopThatFailsIsTriedAgain() {
        on(new DaemonEvent.StartRequested());
        ready();
        on(new DaemonEvent.StopRequested());
        on(new DaemonEvent.HaltFailed("it hangs"));
        assertThat(DaemonReport.of("b", state).detail()).isEqualTo("it hangs");
        due();
        assertThat(effects).containsExactly(new DaemonEffect.Halt());
        on(new DaemonEvent.Halted());
        assertThat(state).isInstanceOf(Stopped.class);
    }

    @Test
    void beingWantedAgainBeginsANewHistory() {
        on(new DaemonEvent.StartRequested());
        ready();
        on(new DaemonEvent.Exited(PROCESS, Problem.UNAVAILABLE, "killed"));
        on(new DaemonEvent.StopRequested());
        on(new DaemonEvent.Halted());
        assertThat(state.history().restarts()).isEqualTo(1);
        on(new DaemonEvent.StartRequested());
        assertThat(state.history().restarts()).isZero();
        assertThat(state.history().failures()).isZero();
    }

    private void ready() {
        on(new DaemonEvent.Ready(state.history().attempts(), PROCESS));
    }

    private void due() {
        on(new DaemonEvent.Due(state.history().attempts()));
    }

    private void on(DaemonEvent event) {
        DaemonLife.Step step = life.next(state, event, now);
        state = step.state();
        effects = step.effects();
    }
}
