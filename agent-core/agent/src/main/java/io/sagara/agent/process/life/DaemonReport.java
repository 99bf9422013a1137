package io.sagara.agent.process.life;

import java.util.OptionalLong;

/// A daemon as its supervisor sees it, for people and for PoolStatus.
///
/// `pid`: of the process that serves. `detail`: one sentence on what it does, or why it does not run and what
/// happens next. `restarts`: how often it ended by itself since it was wanted.
public record DaemonReport(String name, Phase phase, OptionalLong pid, String detail, int restarts) {
    /// The states without what belongs to them.
    public enum Phase {
        STOPPED,
        STARTING,
        RUNNING,
        BACKOFF,
        DRAINING,
    }

    static DaemonReport of(String name, DaemonState state) {
        int restarts = state.history().restarts();
        return switch (state) {
            case DaemonState.Stopped _ -> report(name, Phase.STOPPED, "stopped", restarts);
            case DaemonState.Starting _ -> report(name, Phase.STARTING, "starting", restarts);
            case DaemonState.Running running ->
                new DaemonReport(
                        name,
                        Phase.RUNNING,
                        OptionalLong.of(running.process().pid()),
                        "serving as process " + running.process().pid() + " since " + running.since(),
                        restarts);
            case DaemonState.Backoff failed ->
                report(name, Phase.BACKOFF, failed.reason() + "; tried again at " + failed.until(), restarts);
            case DaemonState.Draining draining ->
                report(
                        name,
                        Phase.DRAINING,
                        draining.trouble().isEmpty() ? "being stopped" : draining.trouble(),
                        restarts);
        };
    }

    private static DaemonReport report(String name, Phase phase, String detail, int restarts) {
        return new DaemonReport(name, phase, OptionalLong.empty(), detail, restarts);
    }
}
