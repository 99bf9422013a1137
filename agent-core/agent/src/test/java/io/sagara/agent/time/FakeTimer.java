package io.sagara.agent.time;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Time that passes when a test says so: a [Timer] and the [InstantSource] that goes with it. Tasks run on the
/// thread that calls [#advance], in the order of their times, each at its own time.
public final class FakeTimer implements Timer, InstantSource {
    private record Task(long number, Instant at, Runnable run, Duration delay) {}

    private final List<Task> tasks = new ArrayList<>();
    private long scheduled;
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    @Override
    public synchronized Instant instant() {
        return now;
    }

    @Override
    public synchronized Scheduled after(Duration delay, Runnable run) {
        Task task = new Task(scheduled++, now.plus(delay), run, delay);
        tasks.add(task);
        notifyAll();
        return () -> cancel(task);
    }

    private synchronized void cancel(Task task) {
        tasks.removeIf(other -> other.number() == task.number());
    }

    /// Lets time pass, and runs what becomes due meanwhile, also what that schedules.
    public void advance(Duration by) {
        Instant end = instant().plus(by);
        for (Optional<Task> task = nextUntil(end); task.isPresent(); task = nextUntil(end)) {
            task.get().run().run();
        }
        synchronized (this) {
            now = end;
        }
    }

    private synchronized Optional<Task> nextUntil(Instant end) {
        Optional<Task> next =
                tasks.stream().filter(task -> !task.at().isAfter(end)).min(Comparator.comparing(Task::at));
        if (next.isPresent()) {
            cancel(next.get());
            now = next.get().at().isAfter(now) ? next.get().at() : now;
        }
        return next;
    }

    /// The delays of what is scheduled now, in the order it was scheduled.
    public synchronized List<Duration> scheduled() {
        return tasks.stream().map(Task::delay).toList();
    }

    /// Waits, in real time, until another thread has scheduled something.
    public synchronized void awaitScheduled() throws InterruptedException {
        while (tasks.isEmpty()) {
            wait();
        }
    }
}
