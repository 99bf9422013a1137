package io.sagara.backend.device;

import io.sagara.backend.device.plan.Action;
import io.sagara.backend.device.plan.BrickRecord;
import io.sagara.backend.device.plan.Device;
import io.sagara.backend.device.plan.DevicePlan;
import io.sagara.backend.device.plan.Facts;
import io.sagara.backend.device.plan.Inside;
import io.sagara.backend.device.system.Kernel;
import io.sagara.backend.device.system.Machine;
import io.sagara.spi.BackendHost;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;

/// Attaches and detaches units. Whatever an attach took is given back where it fails.
final class Attachment {
    private final BackendHost host;
    private final Machine machine;
    private final Records records;
    private final Survey survey;
    private final Claims claims;

    Attachment(BackendHost host, Machine machine, Records records, Survey survey, Claims claims) {
        this.host = host;
        this.machine = machine;
        this.records = records;
        this.survey = survey;
        this.claims = claims;
    }

    Path attach(Unit unit) {
        unit.wanted();
        machine.mounts().unmount(unit.lookPoint());
        if (isServable(unit)) {
            return adopt(unit);
        }
        try (Claims.Held held = claims.by(unit)) {
            mount(unit, survey.of(unit, held));
            return finish(unit);
        } catch (RuntimeException e) {
            giveBack(unit, e);
            throw e;
        }
    }

    /// Whether it is mounted and answers. A mount whose device failed is taken away, so that a device that has
    /// come back is mounted anew.
    private boolean isServable(Unit unit) {
        if (machine.kernel().mountAt(unit.mountPoint()).isEmpty()) {
            return false;
        }
        if (machine.insides().inside(unit.mountPoint()) instanceof Inside.Contents) {
            return true;
        }
        detach(unit);
        return false;
    }

    /// It is mounted since before the agent started, and may be served.
    private Path adopt(Unit unit) {
        BrickRecord record = records.load(unit)
                .filter(one -> one.volumeId().equals(unit.pool().id()))
                .orElseThrow(() -> new StorageException(
                        Problem.IN_USE,
                        "something that is not this brick is mounted on " + unit.mountPoint() + "; unmount it"));
        if (!record.source().equals(unit.brick().unit().source())) {
            if (!isMountedSource(unit)) {
                throw new StorageException(
                        Problem.IN_USE,
                        "it is still attached on " + record.source() + "; detach that before "
                                + unit.brick().unit().source() + " takes its place");
            }
            records.save(unit, record.named(unit.brick().unit().source()));
        }
        return finish(unit);
    }

    private boolean isMountedSource(Unit unit) {
        return switch (machine.kernel().node(unit.source())) {
            case Kernel.Node.Block block ->
                machine.kernel()
                        .mountAt(unit.mountPoint())
                        .filter(mounted -> mounted.number().equals(block.number()))
                        .isPresent();
            case Kernel.Node.RegularFile file -> machine.loops().has(unit.loopLedger(), file);
            case Kernel.Node.Missing _, Kernel.Node.Unfit _ -> false;
        };
    }

    private void mount(Unit unit, Facts facts) {
        DevicePlan plan = DevicePlan.of(facts);
        if (plan instanceof DevicePlan.Look(Device device, var filesystem)) {
            plan = DevicePlan.of(facts.with(device, machine.insides().look(device, filesystem, unit.lookPoint())));
        }
        switch (plan) {
            case DevicePlan.Refused(Problem problem, String why) -> throw new StorageException(problem, why);
            case DevicePlan.Look look -> throw new IllegalStateException("looked already: " + look);
            case DevicePlan.Attach(Device device, var steps) -> steps.forEach(step -> run(unit, device, step));
        }
    }

    private void run(Unit unit, Device device, Action step) {
        switch (step) {
            case Action.Tell(String line) -> host.progress(unit.where() + line);
            case Action.Remember(BrickRecord record) -> records.save(unit, record);
            case Action.Wipe() -> machine.signatures().wipe(device);
            case Action.Format(var filesystem, UUID id) -> machine.signatures().format(device, filesystem, id);
            case Action.Mount(var filesystem) ->
                machine.mounts().mount(filesystem.mount(device.node(), unit.mountPoint()), device, unit.mountPoint());
        }
    }

    /// From mounted to ready to be served.
    private Path finish(Unit unit) {
        BrickRecord record = records.load(unit).orElseThrow();
        DevicePlan.mounted(unit.wanted(), record, machine.insides().inside(unit.mountPoint()))
                .ifPresent(refused -> {
                    throw new StorageException(refused.problem(), refused.why());
                });
        String mark = new Inside.Mark(unit.pool().id(), unit.brick().index()).text();
        if (!unit.mark().read().equals(Optional.of(mark))) {
            unit.mark().write(mark);
        }
        Path directory = host.bricks().prepare(unit.pool(), unit.brick(), unit.mountPoint(), unit.brickDirectory());
        if (record.stage() != BrickRecord.Stage.READY) {
            records.save(unit, record.at(BrickRecord.Stage.READY));
        }
        return directory;
    }

    void detach(Unit unit) {
        machine.mounts().unmount(unit.lookPoint());
        machine.mounts().unmount(unit.mountPoint());
        machine.loops().release(unit.loopLedger());
        records.tidy(unit);
    }

    /// After a failure: its cause is what the user must see, and what cannot be given back beside it.
    void giveBack(Unit unit, RuntimeException cause) {
        // the deadline of the call has passed where it is interrupted; these steps are short and must be done
        boolean interrupted = Thread.interrupted();
        try {
            detach(unit);
        } catch (RuntimeException e) {
            cause.addSuppressed(e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
