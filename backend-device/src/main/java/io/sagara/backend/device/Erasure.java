package io.sagara.backend.device;

import io.sagara.backend.device.plan.BrickRecord;
import io.sagara.backend.device.plan.Device;
import io.sagara.backend.device.plan.ErasePlan;
import io.sagara.backend.device.plan.Facts;
import io.sagara.backend.device.system.Kernel;
import io.sagara.backend.device.system.Machine;
import io.sagara.spi.BackendHost;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// Removes the data of bricks. The file system goes too where nothing but the brick was on it, so that the
/// device is blank for whoever comes next. A crash anywhere leaves an erase that can be repeated.
record Erasure(
        BackendHost host, Machine machine, Records records, Survey survey, Claims claims, Attachment attachment) {
    private static final String MADE_BY_MKFS = "lost+found";

    void erase(Unit unit) {
        unit.wanted();
        machine.mounts().unmount(unit.lookPoint());
        if (machine.kernel().mountAt(unit.mountPoint()).isPresent()) {
            empty(
                    unit,
                    records.load(unit)
                            .filter(one -> one.volumeId().equals(unit.pool().id()))
                            .orElseThrow(() -> new StorageException(
                                    Problem.IN_USE,
                                    "something that is not this brick is mounted on " + unit.mountPoint()
                                            + "; unmount it")));
            return;
        }
        try (Claims.Held held = claims.by(unit)) {
            unmounted(unit, survey.of(unit, held));
        } catch (RuntimeException e) {
            attachment.giveBack(unit, e);
            throw e;
        }
    }

    private void unmounted(Unit unit, Facts facts) {
        ErasePlan plan = ErasePlan.of(facts);
        if (plan instanceof ErasePlan.Look(Device device, var filesystem)) {
            plan = ErasePlan.of(facts.with(device, machine.insides().look(device, filesystem, unit.lookPoint())));
        }
        switch (plan) {
            case ErasePlan.Look look -> throw new IllegalStateException("looked already: " + look);
            case ErasePlan.Refused(Problem problem, String why) -> throw new StorageException(problem, why);
            case ErasePlan.Forget(String why) -> {
                host.progress(unit.where() + "nothing to erase: " + why);
                forget(unit);
            }
            case ErasePlan.Wipe(Device device) -> {
                machine.signatures().wipe(device);
                forget(unit);
            }
            case ErasePlan.Empty(Device device, BrickRecord record) -> {
                records.save(unit, record);
                machine.mounts()
                        .mount(record.filesystem().mount(device.node(), unit.mountPoint()), device, unit.mountPoint());
                empty(unit, record);
            }
        }
    }

    private void empty(Unit unit, BrickRecord record) {
        Device device = mountedDevice(unit);
        host.bricks().erase(unit.pool(), unit.brick(), unit.brickDirectory());
        unit.mark().delete();
        if (holdsMore(unit.mountPoint())) {
            host.progress(unit.where() + "leaving the file system on " + record.source()
                    + ", which holds more than the brick");
            machine.mounts().unmount(unit.mountPoint());
        } else {
            // from here on there is nothing of value on it, and an attach after a crash may make it anew
            records.save(unit, record.at(BrickRecord.Stage.FORMATTING));
            machine.mounts().unmount(unit.mountPoint());
            machine.signatures().wipe(device);
        }
        forget(unit);
    }

    private Device mountedDevice(Unit unit) {
        Kernel kernel = machine.kernel();
        return kernel.mountAt(unit.mountPoint())
                .flatMap(mounted -> kernel.block(mounted.number()))
                .map(kernel::device)
                .orElseThrow(() -> new StorageException(
                        Problem.UNAVAILABLE,
                        "the device mounted on " + unit.mountPoint() + " is gone; connect it again, or detach the unit"
                                + " first to forget it"));
    }

    private static boolean holdsMore(Path root) {
        try (Stream<Path> files = Files.list(root)) {
            return files.anyMatch(file -> !file.endsWith(MADE_BY_MKFS));
        } catch (IOException e) {
            throw new StorageException(Problem.UNAVAILABLE, root + " cannot be read (" + e + "); see `dmesg`", e);
        }
    }

    private void forget(Unit unit) {
        records.forget(unit);
        attachment.detach(unit);
    }
}
