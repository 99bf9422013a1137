package io.sagara.agent.process;

/// A running daemon. `pid` with `startTicks` (field 22 of /proc/PID/stat) is unique until the machine boots
/// again, so a recycled pid is never taken for it.
public record DaemonProcess(long pid, long startTicks) {}
