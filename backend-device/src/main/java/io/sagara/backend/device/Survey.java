package io.sagara.backend.device;

import io.sagara.backend.device.plan.BrickRecord;
import io.sagara.backend.device.plan.Content;
import io.sagara.backend.device.plan.Device;
import io.sagara.backend.device.plan.Facts;
import io.sagara.backend.device.system.Kernel;
import io.sagara.backend.device.system.Machine;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/// Gathers the facts about an unmounted unit. For a file it takes a loop device, which whoever asked gives back
/// where nothing comes of it; otherwise it changes nothing.
record Survey(Machine machine, Records records, Supplier<UUID> freshIds) {
    Facts of(Unit unit, Claims.Held held) {
        Facts.Wanted wanted = unit.wanted();
        Optional<BrickRecord> record = records.load(unit);
        Kernel.Node node = machine.kernel().node(unit.source());
        Optional<Facts.Seen> named =
                switch (node) {
                    case Kernel.Node.Missing() -> Optional.empty();
                    case Kernel.Node.Unfit() ->
                        throw new StorageException(
                                Problem.INVALID_ARGUMENT,
                                unit.source() + " is neither a block device nor a file; list a directory as 'path'");
                    case Kernel.Node.Block block -> Optional.of(seen(block, record, held));
                    case Kernel.Node.RegularFile file -> {
                        held.take("the file " + file.identity());
                        yield Optional.of(seen(machine.loops().take(unit.loopLedger(), file), record, held));
                    }
                };
        boolean isFile = node instanceof Kernel.Node.RegularFile;
        List<Facts.Seen> elsewhere = isFile ? List.of() : elsewhere(record, named, held);
        return new Facts(wanted, record, named, elsewhere, records.others(unit), freshIds.get());
    }

    private Facts.Seen seen(Kernel.Node.Block block, Optional<BrickRecord> record, Claims.Held held) {
        held.take("the device " + block.number());
        Device device = machine.kernel().device(block);
        Content content = device.users().isEmpty() || record.isPresent()
                ? machine.signatures().content(device)
                : new Content.Other("something in use");
        boolean settled = record.filter(one -> one.stage() != BrickRecord.Stage.FORMATTING)
                .filter(one -> content instanceof Content.Formatted formatted
                        && formatted.id().equals(one.filesystemId()))
                .isPresent();
        // asking opens the device for writing: not where the answer does not matter
        boolean matters = !settled && device.users().isEmpty() && !device.readOnly();
        return new Facts.Seen(
                device.withHeld(matters && machine.signatures().isHeld(device)), content, Optional.empty());
    }

    /// Device names are not to be trusted after a boot, so a brick that has a record is looked for everywhere.
    private List<Facts.Seen> elsewhere(Optional<BrickRecord> record, Optional<Facts.Seen> named, Claims.Held held) {
        if (record.isEmpty()) {
            return List.of();
        }
        List<Facts.Seen> found = new ArrayList<>();
        for (Path path : carriers(record.get(), named)) {
            if (machine.kernel().node(path) instanceof Kernel.Node.Block block
                    && named.filter(seen -> seen.device().number().equals(block.number()))
                            .isEmpty()
                    // the paths of a multipath device and the halves of a mirror show the same file system as the whole
                    && machine.kernel().holders(block).isEmpty()) {
                found.add(seen(block, record, held));
            }
        }
        return found;
    }

    private List<Path> carriers(BrickRecord record, Optional<Facts.Seen> named) {
        try {
            return machine.signatures().carriers(record.filesystemId());
        } catch (StorageException e) {
            boolean here = named.filter(seen -> seen.content() instanceof Content.Formatted formatted
                            && formatted.id().equals(record.filesystemId()))
                    .isPresent();
            if (here && e.problem() == Problem.UNAVAILABLE) {
                // some other device hangs; this brick is where it is expected
                return List.of();
            }
            throw e;
        }
    }
}
