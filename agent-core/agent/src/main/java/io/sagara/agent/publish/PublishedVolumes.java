package io.sagara.agent.publish;

import io.sagara.agent.mount.PoolClient;
import io.sagara.agent.posix.MountInfo;
import io.sagara.agent.posix.Posix;
import io.sagara.agent.posix.Posix.MountFlag;
import io.sagara.agent.time.Timer;
import io.sagara.agent.volume.VolumeService.Placed;
import io.sagara.api.v1.GetVolumeStatsRequest;
import io.sagara.api.v1.PublishVolumeRequest;
import io.sagara.api.v1.StageVolumeRequest;
import io.sagara.api.v1.UnpublishVolumeRequest;
import io.sagara.api.v1.UnstageVolumeRequest;
import io.sagara.api.v1.VolumeStats;
import io.sagara.spi.PoolName;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import io.sagara.spi.VolumeName;
import io.sagara.spi.VolumeUsage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;

/// Volumes as pods of this node see them: bind mounts from the pool's client. Any number of threads may call;
/// of two requests for one target at the same time the second is BUSY.
public final class PublishedVolumes implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofSeconds(20);
    /// A file system that answers does so in milliseconds; kubelet asks all volumes of a node in turn.
    private static final Duration STATS = Duration.ofSeconds(5);

    private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");

    private final Surroundings around;
    private final PublicationRecords records;
    private final TargetLocks locks = new TargetLocks();
    private final Binding binding;
    private final Healing healing;

    /// What this needs. `records`: a directory of its own. `poolMounts`: the directory in which pools are
    /// mounted. `volumes`: volumes that certainly exist. `places`: where a volume is or was, without asking
    /// its pool where that is known. `caveats`: what the users of a volume should know although it works.
    /// `counted`: what a volume holds beside its size, where its file system does not say so.
    public record Surroundings(
            Posix posix,
            Timer timer,
            Path records,
            Path poolMounts,
            TargetRules rules,
            Function<VolumeName, Placed> volumes,
            Function<VolumeName, Placed> places,
            Function<PoolName, PoolClient> clients,
            BiFunction<PoolName, VolumeName, Optional<String>> caveats,
            BiFunction<PoolName, VolumeName, Optional<VolumeUsage>> counted) {}

    /// Knows what an earlier agent has published since the machine was booted.
    public PublishedVolumes(Surroundings around) throws IOException {
        this.around = around;
        records =
                new PublicationRecords(around.records(), Files.readString(BOOT).strip());
        binding = new Binding(records, around.poolMounts());
        healing = new Healing(binding, records, locks, around.posix(), around.clients(), around.timer());
    }

    /// Begins to bind what is published of the pool from its present client, where it is bound from another
    /// one. To be called when the client is ready, each time. Returns at once.
    public void heal(PoolName pool) {
        healing.begin(pool);
    }

    /// How many mounts were made anew since the agent began: of volumes on this node, and in containers.
    public record Repaired(long volumes, long containers) {}

    /// What was healed of the pool.
    public Repaired repairs(PoolName pool) {
        return healing.of(pool).count();
    }

    /// Makes the volume visible at the staging path, which is made where it is absent. Repeating it succeeds.
    /// NOT_FOUND (no such volume or no directory of it), INVALID_ARGUMENT (the path), ALREADY_EXISTS (another
    /// volume is there), IN_USE (something else is there), UNAVAILABLE.
    public void stage(VolumeName name, StageVolumeRequest request) {
        Path target = around.rules().parse("the staging path", request.getStagingPath());
        bind(name, target, Set.of(), records::put);
    }

    /// Binds the volume to a pod's directory. Repeating it succeeds; ALREADY_EXISTS where it is published there
    /// differently, IN_USE where it may have one user and has another; otherwise as [#stage].
    public void publish(VolumeName name, PublishVolumeRequest request) {
        Path target = around.rules().parse("the target path", request.getTargetPath());
        Set<MountFlag> flags = flags(request);
        bind(name, target, flags, request.getExclusive() ? sole(request.getStagingPath()) : records::put);
    }

    /// The flags that a request asks for; INVALID_ARGUMENT for one that is unknown.
    public static Set<MountFlag> flags(PublishVolumeRequest request) {
        return Publication.flags(request.getMountFlagsList(), request.getReadonly());
    }

    private Binding.Keeping sole(String staging) {
        return wanted -> records.claim(wanted, staging).ifPresent(other -> {
            throw new StorageException(
                    Problem.IN_USE,
                    "volume " + wanted.volume() + " is published at " + other.target()
                            + " and may have one user only; unpublish it there first");
        });
    }

    private void bind(VolumeName name, Path target, Set<MountFlag> flags, Binding.Keeping keeping) {
        Placed placed = around.volumes().apply(name);
        PoolName pool = placed.pool().name();
        PoolClient client = around.clients().apply(pool);
        Path root = client.root();
        Path inside = Path.of("/").resolve(placed.volume().path());
        io(
                name,
                () -> client.threads()
                        .call(
                                "publish volume " + name,
                                DEADLINE,
                                () -> locks.alone(target, () -> {
                                    long device = around.posix().device(root);
                                    var wanted = new Publication(name, pool, inside, target, flags, Set.of(device));
                                    binding.bind(wanted, HealingPass.source(root, inside), device, keeping);
                                    return target;
                                })));
    }

    /// Undoes [#stage]; the directory is the caller's and stays. Unstaging what is not staged succeeds, and
    /// so does unstaging a volume that does not answer. IN_USE where a mount of someone else is there.
    public void unstage(VolumeName name, UnstageVolumeRequest request) {
        unbind(name, around.rules().parse("the staging path", request.getStagingPath()), false);
    }

    /// Undoes [#publish] and removes the directory. Unpublishing what is not published succeeds; IN_USE where
    /// the directory holds something of someone else.
    public void unpublish(VolumeName name, UnpublishVolumeRequest request) {
        unbind(name, around.rules().parse("the target path", request.getTargetPath()), true);
    }

    private void unbind(VolumeName name, Path target, boolean remove) {
        io(
                name,
                () -> locks.alone(target, () -> {
                    // where another volume is, this one is not
                    if (records.at(target)
                            .filter(other -> !other.volume().equals(name))
                            .isEmpty()) {
                        binding.unbind(target, remove);
                    }
                    return target;
                }));
    }

    /// Space, inodes and condition of the volume where it is staged or published. A volume that does not
    /// answer is an abnormal condition, no failure.
    public VolumeStats stats(VolumeName name, GetVolumeStatsRequest request) {
        Path target = around.rules().parse("the volume path", request.getPath());
        Optional<Publication> known =
                records.at(target).filter(publication -> publication.volume().equals(name));
        PoolName pool = known.map(Publication::pool)
                .orElseGet(() -> around.places().apply(name).pool().name());
        Optional<MountInfo.Mount> mount = mounts().at(target);
        if (known.isEmpty() || mount.isEmpty()) {
            throw new StorageException(Problem.NOT_FOUND, "volume " + name + " is not mounted at " + target);
        }
        try {
            PoolClient client = around.clients().apply(pool);
            Path root = client.root();
            VolumeUsage usage = client.threads().call("look at volume " + name, STATS, () -> {
                if (around.posix().device(root) != mount.get().device()) {
                    throw new IOException("its GlusterFS client has ended; it is being bound anew");
                }
                return around.posix().usage(target);
            });
            Optional<VolumeUsage> counted = around.counted().apply(pool, name);
            return stats(
                    counted.orElse(usage),
                    usage,
                    healing.of(pool).problem(target).or(() -> counted.flatMap(PublishedVolumes::excess)),
                    around.caveats().apply(pool, name));
        } catch (IOException | StorageException e) {
            return VolumeStats.newBuilder()
                    .setAbnormal(true)
                    .setCondition("the volume does not answer at " + target + ": " + e.getMessage())
                    .build();
        }
    }

    /// A volume that nothing limits.
    private static Optional<String> excess(VolumeUsage counted) {
        return counted.used().compareTo(counted.total()) > 0
                ? Optional.of("it holds " + counted.used() + ", more than its size of " + counted.total()
                        + ", which nothing enforces; expand it, or remove files")
                : Optional.empty();
    }

    /// `space`: of the volume. `usage`: of its file system, which knows its inodes.
    private static VolumeStats stats(
            VolumeUsage space, VolumeUsage usage, Optional<String> problem, Optional<String> caveat) {
        return VolumeStats.newBuilder()
                .setTotalBytes(space.total().value())
                .setUsedBytes(space.used().value())
                .setAvailableBytes(space.free().value())
                .setTotalInodes(usage.inodes())
                .setUsedInodes(usage.usedInodes())
                .setFreeInodes(Math.max(0, usage.inodes() - usage.usedInodes()))
                .setAbnormal(problem.isPresent())
                .setCondition(problem.or(() -> caveat.map(text -> "healthy, but " + text))
                        .orElse("healthy"))
                .build();
    }

    /// The space that they use.
    public VolumeUses uses() {
        return new VolumeUses(records, around.posix(), around.clients());
    }

    /// Whether the volume is staged or published on this node.
    public boolean isPublished(VolumeName name) {
        return !mounted(records.of(name)).isEmpty() || !boundFrom(name).isEmpty();
    }

    /// Those that are mounted, from whatever client: the directory of a pod may have been removed by hand.
    private static List<Path> mounted(List<Publication> publications) {
        if (publications.isEmpty()) {
            return List.of();
        }
        MountInfo mounts = mounts();
        return publications.stream()
                .map(Publication::target)
                .filter(target -> mounts.at(target).isPresent())
                .toList();
    }

    private static MountInfo mounts() {
        try {
            return MountInfo.read();
        } catch (IOException e) {
            throw new StorageException(Problem.INTERNAL, "cannot read the mounts of this node: " + e.getMessage(), e);
        }
    }

    /// Bind mounts of the volume that are no publication, such as kubelet's of a part of it.
    private List<MountInfo.Mount> boundFrom(VolumeName name) {
        Placed placed = around.places().apply(name);
        Path inside = Path.of("/").resolve(placed.volume().path());
        return mountsOf(placed.pool().name()).stream()
                .filter(mount -> mount.root().startsWith(inside))
                .toList();
    }

    /// All bind mounts from the client of a pool: same device, but not the mount itself.
    private List<MountInfo.Mount> mountsOf(PoolName pool) {
        Path root = around.poolMounts().resolve(pool.value());
        MountInfo mounts = mounts();
        Optional<MountInfo.Mount> whole = mounts.at(root);
        return mounts.all().stream()
                .filter(mount ->
                        whole.map(own -> own.device() == mount.device()).orElse(false))
                .filter(mount -> !mount.point().equals(root))
                .toList();
    }

    /// Throws IN_USE, naming one, while a volume of the pool is staged or published here.
    public void refuseWhilePublished(PoolName pool) {
        Optional<Path> somewhere = mounted(records.of(pool)).stream()
                .findFirst()
                .or(() -> mountsOf(pool).stream().map(MountInfo.Mount::point).findFirst());
        somewhere.ifPresent(point -> {
            throw new StorageException(
                    Problem.IN_USE,
                    "pool " + pool + " cannot be removed while a volume of it is published at " + point
                            + "; unpublish it first");
        });
    }

    /// Takes every volume of the pool from every pod of this node.
    public void withdraw(PoolName pool, Consumer<String> progress) {
        for (Publication publication : records.of(pool)) {
            progress.accept("pool " + pool + ": unmounting the volume at " + publication.target());
            try {
                unbind(publication.volume(), publication.target(), false);
            } catch (StorageException e) {
                progress.accept("pool " + pool + ": " + e.getMessage());
            }
        }
        for (MountInfo.Mount mount : mountsOf(pool)) {
            progress.accept("pool " + pool + ": unmounting the volume at " + mount.point());
            io(new VolumeName("all"), () -> {
                around.posix().unmount(mount.point(), true);
                return mount;
            });
        }
    }

    /// Forgets what is known of a pool that is no longer served and has nothing mounted.
    public void forget(PoolName pool) {
        records.of(pool).forEach(publication -> records.remove(publication.target()));
    }

    /// Ends healing; what is published stays so.
    @Override
    public void close() {
        healing.close();
    }

    private interface Task<T> {
        T run() throws IOException;
    }

    private static <T> T io(VolumeName name, Task<T> task) {
        try {
            return task.run();
        } catch (IOException e) {
            throw new StorageException(
                    Problem.UNAVAILABLE,
                    "volume " + name + ": " + e.getMessage() + "; repeat the request, or look at 'sagara status'",
                    e);
        }
    }
}
