package io.sagara.agent.block;

import io.sagara.agent.posix.Posix;
import io.sagara.agent.publish.PublishedVolumes;
import io.sagara.agent.publish.TargetRules;
import io.sagara.agent.publish.VolumeUses;
import io.sagara.agent.volume.VolumeService.Placed;
import io.sagara.api.v1.GetVolumeStatsRequest;
import io.sagara.api.v1.GrowVolumeRequest;
import io.sagara.api.v1.PublishVolumeRequest;
import io.sagara.api.v1.StageVolumeRequest;
import io.sagara.api.v1.UnpublishVolumeRequest;
import io.sagara.api.v1.UnstageVolumeRequest;
import io.sagara.api.v1.VolumeStats;
import io.sagara.spi.Bytes;
import io.sagara.spi.Commands;
import io.sagara.spi.PoolName;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import io.sagara.spi.Volume;
import io.sagara.spi.VolumeName;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/// Volumes of every kind on this node: those that are directories are [PublishedVolumes], the others block volumes.
/// Any number of threads may call.
public final class NodeVolumes implements AutoCloseable {
    private final PublishedVolumes directories;
    private final BlockVolumes blocks;
    private final PublishedVolumes.Surroundings around;
    private final TargetRules rules;
    private final BiConsumer<VolumeName, PoolName> adoption;

    /// Who this is, for other nodes; see [Holders]. `records`: a directory of its own.
    public record Node(String name, String agent, Path records) {}

    /// Knows what an earlier agent has done since the machine was booted. `adoption`: takes a volume that nobody knows
    /// as the one of its pool, where that pool is one.
    public NodeVolumes(
            PublishedVolumes directories,
            PublishedVolumes.Surroundings around,
            Commands commands,
            InstantSource clock,
            Node node,
            BiConsumer<VolumeName, PoolName> adoption)
            throws IOException {
        this.directories = directories;
        this.around = around;
        this.adoption = adoption;
        this.rules = around.rules();
        Posix posix = around.posix();
        blocks = new BlockVolumes(new BlockVolumes.Surroundings(
                posix, commands, around.timer(), clock, node.records(), node.name(), node.agent(), around.clients()));
    }

    /// See [PublishedVolumes#stage]; a block volume is IN_USE where another node has it.
    public void stage(VolumeName name, StageVolumeRequest request) {
        Path target = rules.parse("the staging path", request.getStagingPath());
        if (!request.getPool().isEmpty()) {
            adoption.accept(name, new PoolName(request.getPool()));
        }
        Placed placed = around.volumes().apply(name);
        if (isBlock(placed)) {
            blocks.stage(placed, target);
        } else {
            directories.stage(name, request);
        }
    }

    /// See [PublishedVolumes#publish]; a block volume must be staged.
    public void publish(VolumeName name, PublishVolumeRequest request) {
        Placed placed = around.volumes().apply(name);
        if (isBlock(placed)) {
            blocks.publish(
                    placed,
                    rules.parse("the staging path", request.getStagingPath()),
                    rules.parse("the target path", request.getTargetPath()),
                    PublishedVolumes.flags(request),
                    request.getExclusive());
        } else {
            directories.publish(name, request);
        }
    }

    private static boolean isBlock(Placed placed) {
        return placed.volume().kind() != Volume.Kind.SUBVOL;
    }

    /// See [PublishedVolumes#unstage].
    public void unstage(VolumeName name, UnstageVolumeRequest request) {
        Path target = rules.parse("the staging path", request.getStagingPath());
        Optional<BlockUse> use = blocks.at(target);
        if (use.isEmpty()) {
            directories.unstage(name, request);
        } else if (is(use.get(), name, BlockUse.Role.STAGED)) {
            blocks.unstage(use.get());
        }
    }

    /// See [PublishedVolumes#unpublish].
    public void unpublish(VolumeName name, UnpublishVolumeRequest request) {
        Path target = rules.parse("the target path", request.getTargetPath());
        Optional<BlockUse> use = blocks.at(target);
        if (use.isEmpty()) {
            directories.unpublish(name, request);
        } else if (is(use.get(), name, BlockUse.Role.PUBLISHED)) {
            blocks.unpublish(use.get());
        }
    }

    /// Where another volume is, this one is not.
    private static boolean is(BlockUse use, VolumeName name, BlockUse.Role role) {
        return use.volume().equals(name) && use.role() == role;
    }

    /// See [PublishedVolumes#stats].
    public VolumeStats stats(VolumeName name, GetVolumeStatsRequest request) {
        Path target = rules.parse("the volume path", request.getPath());
        Optional<BlockUse> use = blocks.at(target).filter(one -> one.volume().equals(name));
        return use.isPresent() ? blocks.stats(use.get()) : directories.stats(name, request);
    }

    /// Makes what this node has of the volume as large as the volume is. Repeating it changes nothing. Returns the
    /// size. NOT_FOUND where a block volume is not staged here.
    public Bytes grow(VolumeName name, GrowVolumeRequest request) {
        Placed placed = around.volumes().apply(name);
        String _ = rules.parse("the volume path", request.getPath()).toString();
        if (isBlock(placed)) {
            blocks.grow(placed);
        }
        return placed.volume().size();
    }

    /// The space that volumes of directories use; block volumes are told by the file systems in them.
    public VolumeUses uses() {
        return directories.uses();
    }

    /// Whether the volume is used on this node. IN_USE where it is a block volume that another node has.
    public boolean isPublished(VolumeName name) {
        if (blocks.uses(name)) {
            return true;
        }
        Placed placed = around.places().apply(name);
        if (!isBlock(placed)) {
            return directories.isPublished(name);
        }
        blocks.holder(placed).ifPresent(node -> {
            throw new StorageException(
                    Problem.IN_USE,
                    "volume " + name + " is in use on node " + node + "; end its pods there before it is deleted");
        });
        return false;
    }

    /// See [PublishedVolumes#refuseWhilePublished].
    public void refuseWhilePublished(PoolName pool) {
        directories.refuseWhilePublished(pool);
        blocks.of(pool).stream().findFirst().ifPresent(use -> {
            throw new StorageException(
                    Problem.IN_USE,
                    "pool " + pool + " cannot be removed while volume " + use.volume() + " is at " + use.target()
                            + "; unpublish and unstage it first");
        });
    }

    /// Takes every volume of the pool from every pod of this node.
    public void withdraw(PoolName pool, Consumer<String> progress) {
        // what was staged goes after what was published of it
        for (BlockUse.Role role : List.of(BlockUse.Role.PUBLISHED, BlockUse.Role.STAGED)) {
            blocks.of(pool).stream().filter(use -> use.role() == role).forEach(use -> {
                progress.accept("pool " + pool + ": taking the block volume away from " + use.target());
                try {
                    if (role == BlockUse.Role.STAGED) {
                        blocks.unstage(use);
                    } else {
                        blocks.unpublish(use);
                    }
                } catch (StorageException e) {
                    progress.accept("pool " + pool + ": " + e.getMessage());
                }
            });
        }
        directories.withdraw(pool, progress);
    }

    /// Ends healing and renewing; what is published stays so.
    @Override
    public void close() {
        blocks.close();
        directories.close();
    }
}
