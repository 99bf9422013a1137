package io.sagara.agent.mount;

import java.time.Duration;
import java.time.Instant;

/// What people are told about a mount.
final class MountProblems {
    private MountProblems() {}

    static String describe(MountState state, Instant now) {
        return switch (state) {
            case MountState.Unmounted _ -> "it is being mounted";
            case MountState.Mounted(int connected, int bricks, boolean _) ->
                connected + " of " + bricks + " bricks are connected";
            case MountState.Stalled stalled ->
                stalled.reason() + ", for "
                        + Duration.between(stalled.since(), now).toSeconds() + " s now";
            case MountState.Dead(String reason) -> reason;
        };
    }

    static String advice(MountState state) {
        return switch (state) {
            case MountState.Unmounted _, MountState.Mounted _ -> "try again in a moment";
            case MountState.Stalled stalled ->
                switch (stalled.who()) {
                    case BRICKS -> "check that the pool's bricks run and can be reached";
                    case CLIENT -> "it is mounted again if this lasts";
                };
            case MountState.Dead _ -> "it is being mounted again";
        };
    }
}
