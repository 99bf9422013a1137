package io.sagara.agent.process.life;

import io.sagara.agent.process.DaemonProcess;
import io.sagara.spi.Problem;
import java.time.Duration;
import java.time.Instant;

/// Where a daemon is in its life.
public sealed interface DaemonState {
    /// Not wanted; nothing runs.
    record Stopped(History history) implements DaemonState {}

    /// Wanted; it is being launched or adopted, or runs and does not answer yet.
    record Starting(History history) implements DaemonState {}

    /// Serves since `since`.
    record Running(DaemonProcess process, Instant since, History history) implements DaemonState {}

    /// Wanted and not running, because of `reason`. The next attempt is `delay` after the failure, at `until`.
    record Backoff(Problem problem, String reason, Duration delay, Instant until, History history)
            implements DaemonState {}

    /// Not wanted; it may still run, and is being ended. `startAgain`: it was asked for meanwhile. `trouble`:
    /// why it has not ended yet, empty at first.
    record Draining(boolean startAgain, String trouble, History history) implements DaemonState {}

    /// What was before.
    History history();

    /// `attempts`: how many times something was begun, which tells answers to the latest from late ones.
    /// `failures`: of the current row of failures. `restarts`: how often it ended without being asked to, since
    /// it was wanted.
    record History(long attempts, int failures, int restarts) {
        /// Nothing was.
        static final History NONE = new History(0, 0, 0);

        History begun() {
            return new History(attempts + 1, failures, restarts);
        }

        History failed() {
            return new History(attempts, failures + 1, restarts);
        }

        History ended(boolean wasStable) {
            return new History(attempts, wasStable ? 0 : failures, restarts + 1);
        }

        History wanted() {
            return new History(attempts, 0, 0);
        }
    }
}
