package io.sagara.agent.pool;

import io.sagara.agent.mount.PoolClient;
import io.sagara.agent.posix.MountInfo;
import io.sagara.agent.posix.Posix;
import io.sagara.agent.posix.Posix.MountFlag;
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
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/// Volumes as pods of this node see them: bind mounts from the pool's client.
public final class PublishedVolumes {
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    private final Posix posix;
    private final Function<VolumeName, Placed> volumes;
    private final Function<VolumeName, Placed> places;
    private final Function<PoolName, PoolClient> clients;
    private final Function<PoolName, Path> roots;

    /// `volumes`: volumes that certainly exist. `places`: where a volume is or was, without asking its pool
    /// where that is known.
    PublishedVolumes(
            Posix posix,
            Function<VolumeName, Placed> volumes,
            Function<VolumeName, Placed> places,
            Function<PoolName, PoolClient> clients,
            Function<PoolName, Path> roots) {
        this.posix = posix;
        this.volumes = volumes;
        this.places = places;
        this.clients = clients;
        this.roots = roots;
    }

    /// Makes the volume visible at the staging path, which is made where it is absent. Repeating it succeeds.
    /// NOT_FOUND (no such volume or no directory of it), INVALID_ARGUMENT (the path), UNAVAILABLE.
    public void stage(VolumeName name, StageVolumeRequest request) {
        bind(name, path(request.getStagingPath()), EnumSet.noneOf(MountFlag.class));
    }

    /// Binds the volume to a pod's directory. Repeating it succeeds; ALREADY_EXISTS where it is published there
    /// differently, IN_USE where it may have one user and has another; otherwise as [#stage].
    public void publish(VolumeName name, PublishVolumeRequest request) {
        Set<MountFlag> flags = EnumSet.noneOf(MountFlag.class);
        if (request.getReadonly()) {
            flags.add(MountFlag.READONLY);
        }
        request.getMountFlagsList().forEach(flag -> flag(flag).ifPresent(flags::add));
        Path target = path(request.getTargetPath());
        if (request.getExclusive()) {
            refuseOthers(name, target, request.getStagingPath());
        }
        bind(name, target, flags);
    }

    private static Optional<MountFlag> flag(String option) {
        if (option.equals("rw")) {
            return Optional.empty();
        }
        for (MountFlag flag : MountFlag.values()) {
            if (flag.option().equals(option)) {
                return Optional.of(flag);
            }
        }
        throw new StorageException(
                Problem.INVALID_ARGUMENT,
                "mount flag '" + option + "' is not known; use rw, "
                        + String.join(
                                ", ",
                                List.of(MountFlag.values()).stream()
                                        .map(MountFlag::option)
                                        .toList()));
    }

    private static Path path(String text) {
        Path path = Path.of(text);
        if (!path.isAbsolute() || !path.equals(path.normalize())) {
            throw new StorageException(
                    Problem.INVALID_ARGUMENT,
                    "'" + text + "' is no absolute path without '..'; kubelet names such paths");
        }
        return path;
    }

    private void refuseOthers(VolumeName name, Path target, String staging) {
        mountsOf(name).stream()
                .map(MountInfo.Mount::point)
                .filter(point -> !point.equals(target) && !point.toString().equals(staging))
                .findFirst()
                .ifPresent(point -> {
                    throw new StorageException(
                            Problem.IN_USE,
                            "volume " + name + " is published at " + point + " and may have one user only");
                });
    }

    private void bind(VolumeName name, Path target, Set<MountFlag> flags) {
        Placed placed = volumes.apply(name);
        PoolClient client = clients.apply(placed.pool().name());
        Path source = client.root().resolve(placed.volume().path());
        io(
                name,
                () -> client.threads().call("publish volume " + name, DEADLINE, () -> {
                    Optional<MountInfo.Mount> present = MountInfo.read().at(target);
                    if (present.isPresent() && alive(client, source, target)) {
                        requireSame(name, target, present.get(), flags);
                        return target;
                    }
                    if (!Files.isDirectory(source)) {
                        throw new StorageException(
                                Problem.NOT_FOUND,
                                "volume " + name + " has no directory "
                                        + placed.volume().path() + " in pool "
                                        + placed.pool().name() + "; it may have been removed by hand");
                    }
                    if (present.isPresent()) {
                        posix.unmount(target, true);
                    } else {
                        Files.createDirectories(target);
                    }
                    posix.bind(source, target, flags);
                    return target;
                }));
    }

    private boolean alive(PoolClient client, Path source, Path target) throws IOException {
        try {
            return posix.device(target) == posix.device(client.root()) && Files.isSameFile(source, target);
        } catch (IOException e) {
            return false;
        }
    }

    private static void requireSame(VolumeName name, Path target, MountInfo.Mount present, Set<MountFlag> flags) {
        boolean readonly = flags.contains(MountFlag.READONLY);
        if (present.options().contains("ro") != readonly) {
            throw new StorageException(
                    Problem.ALREADY_EXISTS,
                    "volume " + name + " is published at " + target + (readonly ? " writable" : " read-only")
                            + "; unpublish it before it is published differently");
        }
    }

