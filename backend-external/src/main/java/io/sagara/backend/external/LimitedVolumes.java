package io.sagara.backend.external;

import io.sagara.spi.Bytes;
import io.sagara.spi.Commands;
import io.sagara.spi.Pool;
import io.sagara.spi.PoolMount;
import io.sagara.spi.Problem;
import io.sagara.spi.Provisioning;
import io.sagara.spi.StorageException;
import io.sagara.spi.Volume;
import io.sagara.spi.VolumeName;
import io.sagara.spi.VolumeUsage;
import java.util.Optional;
import java.util.function.Consumer;

/// Role 3: volumes as the agent makes them, with limits where the cluster has quota. Limits are set from
/// here, through the agent's own mount, and read back; the cluster's owner does nothing for them but turn
/// quota on.
final class LimitedVolumes implements Provisioning {
    private final Provisioning volumes;
    private final ExternalCluster cluster;
    private final UsageCount usage;
    private final Commands commands;

    LimitedVolumes(Provisioning volumes, ExternalCluster cluster, UsageCount usage, Commands commands) {
        this.volumes = volumes;
        this.cluster = cluster;
        this.usage = usage;
        this.commands = commands;
    }

    /// The mount, with limits or without. Throws UNSUPPORTED where a limit is wanted that would not hold.
    private PoolMount limited(PoolMount mount) {
        Pool pool = mount.pool();
        ServedVolume volume = cluster.find(pool)
                .orElseThrow(() -> new StorageException(
                        Problem.UNAVAILABLE, "pool " + pool.name() + " is not served right now; repeat the request"));
        LimitRule rule = LimitRule.of(pool);
        return switch (volume.quota()) {
            case ENFORCED, LATE -> counted(mount, volume);
            case UNKNOWN -> rule == LimitRule.REPORT ? new UnlimitedMount(mount) : counted(mount, volume);
            case OFF -> {
                if (rule == LimitRule.REQUIRE) {
                    throw new StorageException(
                            Problem.UNSUPPORTED,
                            "pool " + pool.name() + ": volume '"
                                    + volume.volume().volume() + "' has no quota, so a limit would not hold; "
                                    + LimitRule.remedy(volume));
                }
                yield new UnlimitedMount(mount);
            }
        };
    }

    private CountedMount counted(PoolMount mount, ServedVolume volume) {
        Pool pool = mount.pool();
        return new CountedMount(
                mount, SshAccess.of(pool).map(access -> new SshLimits(commands, pool, volume.volume(), access)));
    }

    @Override
    public Volume create(PoolMount mount, VolumeName name, Volume.Kind kind, Bytes size) {
        return volumes.create(limited(mount), name, kind, size);
    }

    @Override
    public Volume create(PoolMount mount, VolumeName name, Volume.Kind kind, Bytes size, Runnable granted) {
        return volumes.create(limited(mount), name, kind, size, granted);
    }

    @Override
    public Volume copy(PoolMount mount, VolumeName source, VolumeName name, Bytes size, Runnable granted) {
        return volumes.copy(limited(mount), source, name, size, granted);
    }

    @Override
    public Snapshot snapshot(PoolMount mount, VolumeName source, VolumeName name, Bytes size, Runnable granted) {
        return volumes.snapshot(limited(mount), source, name, size, granted);
    }

    @Override
    public Optional<Snapshot> findSnapshot(PoolMount mount, VolumeName name) {
        return volumes.findSnapshot(mount, name);
    }

    @Override
    public Optional<VolumeName> source(PoolMount mount, VolumeName name) {
        return volumes.source(mount, name);
    }

    @Override
    public Optional<String> signOfLife(PoolMount mount, VolumeName name) {
        return volumes.signOfLife(mount, name);
    }

    @Override
    public Volume expand(PoolMount mount, VolumeName name, Bytes size) {
        return volumes.expand(limited(mount), name, size);
    }

    @Override
    public void delete(PoolMount mount, VolumeName name) {
        volumes.delete(mount, name);
    }

    @Override
    public void archive(PoolMount mount, VolumeName name) {
        volumes.archive(mount, name);
    }

    @Override
    public void recover(PoolMount mount, VolumeName name) {
        volumes.recover(mount, name);
    }

    @Override
    public void purge(PoolMount mount) {
        volumes.purge(mount);
    }

    @Override
    public void purge(PoolMount mount, Purging purging) {
        volumes.purge(mount, purging);
    }

    @Override
    public void deleteArchived(PoolMount mount, VolumeName name) {
        volumes.deleteArchived(mount, name);
    }

    @Override
    public Volume restore(PoolMount mount, VolumeName name) {
        return volumes.restore(limited(mount), name);
    }

    @Override
    public Optional<Volume> findDeleted(PoolMount mount, VolumeName name) {
        return volumes.findDeleted(mount, name);
    }

    @Override
    public void deleted(PoolMount mount, Consumer<Deleted> each) {
        volumes.deleted(mount, each);
    }

    @Override
    public void clear(PoolMount mount) {
        volumes.clear(mount);
    }

    @Override
    public Optional<VolumeUsage> counted(PoolMount mount, Volume volume) {
        boolean uncounted = cluster.find(mount.pool())
                .map(served -> served.quota() == Quota.OFF)
                .orElse(false);
        return uncounted ? usage.of(mount, volume) : Optional.empty();
    }

    @Override
    public Optional<String> caveat(Pool pool, VolumeName volume) {
        return cluster.find(pool).flatMap(served -> switch (served.quota()) {
            case ENFORCED -> Optional.empty();
            case LATE -> Optional.of("its cluster counts usage late, so that more than its limit can be written");
            case OFF, UNKNOWN ->
                Optional.of("its cluster has no quota that this node can see, so its size is no limit");
        });
    }

    @Override
    public Optional<Volume> find(PoolMount mount, VolumeName name) {
        return volumes.find(mount, name);
    }

    @Override
    public Optional<Volume> findArchived(PoolMount mount, VolumeName name) {
        return volumes.findArchived(mount, name);
    }

    @Override
    public void list(PoolMount mount, Consumer<Volume> each, Consumer<String> broken) {
        volumes.list(mount, each, broken);
    }

    @Override
    public void inspect(PoolMount mount, Findings findings) {
        volumes.inspect(mount, findings);
    }
}
