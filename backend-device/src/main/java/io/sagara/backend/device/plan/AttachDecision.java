package io.sagara.backend.device.plan;

import io.sagara.backend.device.plan.BrickRecord.Stage;
import io.sagara.backend.device.plan.Facts.Seen;
import io.sagara.backend.device.plan.UnitOptions.Wipe;
import io.sagara.spi.Bytes;
import io.sagara.spi.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/// The rules of [DevicePlan], in the order in which they are asked.
final class AttachDecision {
    private static final String ANOTHER = "choose another device";

    private final Facts facts;
    private final Facts.Wanted wanted;
    private final String source;

    AttachDecision(Facts facts) {
        this.facts = facts;
        this.wanted = facts.wanted();
        this.source = wanted.source();
    }

    DevicePlan decide() {
        List<Seen> carriers = facts.carriers();
        Optional<BrickRecord> own = facts.own();
        if (own.isPresent() && carriers.size() > 1) {
            return refuse(
                    Problem.IN_USE,
                    "the file system " + own.get().filesystemId() + " of this brick is on "
                            + carriers.stream()
                                    .map(seen -> seen.device().node().toString())
                                    .collect(Collectors.joining(" and "))
                            + "; take away the device that is only a copy");
        }
        if (own.isPresent() && !carriers.isEmpty()) {
            return known(own.get(), carriers.getFirst());
        }
        if (own.isPresent()
                && own.get().stage() != Stage.FORMATTING
                && own.get().source().equals(source)) {
            return lost(own.get());
        }
        return facts.named()
                .map(this::unknown)
                .orElseGet(() ->
                        refuse(Problem.NOT_FOUND, source + " does not exist; check the name, or connect the device"));
    }

    /// The brick's own file system, on whatever device it is today.
    private DevicePlan known(BrickRecord own, Seen seen) {
        Device device = seen.device();
        if (!device.users().isEmpty()) {
            return inUse(device);
        }
        if (device.readOnly()) {
            return refuse(
                    Problem.UNAVAILABLE,
                    device.node() + " with the file system of this brick has become read-only; check the device");
        }
        if (own.stage() == Stage.FORMATTING) {
            return halfMade(own, seen);
        }
        List<Action> steps = new ArrayList<>();
        if (facts.named().filter(named -> named.device().equals(device)).isEmpty()) {
            steps.add(new Action.Tell(
                    "its file system is now on " + device.node() + ", which " + source + " does not name any more"));
        }
        BrickRecord now = recordOf(device, own.filesystem(), own.filesystemId(), own.stage());
        steps.add(new Action.Remember(now.filling(own.deviceSize())));
        steps.add(new Action.Mount(own.filesystem()));
        return new DevicePlan.Attach(device, steps);
    }

    /// A crash came between choosing the UUID and having a whole file system. Nobody was served from it yet.
    private DevicePlan halfMade(BrickRecord own, Seen seen) {
        Device device = seen.device();
        if (device.held()) {
            return inUse(device);
        }
        return switch (seen.inside().orElse(null)) {
            case null -> new DevicePlan.Look(device, own.filesystem());
            case Inside.Unreadable _ -> format(seen, true);
            case Inside.Contents _ -> {
                BrickRecord whole = recordOf(device, own.filesystem(), own.filesystemId(), Stage.FORMATTED);
                yield new DevicePlan.Attach(
                        device, List.of(new Action.Remember(whole), new Action.Mount(own.filesystem())));
            }
        };
    }

    /// Whatever has the name now is not what this brick was on.
    private DevicePlan lost(BrickRecord own) {
        String now = facts.named()
                .map(seen -> source + " holds " + seen.content().inWords() + " now")
                .orElse(source + " does not exist");
        return refuse(
                Problem.UNAVAILABLE,
                "the file system " + own.filesystemId() + " of this brick"
                        + own.stableId().map(id -> " (device " + id + ")").orElse("")
                        + " is on no device of this node; "
                        + now + ". Connect the device again; where it is lost for good, erase this brick or name"
                        + " another device");
    }

    /// A device about which nothing is remembered.
    private DevicePlan unknown(Seen seen) {
        Device device = seen.device();
        if (!device.users().isEmpty() || device.held()) {
            return inUse(device);
        }
        if (device.size().equals(Bytes.ZERO)) {
            return refuse(Problem.UNAVAILABLE, source + " has no medium or does not answer; check the device");
        }
        if (device.readOnly()) {
            return refuse(Problem.INVALID_ARGUMENT, source + " is read-only; " + ANOTHER);
        }
        return switch (seen.content()) {
            case Content.Blank _ -> format(seen, false);
            case Content.Other _, Content.Ambivalent _ -> wipe(seen);
            case Content.Formatted formatted -> formatted(seen, formatted);
        };
    }

    private DevicePlan formatted(Seen seen, Content.Formatted content) {
        Optional<BrickRecord> owner = facts.ownerOf(content);
        if (owner.isPresent() && owner.get().volumeId().equals(wanted.volumeId())) {
            return refuse(
                    Problem.IN_USE, source + " is brick " + owner.get().index() + " of this pool already; " + ANOTHER);
        }
        return switch (seen.inside().orElse(null)) {
            case null -> new DevicePlan.Look(seen.device(), content.filesystem());
            case Inside.Unreadable(String why) ->
                refuse(
                        owner.isPresent() ? Problem.IN_USE : Problem.INVALID_ARGUMENT,
                        source + " holds " + content.inWords() + " that cannot be read (" + why + "), so it may be a"
                                + " brick; repair it with "
                                + content.filesystem().repairTool()
                                + ", or clear it yourself with `wipefs -a "
                                + seen.device().node() + "`");
            case Inside.Contents inside -> {
                Set<UUID> owners = inside.owners();
                owner.map(BrickRecord::volumeId).ifPresent(owners::add);
                yield owners.isEmpty() ? wipe(seen) : owned(seen, content, inside, owners);
            }
        };
    }

