package io.sagara.agent.process.life;

import io.sagara.agent.process.DaemonProcess;
import io.sagara.spi.Problem;

/// What happens to a daemon. `attempt` is [DaemonState.History#attempts] of the effect it answers.
sealed interface DaemonEvent {
    /// It shall run.
    record StartRequested() implements DaemonEvent {}

    /// It shall not run.
    record StopRequested() implements DaemonEvent {}

    /// The launch succeeded: the process runs and answers.
    record Ready(long attempt, DaemonProcess process) implements DaemonEvent {}

    /// The launch failed and left no process.
    record StartFailed(long attempt, Problem problem, String reason) implements DaemonEvent {}

    /// The process has ended.
    record Exited(DaemonProcess process, Problem problem, String reason) implements DaemonEvent {}

    /// The time that was waited for has come.
    record Due(long attempt) implements DaemonEvent {}

    /// No process is left.
    record Halted() implements DaemonEvent {}

    /// It does not end.
    record HaltFailed(String reason) implements DaemonEvent {}
}
