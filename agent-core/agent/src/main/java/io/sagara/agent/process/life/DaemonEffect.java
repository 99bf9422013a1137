package io.sagara.agent.process.life;

import io.sagara.agent.process.DaemonProcess;
import java.time.Duration;

/// What is to be done. Launch and Halt are done one after the other, never at the same time, and each is
/// answered by exactly one event.
sealed interface DaemonEffect {
    /// Adopt or start it and wait until it answers; then Ready or StartFailed.
    record Launch(long attempt) implements DaemonEffect {}

    /// Give up a launch that is under way and end whatever runs; then Halted or HaltFailed.
    record Halt() implements DaemonEffect {}

    /// Report Exited when this process ends.
    record Watch(DaemonProcess process) implements DaemonEffect {}

    /// Report Due after the delay.
    record Wait(long attempt, Duration delay) implements DaemonEffect {}
}
