package io.sagara.agent.process.life;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagara.agent.process.DaemonProcess;
import io.sagara.spi.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/// A model of what surrounds a daemon's life: work that goes on step by step while other things happen, timers
/// that ring, processes that end. A launch looks first and spawns in a later step, so two at once would give
/// two processes; a halt waits for the launch before it. It is an error to ask for more than that at a time.
final class DaemonWorld {
    /// What may happen next.
    enum Happening {
        START,
        STOP,
        /// the work that is under way goes on: a launch spawns, or answers
        WORK,
        /// as WORK, but it fails
        WORK_FAILS,
        CRASH,
        CLOCK,
        DELIVER,
    }

    private final DaemonLife life;
    private final List<DaemonProcess> live = new ArrayList<>();
    private final Deque<DaemonEffect> work = new ArrayDeque<>();
    private Optional<Boolean> lookFoundOne = Optional.empty();
    private final Deque<DaemonEvent> mailbox = new ArrayDeque<>();
    private final List<DaemonEffect.Wait> alarms = new ArrayList<>();
    private final List<DaemonProcess> watched = new ArrayList<>();
    private final List<String> story = new ArrayList<>();
    private DaemonState state = DaemonLife.BEGINNING;
    private Instant now = Instant.EPOCH;
    private long pids;
    private int launches;
    private int startedByThisAgent;

    DaemonWorld(Patience patience) {
        life = new DaemonLife(patience);
    }

    void happens(Happening happening) {
        story.add(happening + " in " + state.getClass().getSimpleName() + ", live " + live.size());
        switch (happening) {
            case START -> on(new DaemonEvent.StartRequested());
            case STOP -> on(new DaemonEvent.StopRequested());
            case WORK -> work(true);
            case WORK_FAILS -> work(false);
            case CRASH -> crash();
            case CLOCK -> clock();
            case DELIVER -> deliver();
        }
    }

    /// Lets everything go on until nothing is left to do, and nothing bad happens.
    void settle() {
        while (!work.isEmpty() || !mailbox.isEmpty() || !alarms.isEmpty()) {
            deliver();
            work(true);
            clock();
        }
    }

    /// The agent is killed; a new one knows nothing, and the processes live on.
    void newAgent() {
        work.clear();
        lookFoundOne = Optional.empty();
        mailbox.clear();
        alarms.clear();
        watched.clear();
        state = DaemonLife.BEGINNING;
        startedByThisAgent = 0;
    }

    private void on(DaemonEvent event) {
        DaemonLife.Step step = life.next(state, event, now);
        state = step.state();
        for (DaemonEffect effect : step.effects()) {
            switch (effect) {
                case DaemonEffect.Launch launch -> {
                    assertThat(work).as(this::story).isEmpty();
                    launches++;
                    work.add(launch);
                }
                case DaemonEffect.Halt halt -> {
                    assertThat(work).as(this::story).doesNotContain(halt).hasSizeLessThan(2);
                    work.add(halt);
                }
                case DaemonEffect.Wait alarm -> alarms.add(alarm);
                case DaemonEffect.Watch(DaemonProcess process) -> {
                    watched.add(process);
                    if (!live.contains(process)) {
                        exited(process);
                    }
                }
            }
        }
    }

    /// The oldest piece of work goes on. A launch that a halt waits for may be given up, or may get through.
    private void work(boolean succeeds) {
        if (work.peek() instanceof DaemonEffect.Launch && succeeds && lookFoundOne.isEmpty()) {
            lookFoundOne = Optional.of(!live.isEmpty());
            return;
        }
        DaemonEffect next = work.poll();
        switch (next) {
            case DaemonEffect.Launch launch when succeeds -> spawned(launch.attempt());
            case DaemonEffect.Launch launch -> failed(launch.attempt());
            case DaemonEffect.Halt _
            when succeeds -> {
                List.copyOf(live).forEach(this::end);
                mailbox.add(new DaemonEvent.Halted());
            }
            case DaemonEffect.Halt _ -> mailbox.add(new DaemonEvent.HaltFailed("model"));
            case null, default -> {}
        }
    }

    private void spawned(long attempt) {
        boolean found = lookFoundOne.orElseThrow();
        lookFoundOne = Optional.empty();
        if (!found) {
            startedByThisAgent++;
            pids++;
            live.add(new DaemonProcess(pids, pids));
        }
        if (live.isEmpty()) {
            failed(attempt); // what it found has ended since
        } else {
            mailbox.add(new DaemonEvent.Ready(attempt, live.getLast()));
        }
    }

    private void failed(long attempt) {
        lookFoundOne = Optional.empty();
        mailbox.add(new DaemonEvent.StartFailed(attempt, Problem.UNAVAILABLE, "model"));
    }

    private void crash() {
        if (!live.isEmpty()) {
            end(live.getFirst());
        }
    }

    private void end(DaemonProcess process) {
        live.remove(process);
        if (watched.contains(process)) {
            exited(process);
        }
    }

    private void exited(DaemonProcess process) {
        mailbox.add(new DaemonEvent.Exited(process, Problem.UNAVAILABLE, "model"));
    }

    private void clock() {
        now = now.plus(Duration.ofSeconds(20));
        if (!alarms.isEmpty()) {
            mailbox.add(new DaemonEvent.Due(alarms.removeFirst().attempt()));
        }
    }

    private void deliver() {
        DaemonEvent event = mailbox.poll();
        if (event != null) {
            on(event);
        }
    }

    DaemonState state() {
        return state;
    }

    int live() {
        return live.size();
    }

    int launchesBegun() {
        return launches;
    }

    int startedByThisAgent() {
        return startedByThisAgent;
    }

    long everStarted() {
        return pids;
    }

    String story() {
        return String.join("\n", story);
    }
}
