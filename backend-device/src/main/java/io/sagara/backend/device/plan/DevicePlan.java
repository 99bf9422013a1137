package io.sagara.backend.device.plan;

import io.sagara.spi.Problem;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// How a unit is attached.
public sealed interface DevicePlan {
    /// Not at all.
    record Refused(Problem problem, String why) implements DevicePlan {}

    /// Nobody can say before somebody has looked into the file system of this device.
    record Look(Device device, Filesystem filesystem) implements DevicePlan {}

    /// By these steps on this device.
    record Attach(Device device, List<Action> steps) implements DevicePlan {
        /// Copies the list.
        public Attach {
            steps = List.copyOf(steps);
        }
    }

    /// Decides. A plan that follows from [Facts#with] is never [Look] again.
    static DevicePlan of(Facts facts) {
        return new AttachDecision(facts).decide();
    }

    /// The last word once the file system of the brick is mounted to be served and before anything is written
    /// to it: a reason to let it alone, or empty.
    static Optional<Refused> mounted(Facts.Wanted wanted, BrickRecord record, Inside inside) {
        return switch (inside) {
            case Inside.Unreadable(String why) ->
                refused(
                        Problem.UNAVAILABLE,
                        "the file system of " + wanted.source() + " cannot be read (" + why + "); see `dmesg`, then"
                                + " check the device");
            case Inside.Contents readable -> {
                Optional<Refused> mixedUp = mixedUp(wanted, readable);
                yield mixedUp.isPresent() ? mixedUp : owned(wanted, record, readable);
            }
        };
    }

    private static Optional<Refused> owned(Facts.Wanted wanted, BrickRecord record, Inside.Contents inside) {
        Optional<UUID> stranger = inside.owners().stream()
                .filter(id -> !id.equals(wanted.volumeId()))
                .findAny();
        if (stranger.isPresent()) {
            return refused(
                    Problem.IN_USE,
                    wanted.source() + " holds a brick of the pool with volume id " + stranger.get()
                            + "; choose another device");
        }
        if (record.stage() == BrickRecord.Stage.READY && inside.brick().isEmpty()) {
            return refused(
                    Problem.UNAVAILABLE,
                    "the brick directory '" + Inside.BRICK + "' on " + wanted.source() + " (file system "
                            + record.filesystemId() + ") is gone or has lost its volume id; restore it, or erase this"
                            + " brick to begin with an empty one");
        }
        return Optional.empty();
    }

    /// Where a mark says that the file system was made for another brick.
    static Optional<Refused> mixedUp(Facts.Wanted wanted, Inside.Contents inside) {
        return inside.mark()
                .filter(mark -> mark.volumeId().equals(wanted.volumeId()) && mark.index() != wanted.index())
                .flatMap(mark -> refused(
                        Problem.IN_USE,
                        wanted.source() + " is brick " + mark.index() + " of this pool; list the devices of the pool"
                                + " in their old order"));
    }

    private static Optional<Refused> refused(Problem problem, String why) {
        return Optional.of(new Refused(problem, why));
    }
}