    /// Undoes [#stage]. Unstaging what is not staged succeeds.
    public void unstage(VolumeName name, UnstageVolumeRequest request) {
        // the staging directory is the caller's: it stays
        io(name, () -> unmount(path(request.getStagingPath())));
    }

    /// Undoes [#publish] and removes the directory. Unpublishing what is not published succeeds; IN_USE where
    /// the directory holds something of someone else.
    public void unpublish(VolumeName name, UnpublishVolumeRequest request) {
        Path target = path(request.getTargetPath());
        io(name, () -> {
            Path unmounted = unmount(target);
            try {
                Files.deleteIfExists(unmounted);
            } catch (DirectoryNotEmptyException e) {
                throw new StorageException(
                        Problem.IN_USE,
                        target + " is no mount of ours and not empty; it is left alone, look at it by hand",
                        e);
            }
            return target;
        });
    }

    private Path unmount(Path target) throws IOException {
        while (MountInfo.read().at(target).isPresent()) {
            posix.unmount(target, true);
        }
        return target;
    }

    /// Space, inodes and condition of the volume where it is staged or published. A volume that does not answer
    /// is an abnormal condition, no failure.
    public VolumeStats stats(VolumeName name, GetVolumeStatsRequest request) {
        Placed placed = places.apply(name);
        Path target = path(request.getPath());
        if (io(name, () -> MountInfo.read().at(target)).isEmpty()) {
            throw new StorageException(Problem.NOT_FOUND, "volume " + name + " is not mounted at " + target);
        }
        try {
            PoolClient client = clients.apply(placed.pool().name());
            Path _ = client.root();
            VolumeUsage usage = client.threads().call("look at volume " + name, DEADLINE, () -> posix.usage(target));
            return VolumeStats.newBuilder()
                    .setTotalBytes(usage.total().value())
                    .setUsedBytes(usage.used().value())
                    .setAvailableBytes(usage.free().value())
                    .setTotalInodes(usage.inodes())
                    .setUsedInodes(usage.usedInodes())
                    .setFreeInodes(Math.max(0, usage.inodes() - usage.usedInodes()))
                    .setCondition("healthy")
                    .build();
        } catch (IOException | StorageException e) {
            return VolumeStats.newBuilder()
                    .setAbnormal(true)
                    .setCondition("the volume does not answer at " + target + ": " + e.getMessage())
                    .build();
        }
    }

    /// Whether the volume is staged or published on this node.
    public boolean isPublished(VolumeName name) {
        return !mountsOf(name).isEmpty();
    }

    private List<MountInfo.Mount> mountsOf(VolumeName name) {
        Placed placed = places.apply(name);
        Path inside = Path.of("/").resolve(placed.volume().path());
        return mountsOf(placed.pool().name()).stream()
                .filter(mount -> mount.root().equals(inside))
                .toList();
    }

    /// All bind mounts from the client of a pool: same device, but not the mount itself.
    private List<MountInfo.Mount> mountsOf(PoolName pool) {
        Path root = roots.apply(pool);
        try {
            MountInfo mounts = MountInfo.read();
            Optional<MountInfo.Mount> whole = mounts.at(root);
            return mounts.all().stream()
                    .filter(mount ->
                            whole.map(own -> own.device() == mount.device()).orElse(false))
                    .filter(mount -> !mount.point().equals(root))
                    .toList();
        } catch (IOException e) {
            throw new StorageException(Problem.INTERNAL, "cannot read the mounts of this node: " + e.getMessage(), e);
        }
    }

    /// Throws IN_USE, naming one, while a volume of the pool is staged or published here.
    public void refuseWhilePublished(PoolName pool) {
        mountsOf(pool).stream().findFirst().ifPresent(mount -> {
            throw new StorageException(
                    Problem.IN_USE,
                    "pool " + pool + " cannot be removed while a volume of it is published at " + mount.point()
                            + "; unpublish it first");
        });
    }

    /// Takes every volume of the pool from every pod of this node.
    public void withdraw(PoolName pool, Consumer<String> progress) {
        for (MountInfo.Mount mount : mountsOf(pool)) {
            progress.accept("pool " + pool + ": unmounting the volume at " + mount.point());
            io(new VolumeName("all"), () -> {
                posix.unmount(mount.point(), true);
                return mount;
            });
        }
    }

    private interface Task<T> {
        T run() throws IOException;
    }

    private static <T> T io(VolumeName name, Task<T> task) {
        try {
            return task.run();
        } catch (NoSuchFileException e) {
            throw new StorageException(
                    Problem.INVALID_ARGUMENT, "volume " + name + ": the path " + e.getFile() + " does not exist", e);
        } catch (IOException e) {
            throw new StorageException(
                    Problem.UNAVAILABLE,
                    "volume " + name + ": " + e.getMessage() + "; repeat the request, or look at 'sagara status'",
                    e);
        }
    }
}
