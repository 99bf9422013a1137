package io.sagara.agent.block;

import io.sagara.agent.posix.LoopDevice;
import io.sagara.agent.posix.MountInfo;
import io.sagara.agent.posix.PosixException;
import io.sagara.agent.publish.Target;
import io.sagara.agent.publish.Target.Content;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import io.sagara.spi.Volume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The loop device of one volume on this node, and for virtblock the mount of what is on it, at the staging path.
/// The record comes first and goes last. The loop device of a virtblock goes with its last mount, by the kernel's
/// hand, and one of a process that dies in between goes with it. The caller keeps those who work on one volume apart,
/// and calls on a thread of the pool.
final class BlockStage {
    private static final Logger LOG = LoggerFactory.getLogger(BlockStage.class);
    private static final Duration GOING = Duration.ofSeconds(3);
    private static final Duration LOOK = Duration.ofMillis(50);
    /// A volume and its clone have the same XFS id, and may be mounted beside each other.
    private static final String XFS_OPTIONS = "nouuid";

    private final BlockRecords records;
    private final Holders holders;

    BlockStage(BlockRecords records, Holders holders) {
        this.records = records;
        this.holders = holders;
    }

    /// Makes it so. `before`: what was there already, which is kept where it is still good. IN_USE where another node
    /// has the volume or something is in the way, BUSY where another node may have it, NOT_FOUND without a file.
    void make(BlockUse wanted, Optional<BlockUse> before, Path root, long client) throws IOException {
        Path file = root.resolve(wanted.file());
        if (!Files.isRegularFile(file)) {
            throw new StorageException(
                    Problem.NOT_FOUND,
                    "volume " + wanted.volume() + " has no file " + wanted.file() + " in pool " + wanted.pool()
                            + "; it may have been removed by hand");
        }
        try (Target target = Target.reach(wanted.target())) {
            if (before.isPresent()) {
                if (good(before.get(), target, client)) {
                    return;
                }
                drop(before.get(), target, Optional.of(file));
            }
            fresh(wanted, target, file, client);
        }
    }

    private static boolean good(BlockUse use, Target target, long client) throws IOException {
        boolean served = use.present().isPresent()
                && use.loop().filter(loop -> loop.client() == client).isPresent();
        return served && (use.kind() == Volume.Kind.RAWBLOCK || (mounted(use, target) && answers(target)));
    }

    /// An XFS that could not write its log has shut down, and answers everything with EIO.
    private static boolean answers(Target target) {
        try {
            return target.place().look().isPresent();
        } catch (IOException e) {
            return false;
        }
    }

    /// Whether the topmost mount there is of this use. Asks nothing of its file system, which may have shut down.
    static boolean mounted(BlockUse use, Target target) throws IOException {
        return MountInfo.read().at(target.path()).filter(use::shownBy).isPresent();
    }

    private void fresh(BlockUse wanted, Target target, Path file, long client) throws IOException {
        switch (target.content()) {
            case Content.Empty _ -> {}
            case Content.Absent _ -> target.place().makeDirectory();
            case Content.Mounted(var mount) -> throw inTheWay(wanted, "a mount of " + mount.source());
            case Content.Occupied(Problem _, String what) -> throw inTheWay(wanted, what);
        }
        records.put(wanted);
        boolean raw = wanted.kind() == Volume.Kind.RAWBLOCK;
        BlockUse made = wanted;
        try (LoopDevice loop = attach(wanted, file, !raw)) {
            long sequence = LoopDevice.state(loop.number())
                    .map(LoopDevice.State::sequence)
                    .orElse(0L);
            made = wanted.with(new BlockUse.Loop(loop.number(), sequence, client));
            records.put(made);
            holders.claim(wanted.volume(), file);
            if (!raw) {
                target.place().mount(LoopDevice.node(loop.number()), "xfs", XFS_OPTIONS);
            }
        } catch (IOException | RuntimeException e) {
            undo(made, target, e);
            throw e;
        }
    }

    private void undo(BlockUse made, Target target, Exception reason) {
        try {
            drop(made, target, Optional.empty());
            records.remove(made.target());
        } catch (IOException | StorageException e) {
            reason.addSuppressed(e);
        }
    }

    private LoopDevice attach(BlockUse wanted, Path file, boolean passing) throws IOException {
        long end = System.nanoTime() + GOING.toNanos();
        while (true) {
            try {
                return LoopDevice.over(file, passing);
            } catch (PosixException e) {
                if (e.errno() != LoopDevice.LOCKED) {
                    throw e;
                }
                // the kernel lets a device go a moment after its last mount, and tells nobody
                boolean going =
                        LoopDevice.all().stream().anyMatch(loop -> loop.file().equals(file.toString()));
                if (!going || System.nanoTime() > end) {
                    throw inUse(wanted, file, going, e);
                }
                LockSupport.parkNanos(LOOK.toNanos());
            }
        }
    }

    private StorageException inUse(BlockUse wanted, Path file, boolean here, PosixException cause) throws IOException {
        String where = here
                ? "on this node: a container may still have it mounted, or someone made a loop device over " + file
                : "on node " + holders.node(file).orElse("(it has not said its name yet)");
        return new StorageException(
                Problem.IN_USE,
                "volume " + wanted.volume() + " is in use " + where
                        + "; a block volume has one node at a time: end its pods there first",
                cause);
    }

    private static StorageException inTheWay(BlockUse wanted, String what) {
        return new StorageException(
                Problem.IN_USE,
                "volume " + wanted.volume() + " cannot be staged at " + wanted.target() + ": " + what
                        + " is there, and is left alone; remove it by hand or use another path");
    }

    /// Takes mount and loop device of a use away, as far as they are its own; its record stays. `file`: where the
    /// pool has it, if it can be reached.
    static void drop(BlockUse use, Target target, Optional<Path> file) throws IOException {
        while (mounted(use, target)) {
            target.place().unmount();
        }
        if (use.kind() != Volume.Kind.RAWBLOCK) {
            return;
        }
        Optional<LoopDevice.State> loop = use.present();
        if (loop.isPresent()) {
            LoopDevice.release(loop.get().number());
        } else if (use.loop().isEmpty() && file.isPresent()) {
            // the agent was killed before it could write down which device it had made
            String name = file.get().toString();
            for (LoopDevice.State state : LoopDevice.all()) {
                if (state.file().equals(name)) {
                    LOG.atWarn()
                            .addKeyValue("volume", use.volume())
                            .addKeyValue("loop", state.number())
                            .log("loop device of an agent that was killed taken away");
                    LoopDevice.release(state.number());
                }
            }
        }
    }
}
