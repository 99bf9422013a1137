package io.sagara.agent.mount;

import java.time.Duration;
import java.time.Instant;

/// What is known of a pool's mount.
public sealed interface MountState {
    /// Not mounted yet, or mounted and not yet looked at.
    record Unmounted() implements MountState {}

    /// It can be used. `connected` of `bricks` translators for bricks have a connection. `complete`: every set has as
    /// many as it needs, so that nothing is missing from what the mount shows.
    record Mounted(int connected, int bricks, boolean complete) implements MountState {}

    /// It does not answer, or answers with errors, since `since`. It may come back by itself. `who`: on whom it
    /// waits.
    record Stalled(Instant since, Who who, String reason) implements MountState {}

    /// It will never answer again and must be mounted anew.
    record Dead(String reason) implements MountState {}

    /// The parts a mount can wait for.
    enum Who {
        /// The bricks. Waiting for them has no limit: the client reconnects by itself.
        BRICKS,
        /// The client process.
        CLIENT
    }

    /// The state after `seen`, in the state `now` was in before. A client that is silent for `hungAfter` is
    /// dead; bricks never make it so. Only a new client ends [Dead].
    static MountState next(MountState before, Observation seen, Instant now, Duration hungAfter) {
        if (seen instanceof Observation.Fresh) {
            return new Unmounted();
        }
        if (before instanceof Dead) {
            return before;
        }
        return switch (seen) {
            case Observation.Fresh _ -> new Unmounted();
            case Observation.Answers(int connected, int bricks, boolean complete) ->
                new Mounted(connected, bricks, complete);
            case Observation.BricksRefuse(String reason) ->
                new Stalled(since(before, Who.BRICKS, now), Who.BRICKS, reason);
            case Observation.BricksSilent _ ->
                new Stalled(since(before, Who.BRICKS, now), Who.BRICKS, "the bricks do not answer");
            case Observation.ClientSilent _ -> {
                Instant since = since(before, Who.CLIENT, now);
                yield Duration.between(since, now).compareTo(hungAfter) < 0
                        ? new Stalled(since, Who.CLIENT, "the GlusterFS client does not answer")
                        : new Dead("the GlusterFS client has not answered for " + hungAfter.toSeconds() + " s");
            }
            case Observation.Gone(String reason) -> new Dead(reason);
        };
    }

    private static Instant since(MountState before, Who who, Instant now) {
        return before instanceof Stalled stalled && stalled.who() == who ? stalled.since() : now;
    }

    /// For people: how it is.
    default String describe(Instant now) {
        return switch (this) {
            case Unmounted _ -> "it is being mounted";
            case Mounted(int connected, int bricks, boolean _) -> connected + " of " + bricks + " bricks are connected";
            case Stalled stalled ->
                stalled.reason() + ", for "
                        + Duration.between(stalled.since(), now).toSeconds() + " s now";
            case Dead(String reason) -> reason;
        };
    }

    /// For people: what to do about it.
    default String advice() {
        return switch (this) {
            case Unmounted _, Mounted _ -> "try again in a moment";
            case Stalled stalled ->
                stalled.who() == Who.BRICKS
                        ? "check that the pool's bricks run and can be reached"
                        : "it is mounted again if this lasts";
            case Dead _ -> "it is being mounted again";
        };
    }
}
