package io.sagara.agent.process;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/// Starts, finds and ends the processes that outlive the agent. Any number of threads may call; two calls for
/// one name at the same time are the caller's mistake.
public interface Daemons {
    /// The running process of this spec, found by its command line, whoever started it. Empty where none runs.
    Optional<DaemonProcess> find(DaemonSpec spec);

    /// Starts the daemon detached from the agent and returns when it has gone into the background, or the one
    /// that runs already. Throws UNAVAILABLE, with the end of its log, where it exits instead or `deadline`
    /// passes.
    DaemonProcess ensure(DaemonSpec spec, Duration deadline);

    /// Asks the process to end (SIGTERM), kills it after `grace`, and returns when it is gone. A process that
    /// is gone, or whose pid is now another's, is a success.
    void stop(DaemonProcess process, Duration grace);

    /// Sends a signal by its name without "SIG", such as `HUP`; a process that is gone is no failure.
    void signal(DaemonProcess process, String signal);

    /// Whether it still runs.
    boolean alive(DaemonProcess process);

    /// Completes when the process has ended. Not by polling where the kernel can tell.
    CompletionStage<Void> onExit(DaemonProcess process);
}
