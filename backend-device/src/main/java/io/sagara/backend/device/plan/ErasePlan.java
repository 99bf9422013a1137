package io.sagara.backend.device.plan;

import io.sagara.backend.device.plan.Facts.Seen;
import io.sagara.spi.Bytes;
import io.sagara.spi.Problem;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// How the data of a brick is removed from a unit that is not mounted.
public sealed interface ErasePlan {
    /// There is none; what is remembered about it can be forgotten. `why` is for people.
    record Forget(String why) implements ErasePlan {}

    /// It is not this pool's to remove.
    record Refused(Problem problem, String why) implements ErasePlan {}

    /// Nobody can say before somebody has looked into the file system of this device.
    record Look(Device device, Filesystem filesystem) implements ErasePlan {}

    /// Mount it and remove the brick.
    record Empty(Device device, BrickRecord record) implements ErasePlan {}

    /// It was never whole: remove its signatures.
    record Wipe(Device device) implements ErasePlan {}

    /// Decides. A plan that follows from [Facts#with] is never [Look] again.
    static ErasePlan of(Facts facts) {
        List<Seen> carriers = facts.carriers();
        if (carriers.size() > 1) {
            return new Refused(
                    Problem.IN_USE,
                    "the file system of this brick is on " + carriers.size() + " devices; take away the one that is"
                            + " only a copy");
        }
        Optional<BrickRecord> own = facts.own();
        if (own.isPresent()) {
            return carriers.isEmpty()
                    ? new Forget(
                            "the file system " + own.get().filesystemId() + " of this brick is on no device of this"
                                    + " node; what is remembered about it is forgotten")
                    : known(own.get(), carriers.getFirst());
        }
        return facts.named()
                .map(seen -> unknown(facts, seen))
                .orElseGet(() -> new Forget(facts.wanted().source() + " does not exist"));
    }

    private static ErasePlan known(BrickRecord own, Seen seen) {
        Optional<ErasePlan> busy = busy(seen.device());
        if (busy.isPresent()) {
            return busy.get();
        }
        if (own.stage() != BrickRecord.Stage.FORMATTING) {
            return new Empty(seen.device(), own);
        }
        return switch (seen.inside().orElse(null)) {
            case null -> new Look(seen.device(), own.filesystem());
            case Inside.Unreadable _ -> new Wipe(seen.device());
            case Inside.Contents _ -> new Empty(seen.device(), own);
        };
    }

    private static ErasePlan unknown(Facts facts, Seen seen) {
        if (seen.content() instanceof Content.Blank) {
            return new Forget(facts.wanted().source() + " is blank");
        }
        Optional<ErasePlan> busy = busy(seen.device());
        if (busy.isPresent()) {
            return busy.get();
        }
        if (!(seen.content() instanceof Content.Formatted formatted)) {
            return stranger(facts, seen);
        }
        return switch (seen.inside().orElse(null)) {
            case null -> new Look(seen.device(), formatted.filesystem());
            case Inside.Unreadable _ -> stranger(facts, seen);
            case Inside.Contents inside ->
                inside.brick().isPresent()
                                && facts.ownerOf(formatted).isEmpty()
                                && inside.owners().equals(Set.of(facts.wanted().volumeId()))
                                && DevicePlan.mixedUp(facts.wanted(), inside).isEmpty()
                        ? new Empty(seen.device(), recordOf(facts.wanted(), seen.device(), formatted))
                        : stranger(facts, seen);
        };
    }

    private static BrickRecord recordOf(Facts.Wanted wanted, Device device, Content.Formatted content) {
        return new BrickRecord(
                wanted.pool(),
                wanted.volumeId(),
                wanted.index(),
                wanted.source(),
                device.stableId(),
                content.filesystem(),
                content.id(),
                BrickRecord.Stage.READY,
                Bytes.ZERO);
    }

    private static Optional<ErasePlan> busy(Device device) {
        return device.users().isEmpty()
                ? Optional.empty()
                : Optional.of(new Refused(
                        Problem.IN_USE, device.node() + " " + String.join(", ", device.users()) + "; stop that first"));
    }

    private static ErasePlan stranger(Facts facts, Seen seen) {
        return new Refused(
                Problem.IN_USE,
                facts.wanted().source() + " holds " + seen.content().inWords() + " and no brick of this pool; erase it"
                        + " yourself if you mean it");
    }
}