    private DevicePlan owned(Seen seen, Content.Formatted content, Inside.Contents inside, Set<UUID> owners) {
        if (owners.equals(Set.of(wanted.volumeId()))) {
            return takeOver(seen, content, inside);
        }
        if (wanted.options().wipe() instanceof Wipe.BricksOf(UUID doomed) && owners.equals(Set.of(doomed))) {
            return format(seen, true);
        }
        String id = owners.stream()
                .filter(owner -> !owner.equals(wanted.volumeId()))
                .map(UUID::toString)
                .sorted()
                .collect(Collectors.joining(" and "));
        return refuse(
                Problem.IN_USE,
                source + " holds a brick of the pool with volume id " + id + "; " + ANOTHER + ", or set 'wipe: " + id
                        + "' on this unit to destroy that brick");
    }

    private DevicePlan takeOver(Seen seen, Content.Formatted content, Inside.Contents inside) {
        Optional<DevicePlan.Refused> mixedUp = DevicePlan.mixedUp(wanted, inside);
        if (mixedUp.isPresent()) {
            return mixedUp.get();
        }
        if (inside.brick().isEmpty()) {
            return refuse(
                    Problem.IN_USE,
                    source + " holds a brick of this pool in '"
                            + String.join("', '", inside.volumeIds().keySet()) + "' and not in '" + Inside.BRICK
                            + "'; move it there");
        }
        BrickRecord record = recordOf(seen.device(), content.filesystem(), content.id(), Stage.READY);
        return new DevicePlan.Attach(
                seen.device(),
                List.of(
                        new Action.Tell("taking over the brick of this pool on " + source + " with its data"),
                        new Action.Remember(record),
                        new Action.Mount(content.filesystem())));
    }

    /// Something that is no brick: goes only where the user said so.
    private DevicePlan wipe(Seen seen) {
        String holds = source + " holds " + seen.content().inWords();
        return switch (wanted.options().wipe()) {
            case Wipe.AllButBricks() -> format(seen, true);
            case Wipe.Nothing() ->
                refuse(
                        Problem.INVALID_ARGUMENT,
                        holds + "; choose a blank device, or set 'wipe: true' on this unit to destroy what is there");
            case Wipe.BricksOf(UUID id) ->
                refuse(
                        Problem.INVALID_ARGUMENT,
                        holds + " and no brick of the pool " + id + " that 'wipe' names; correct 'wipe' or the"
                                + " device");
        };
    }

    private DevicePlan format(Seen seen, boolean wipe) {
        Device device = seen.device();
        Filesystem filesystem = wanted.options().filesystem();
        if (device.size().compareTo(filesystem.minimum()) < 0) {
            return refuse(
                    Problem.INVALID_ARGUMENT,
                    source + " has " + device.size() + ", and " + filesystem.type() + " needs " + filesystem.minimum()
                            + "; choose a larger device"
                            + (filesystem == Filesystem.XFS ? ", or set 'filesystem: ext4'" : ""));
        }
        Optional<String> before = facts.own().flatMap(BrickRecord::stableId);
        if (wipe && before.isPresent() && sameSource() && !before.equals(device.stableId())) {
            return refuse(
                    Problem.UNAVAILABLE,
                    source + " was the device " + before.get() + " when wiping it began, and is "
                            + device.stableId().orElse("another one") + " now; name the device you mean by its"
                            + " /dev/disk/by-id name");
        }
        return new DevicePlan.Attach(device, formatting(seen, filesystem, wipe));
    }

    private List<Action> formatting(Seen seen, Filesystem filesystem, boolean wipe) {
        BrickRecord begun = recordOf(seen.device(), filesystem, facts.fresh(), Stage.FORMATTING);
        List<Action> steps = new ArrayList<>();
        facts.own()
                .filter(_ -> !sameSource())
                .ifPresent(former -> steps.add(new Action.Tell("the file system " + former.filesystemId()
                        + " of before, on " + former.source() + ", stays as it is")));
        steps.add(new Action.Remember(begun));
        if (wipe) {
            steps.add(new Action.Tell("wiping " + seen.content().inWords() + " off " + source));
            steps.add(new Action.Wipe());
        }
        steps.add(new Action.Tell("making an " + filesystem.type() + " file system on " + source + " ("
                + seen.device().size() + ")"));
        steps.add(new Action.Format(filesystem, facts.fresh()));
        steps.add(new Action.Remember(
                begun.at(Stage.FORMATTED).filling(seen.device().size())));
        steps.add(new Action.Mount(filesystem));
        return steps;
    }

    private boolean sameSource() {
        return facts.own().filter(own -> own.source().equals(source)).isPresent();
    }

    private BrickRecord recordOf(Device device, Filesystem filesystem, UUID id, Stage stage) {
        return new BrickRecord(
                wanted.pool(),
                wanted.volumeId(),
                wanted.index(),
                source,
                device.stableId(),
                filesystem,
                id,
                stage,
                Bytes.ZERO);
    }

    private DevicePlan inUse(Device device) {
        String user = device.users().isEmpty()
                ? "is held open exclusively by another program or mounted by another container"
                : String.join(", ", device.users());
        return refuse(
                Problem.IN_USE,
                source + " " + user + "; stop that first (a device in use is never touched, whatever 'wipe' says)");
    }

    private static DevicePlan refuse(Problem problem, String why) {
        return new DevicePlan.Refused(problem, why);
    }
}
