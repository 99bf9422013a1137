package io.sagara.backend.device;

import io.sagara.backend.device.plan.BrickRecord;
import io.sagara.backend.device.plan.Device;
import io.sagara.backend.device.system.Kernel;
import io.sagara.backend.device.system.Machine;
import io.sagara.spi.BackendHost;
import io.sagara.spi.Brick;
import io.sagara.spi.BrickHealth;
import io.sagara.spi.Bricks;
import io.sagara.spi.Bytes;
import io.sagara.spi.Pool;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;

/// Role 2 for devices: each brick has a file system of its own, mounted below the state directory.
final class DeviceBricks implements Bricks {
    private final BackendHost host;
    private final Path state;
    private final Machine machine;
    private final Records records;
    private final Attachment attachment;
    private final Erasure erasure;

    DeviceBricks(BackendHost host, Kernel kernel, Supplier<UUID> freshIds) {
        this.host = host;
        try {
            // the kernel names mounts by their real path
            this.state = host.stateDirectory().toRealPath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Claims claims = new Claims();
        this.machine = Machine.of(host.commands(), kernel);
        this.records = new Records(state);
        Survey survey = new Survey(machine, records, freshIds);
        this.attachment = new Attachment(host, machine, records, survey, claims);
        this.erasure = new Erasure(host, machine, records, survey, claims, attachment);
    }

    @Override
    public Path attach(Pool pool, Brick brick) {
        return onUnit(pool, brick, attachment::attach);
    }

    @Override
    public void start(Pool pool, Brick brick, Path directory) {
        host.bricks().start(pool, brick, directory);
    }

    @Override
    public void stop(Pool pool, Brick brick) {
        host.bricks().stop(pool, brick);
    }

    @Override
    public BrickHealth check(Pool pool, Brick brick, Path directory) {
        Unit unit = new Unit(state, pool, brick);
        if (machine.kernel().mountAt(unit.mountPoint()).isEmpty()) {
            String detail = unit.where() + brick.unit().source() + " is not mounted any more; attach it again";
            return new BrickHealth(false, detail, Bytes.ZERO, Bytes.ZERO);
        }
        return host.bricks().check(pool, brick, directory);
    }

    @Override
    public Bytes grow(Pool pool, Brick brick, Path directory) {
        return onUnit(pool, brick, this::grow);
    }

    private Bytes grow(Unit unit) {
        Kernel kernel = machine.kernel();
        machine.loops().stretch(unit.loopLedger(), unit.source());
        Device device = kernel.mountAt(unit.mountPoint())
                .flatMap(mounted -> kernel.block(mounted.number()))
                .map(kernel::device)
                .orElseThrow(() -> new StorageException(
                        Problem.UNAVAILABLE,
                        unit.source() + " is not attached, or its device is gone; attach it again"));
        BrickRecord record = records.load(unit)
                .orElseThrow(() -> new StorageException(
                        Problem.UNAVAILABLE, "nothing is remembered about " + unit.source() + "; attach it again"));
        if (device.size().compareTo(record.deviceSize()) > 0) {
            host.progress(unit.where() + "growing the file system on " + unit.source() + " to " + device.size());
            machine.mounts().grow(record.filesystem(), device, unit.mountPoint());
            records.save(unit, record.filling(device.size()));
        }
        // statvfs on this path alone: Files.getFileStore would walk the mount table and could hang on another mount
        long total = unit.mountPoint().toFile().getTotalSpace();
        if (total == 0) {
            throw new StorageException(
                    Problem.UNAVAILABLE, "the file system of " + unit.source() + " does not answer; see `dmesg`");
        }
        return new Bytes(total);
    }

    @Override
    public void detach(Pool pool, Brick brick) {
        onUnit(pool, brick, unit -> {
            attachment.detach(unit);
            return unit;
        });
    }

    @Override
    public void erase(Pool pool, Brick brick) {
        onUnit(pool, brick, unit -> {
            erasure.erase(unit);
            return unit;
        });
    }

    /// Says in every failure which unit it is about.
    private <T> T onUnit(Pool pool, Brick brick, Function<Unit, T> work) {
        Unit unit = new Unit(state, pool, brick);
        try {
            return work.apply(unit);
        } catch (StorageException e) {
            String message = String.valueOf(e.getMessage());
            throw message.startsWith("pool ") ? e : new StorageException(e.problem(), unit.where() + message, e);
        }
    }
}
