package io.sagara.agent.block;

import io.sagara.agent.posix.LoopDevice;
import io.sagara.agent.posix.MountInfo;
import io.sagara.agent.publish.Target;
import io.sagara.agent.publish.Target.Content;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import io.sagara.spi.Volume;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// Binds what is staged to a pod's directory, or a device to a pod's file. The record comes first. The caller keeps
/// those who work on one volume or one target apart.
final class BlockBinding {
    private final BlockRecords records;

    BlockBinding(BlockRecords records) {
        this.records = records;
    }

    private void refuseOtherTargets(BlockUse wanted) {
        records.of(wanted.volume(), BlockUse.Role.PUBLISHED).stream()
                .filter(other -> !other.target().equals(wanted.target()))
                .findFirst()
                .ifPresent(other -> {
                    throw new StorageException(
                            Problem.IN_USE,
                            "volume " + wanted.volume() + " is published at " + other.target()
                                    + " and may have one user only; unpublish it there first");
                });
    }

    /// Makes it so. `before`: what is there of the same volume. `exclusive`: nowhere else on this node.
    void bind(BlockUse wanted, Optional<BlockUse> before, Path staging, boolean exclusive) throws IOException {
        if (exclusive) {
            refuseOtherTargets(wanted);
        }
        boolean raw = wanted.kind() == Volume.Kind.RAWBLOCK;
        Path source = raw ? LoopDevice.node(wanted.loop().orElseThrow().number()) : staging;
        try (Target target = Target.reach(wanted.target())) {
            if (before.isPresent() && BlockStage.mounted(before.get(), target)) {
                if (before.get().equals(wanted)) {
                    return;
                }
                refuseOtherOptions(wanted, before.get());
                // of a loop device that is gone
                target.place().unmount();
            }
            boolean made = prepare(target, raw);
            records.put(wanted);
            try {
                target.place().bind(source, wanted.flags());
            } catch (IOException | RuntimeException e) {
                if (made) {
                    BlockTargets.removeQuietly(target, e);
                }
                records.remove(wanted.target());
                throw e;
            }
        }
    }

    private static void refuseOtherOptions(BlockUse wanted, BlockUse before) {
        if (!before.flags().equals(wanted.flags())) {
            throw new StorageException(
                    Problem.ALREADY_EXISTS,
                    "volume " + wanted.volume() + " is published at " + wanted.target()
                            + " with other options; unpublish it before it is published differently");
        }
    }

    /// Whether there is something to bind to that was not there before.
    private static boolean prepare(Target target, boolean raw) throws IOException {
        switch (target.content()) {
            case Content.Absent _ -> {
                if (raw) {
                    target.place().makeFile();
                } else {
                    target.place().makeDirectory();
                }
                return true;
            }
            case Content.Empty _
            when !raw -> {
                return false;
            }
            case Content.Occupied _
            when raw && BlockTargets.isEmptyFile(target) -> {
                return false;
            }
            case Content.Empty _ -> throw BlockTargets.inTheWay(Problem.INVALID_ARGUMENT, target, "a directory");
            case Content.Mounted(MountInfo.Mount mount) ->
                throw BlockTargets.inTheWay(Problem.IN_USE, target, "a mount of " + mount.source());
            case Content.Occupied(Problem problem, String what) -> throw BlockTargets.inTheWay(problem, target, what);
        }
    }
}
