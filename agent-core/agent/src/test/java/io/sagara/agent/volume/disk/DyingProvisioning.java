package io.sagara.agent.volume.disk;

import io.sagara.agent.file.CrashingChanges;
import io.sagara.agent.file.FileChanges;
import io.sagara.spi.Bytes;
import io.sagara.spi.PoolMount;
import io.sagara.spi.Problem;
import io.sagara.spi.Provisioning;
import io.sagara.spi.StorageException;
import io.sagara.spi.Volume;
import io.sagara.spi.VolumeName;
import java.util.Optional;
import java.util.function.Consumer;

/// The real provisioning on a machine that dies: at a change of the disk, or after the last one of a call, before
/// anybody is told.
public final class DyingProvisioning implements Provisioning {
    private final Provisioning real;
    private final boolean silent;

    private DyingProvisioning(Provisioning real, boolean silent) {
        this.real = real;
        this.silent = silent;
    }

    /// Dies at the change that `changes` says; `silent`: after each call at the latest.
    public static Provisioning at(CrashingChanges changes, boolean silent) {
        return new DyingProvisioning(new SubdirProvisioning(changes), silent);
    }

    /// Does not die, and does not wait for a disk either.
    public static Provisioning healthy() {
        return new SubdirProvisioning(FileChanges.direct());
    }

    private <T> T told(T result) {
        if (silent) {
            throw new StorageException(Problem.UNAVAILABLE, "died before it answered");
        }
        return result;
    }

    @Override
    public Volume create(PoolMount mount, VolumeName name, Volume.Kind kind, Bytes size) {
        return told(real.create(mount, name, kind, size));
    }

    @Override
    public Volume create(PoolMount mount, VolumeName name, Volume.Kind kind, Bytes size, Runnable granted) {
        return told(real.create(mount, name, kind, size, granted));
    }

    @Override
    public Volume copy(PoolMount mount, VolumeName source, VolumeName name, Bytes size, Runnable granted) {
        return told(real.copy(mount, source, name, size, granted));
    }

    @Override
    public Snapshot snapshot(PoolMount mount, VolumeName source, VolumeName name, Bytes size, Runnable granted) {
        return told(real.snapshot(mount, source, name, size, granted));
    }

    @Override
    public Optional<Snapshot> findSnapshot(PoolMount mount, VolumeName name) {
        return real.findSnapshot(mount, name);
    }

    @Override
    public Optional<VolumeName> source(PoolMount mount, VolumeName name) {
        return real.source(mount, name);
    }

    @Override
    public Optional<String> signOfLife(PoolMount mount, VolumeName name) {
        return real.signOfLife(mount, name);
    }

    @Override
    public Volume expand(PoolMount mount, VolumeName name, Bytes size) {
        return told(real.expand(mount, name, size));
    }

    @Override
    public void delete(PoolMount mount, VolumeName name) {
        real.delete(mount, name);
        var _ = told(name);
    }

    @Override
    public void archive(PoolMount mount, VolumeName name) {
        real.archive(mount, name);
        var _ = told(name);
    }

    @Override
    public void recover(PoolMount mount, VolumeName name) {
        real.recover(mount, name);
    }

    @Override
    public void purge(PoolMount mount) {
        real.purge(mount);
    }

    @Override
    public Optional<Volume> find(PoolMount mount, VolumeName name) {
        return real.find(mount, name);
    }

    @Override
    public Optional<Volume> findArchived(PoolMount mount, VolumeName name) {
        return real.findArchived(mount, name);
    }

    @Override
    public void list(PoolMount mount, Consumer<Volume> each, Consumer<String> broken) {
        real.list(mount, each, broken);
    }

    @Override
    public void inspect(PoolMount mount, Findings findings) {
        real.inspect(mount, findings);
    }
}
