package io.sagara.agent.block;

import io.sagara.agent.mount.PoolClient;
import io.sagara.agent.posix.Posix;
import io.sagara.agent.posix.Posix.MountFlag;
import io.sagara.agent.publish.Target;
import io.sagara.agent.publish.TargetLocks;
import io.sagara.agent.time.Timer;
import io.sagara.agent.volume.VolumeService.Placed;
import io.sagara.spi.Commands;
import io.sagara.spi.PoolName;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import io.sagara.spi.Volume;
import io.sagara.spi.VolumeName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// Block volumes on this node. Staging makes the loop device, and mounts a virtblock; publishing binds what was
/// staged. Any number of threads may call; of two requests for one volume, or one target, at the same time the
/// second is BUSY.
final class BlockVolumes implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofSeconds(25);
    private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");

    private final Surroundings around;
    private final BlockRecords records;
    private final TargetLocks locks = new TargetLocks();
    private final Holders holders;
    private final BlockStage stage;
    private final BlockBinding binding;
    private final HolderRenewal renewal;

    /// What this needs. `records`: a directory of its own. `node`, `agent`: who this is, for other nodes.
    record Surroundings(
            Posix posix,
            Commands commands,
            Timer timer,
            InstantSource clock,
            Path records,
            String node,
            String agent,
            Function<PoolName, PoolClient> clients) {}

    /// Knows what an earlier agent has staged and published since the machine was booted, and begins to renew it.
    BlockVolumes(Surroundings around) throws IOException {
        this.around = around;
        records = new BlockRecords(around.records(), Files.readString(BOOT).strip());
        holders = new Holders(around.posix(), around.node(), around.agent(), around.clock());
        stage = new BlockStage(records, holders);
        binding = new BlockBinding(records);
        renewal = new HolderRenewal(records, holders, around.clients(), around.timer());
    }

    /// What is at the path, as far as this agent has put it there.
    Optional<BlockUse> at(Path path) {
        return records.at(path);
    }

    List<BlockUse> of(PoolName pool) {
        return records.of(pool);
    }

    /// Whether the volume is used on this node.
    boolean uses(VolumeName volume) {
        return records.all().stream().anyMatch(use -> use.volume().equals(volume));
    }

    /// The node that has the volume, this one or another one.
    Optional<String> holder(Placed placed) {
        PoolClient client = around.clients().apply(placed.pool().name());
        Path file = client.root().resolve(placed.volume().path());
        return call(client, "look for the user of volume " + placed.volume().name(), () -> holders.node(file));
    }

    /// Makes the loop device, and mounts a virtblock at `target`. Repeating it succeeds. See [BlockStage#make].
    void stage(Placed placed, Path target) {
        VolumeName name = placed.volume().name();
        PoolClient client = around.clients().apply(placed.pool().name());
        BlockUse wanted = use(placed, target, BlockUse.Role.STAGED, Set.of());
        on(client, name, target, () -> {
            Optional<BlockUse> before = mine(wanted, target);
            refuseElsewhere(wanted);
            stage.make(wanted, before, client.root(), around.posix().device(client.root()));
            if (wanted.kind() == Volume.Kind.VIRTBLOCK) {
                // a copy may be larger than the file system in what it is a copy of
                new BlockGrowth(around.commands())
                        .grow(
                                records.at(target).orElse(wanted),
                                client.root(),
                                placed.volume().size());
            }
            return name;
        });
    }

    private static BlockUse use(Placed placed, Path target, BlockUse.Role role, Set<MountFlag> flags) {
        Volume volume = placed.volume();
        return new BlockUse(
                volume.name(),
                placed.pool().name(),
                volume.kind(),
                volume.path(),
                target,
                role,
                flags,
                Optional.empty());
    }

    private Optional<BlockUse> mine(BlockUse wanted, Path target) {
        Optional<BlockUse> before = records.at(target);
        before.filter(other -> !other.volume().equals(wanted.volume()) || other.role() != wanted.role())
                .ifPresent(other -> {
                    throw new StorageException(
                            Problem.ALREADY_EXISTS,
                            "volume " + other.volume() + " is at " + target + "; take it away before volume "
                                    + wanted.volume() + " is put there");
                });
        return before;
    }

    private void refuseElsewhere(BlockUse wanted) throws IOException {
        for (BlockUse other : records.of(wanted.volume(), BlockUse.Role.STAGED)) {
            if (!other.target().equals(wanted.target()) && other.present().isPresent()) {
                throw new StorageException(
                        Problem.IN_USE,
                        "volume " + wanted.volume() + " is staged at " + other.target() + "; unstage it there first");
            }
        }
    }

    /// Binds what is staged at `staging`: the mounted file system, or the device on a file. Repeating it succeeds.
    /// IN_USE where it is not staged, ALREADY_EXISTS where it is published there differently.
    void publish(Placed placed, Path staging, Path target, Set<MountFlag> flags, boolean exclusive) {
        VolumeName name = placed.volume().name();
        if (placed.volume().kind() == Volume.Kind.RAWBLOCK && !flags.isEmpty()) {
            throw new StorageException(
                    Problem.UNSUPPORTED,
                    "volume " + name + " is a block device, which cannot be read-only nor have mount options;"
                            + " publish it without");
        }
        PoolClient client = around.clients().apply(placed.pool().name());
        on(client, name, target, () -> {
            BlockUse wanted = use(placed, target, BlockUse.Role.PUBLISHED, flags)
                    .with(staged(name, staging, around.posix().device(client.root())));
            binding.bind(wanted, mine(wanted, target), staging, exclusive);
            return name;
        });
    }

    private BlockUse.Loop staged(VolumeName name, Path staging, long client) throws IOException {
        Optional<BlockUse> staged =
                records.at(staging).filter(use -> use.volume().equals(name) && use.role() == BlockUse.Role.STAGED);
        if (staged.isEmpty() || staged.get().present().isEmpty()) {
            throw new StorageException(
                    Problem.IN_USE, "volume " + name + " is not staged at " + staging + "; stage it first");
        }
        return staged.get()
                .loop()
                .filter(loop -> loop.client() == client)
                .orElseThrow(() -> new StorageException(Problem.IN_USE, "volume " + name + ": " + BlockStats.DEAD));
    }

    /// Undoes [#publish] and removes what was bound to. `use`: from [#at].
    void unpublish(BlockUse use) {
        io(
                use.volume(),
                () -> locks.alone(use.target(), () -> {
                    Optional<Target> found = Target.find(use.target());
                    if (found.isPresent()) {
                        try (Target target = found.get()) {
                            while (BlockStage.mounted(use, target)) {
                                target.place().unmount();
                            }
                            BlockTargets.remove(target, use.kind());
                        }
                    }
                    records.remove(use.target());
                    return use;
                }));
    }

    /// Undoes [#stage]; the directory is the caller's and stays. IN_USE while the volume is published here.
    void unstage(BlockUse use) {
        io(
                use.volume(),
                () -> locks.alone(
                        key(use.volume()),
                        () -> locks.alone(use.target(), () -> {
                            refuseWhilePublished(use);
                            Optional<Target> found = Target.find(use.target());
                            if (found.isPresent()) {
                                try (Target target = found.get()) {
                                    BlockStage.drop(use, target, file(use));
                                }
                            }
                            renewal.release(use);
                            records.remove(use.target());
                            return use;
                        })));
    }

    private void refuseWhilePublished(BlockUse use) {
        records.of(use.volume(), BlockUse.Role.PUBLISHED).stream().findFirst().ifPresent(other -> {
            throw new StorageException(
                    Problem.IN_USE,
                    "volume " + use.volume() + " is published at " + other.target() + "; unpublish it first");
        });
    }

    private Optional<Path> file(BlockUse use) {
        try {
            return Optional.of(around.clients().apply(use.pool()).root().resolve(use.file()));
        } catch (StorageException e) {
            return Optional.empty();
        }
    }

    /// Makes loop device and file system as large as the volume is. NOT_FOUND where it is not staged here.
    void grow(Placed placed) {
        VolumeName name = placed.volume().name();
        PoolClient client = around.clients().apply(placed.pool().name());
        BlockUse staged = records.of(name, BlockUse.Role.STAGED).stream()
                .findFirst()
                .orElseThrow(() -> new StorageException(
                        Problem.NOT_FOUND, "volume " + name + " is not staged on this node; it grows when it is"));
        on(client, name, staged.target(), () -> {
            new BlockGrowth(around.commands())
                    .grow(staged, client.root(), placed.volume().size());
            return name;
        });
    }

    /// Space and condition where it is used. `use`: from [#at].
    io.sagara.api.v1.VolumeStats stats(BlockUse use) {
        return new BlockStats(around.posix(), around.clients(), holders).of(use);
    }

    private <T> void on(PoolClient client, VolumeName name, Path target, TargetLocks.Work<T> work) {
        var _ = call(client, "publish volume " + name, () -> locks.alone(key(name), () -> locks.alone(target, work)));
    }

    /// No target is relative.
    private static Path key(VolumeName name) {
        return Path.of(name.value());
    }

    private static <T> T call(PoolClient client, String what, TargetLocks.Work<T> work) {
        try {
            return client.threads().call(what, DEADLINE, work::run);
        } catch (IOException e) {
            throw BlockTargets.failed(what, e);
        }
    }

    private static <T> void io(VolumeName name, TargetLocks.Work<T> work) {
        try {
            var _ = work.run();
        } catch (IOException e) {
            throw BlockTargets.failed("take volume " + name + " away", e);
        }
    }

    @Override
    public void close() {
        renewal.close();
    }
}
