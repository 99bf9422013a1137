package io.sagara.agent.publish;

import io.sagara.agent.posix.MountInfo;
import io.sagara.agent.posix.Posix.MountFlag;
import io.sagara.agent.publish.Target.Content;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes and unmakes the mount of one publication together with its record: the record first, and away last, so that
/// no crash leaves a mount that nobody knows. Never puts one mount on another. The caller keeps those who work on one
/// target apart, and calls what takes a `source` on a thread of the pool.
final class Binding {
    private static final Logger LOG = LoggerFactory.getLogger(Binding.class);

    private final PublicationRecords records;
    private final Path poolMounts;

    /// `poolMounts`: the directory in which pools are mounted.
    Binding(PublicationRecords records, Path poolMounts) {
        this.records = records;
        this.poolMounts = poolMounts;
    }

    /// How a record gets kept; may refuse.
    interface Keeping {
        void keep(Publication publication);
    }

    /// Binds `source`, which is on `device`, to the target of `wanted`, unless that is so already. ALREADY_EXISTS
    /// where another volume is there or this one with other flags, IN_USE or INVALID_ARGUMENT where something is
    /// in the way, NOT_FOUND without a source.
    void bind(Publication wanted, Path source, long device, Keeping keeping) throws IOException {
        Optional<Publication> before = records.at(wanted.target());
        try (Target target = Target.reach(wanted.target())) {
            switch (target.content()) {
                case Content.Mounted(MountInfo.Mount mount) -> {
                    requireSame(wanted, before, mount, device);
                    if (mount.device() != device) {
                        requireDirectory(wanted, source, device);
                    }
                    keeping.keep(with(wanted, before));
                    if (mount.device() != device) {
                        target.place().rebind(source, wanted.flags());
                    }
                }
                case Content.Occupied(Problem problem, String what) -> throw inTheWay(problem, wanted, what);
                case Content.Absent _ -> fresh(target, with(wanted, before), new From(source, device), keeping, true);
                case Content.Empty _ -> fresh(target, with(wanted, before), new From(source, device), keeping, false);
            }
        }
    }

    private static Publication with(Publication wanted, Optional<Publication> before) {
        Publication all = wanted;
        for (long device : before.filter(former -> former.volume().equals(wanted.volume()))
                .map(Publication::devices)
                .orElse(Set.of())) {
            all = all.alsoFrom(device);
        }
        return all;
    }

    private static StorageException inTheWay(Problem problem, Publication wanted, String what) {
        return new StorageException(
                problem,
                "volume " + wanted.volume() + " cannot be at " + wanted.target() + ": " + what
                        + " is there, and is left alone; remove it by hand or use another path");
    }

    /// Throws NOT_FOUND where the pool does not have the directory, and the I/O error where that cannot be told: a
    /// client or a brick that has just died hides every directory.
    private void requireDirectory(Publication wanted, Path source, long device) throws IOException {
        try {
            if (Files.readAttributes(source, BasicFileAttributes.class).isDirectory()) {
                return;
            }
        } catch (NoSuchFileException e) {
            if (MountInfo.read().all().stream().noneMatch(mount -> isPool(mount, device))) {
                throw new IOException("its pool is not mounted; it is being mounted again", e);
            }
        }
        throw new StorageException(
                Problem.NOT_FOUND,
                "volume " + wanted.volume() + " has no directory " + wanted.root() + " in pool " + wanted.pool()
                        + "; it may have been removed by hand");
    }

    private boolean isPool(MountInfo.Mount mount, long device) {
        return mount.device() == device && poolMounts.equals(mount.point().getParent());
    }

    private static void requireSame(
            Publication wanted, Optional<Publication> before, MountInfo.Mount mount, long device) {
        boolean known = before.filter(former -> former.shownBy(mount)).isPresent()
                || wanted.alsoFrom(device).shownBy(mount);
        if (!known && mount.device() != device) {
            throw inTheWay(Problem.IN_USE, wanted, "a mount of " + mount.source() + " (" + mount.type() + ")");
        }
        if (!mount.root().equals(wanted.root())) {
            throw new StorageException(
                    Problem.ALREADY_EXISTS,
                    "another volume, " + mount.root() + ", is published at " + wanted.target()
                            + "; unpublish it before volume " + wanted.volume() + " is published there");
        }
        Set<MountFlag> flags = before.map(Publication::flags).orElse(wanted.flags());
        boolean readonly = mount.options().contains(MountFlag.READONLY.option());
        if (!flags.equals(wanted.flags()) || readonly != wanted.flags().contains(MountFlag.READONLY)) {
            throw new StorageException(
                    Problem.ALREADY_EXISTS,
                    "volume " + wanted.volume() + " is published at " + wanted.target() + " with " + mount.options()
                            + "; unpublish it before it is published differently");
        }
    }

    /// A directory of a pool's mount, and the device of that mount.
    private record From(Path source, long device) {}

    private void fresh(Target target, Publication wanted, From from, Keeping keeping, boolean absent)
            throws IOException {
        requireDirectory(wanted, from.source(), from.device());
        keeping.keep(wanted);
        boolean made = false;
        try {
            if (absent) {
                target.place().makeDirectory();
                made = true;
            }
            target.place().bind(from.source(), wanted.flags());
        } catch (IOException | RuntimeException e) {
            undo(target, made, e);
            throw e;
        }
    }

    private void undo(Target target, boolean made, Exception reason) {
        try {
            if (made) {
                target.place().removeDirectory();
            }
            records.remove(target.path());
        } catch (IOException | StorageException e) {
            reason.addSuppressed(e);
        }
    }

    /// Binds a publication from `source`, which is on `device`, where it is bound from elsewhere or no longer.
    /// Returns whether that was so.
    boolean renew(Publication present, Path source, long device) throws IOException {
        Optional<Target> found = Target.find(present.target());
        if (found.isEmpty()) {
            forget(present);
            return false;
        }
        try (Target target = found.get()) {
            return renewAt(target, present, source, device);
        }
    }

    private boolean renewAt(Target target, Publication present, Path source, long device) throws IOException {
        return switch (target.content()) {
            case Content.Mounted(MountInfo.Mount mount) when mount.device() == device -> false;
            case Content.Mounted(MountInfo.Mount mount)
            when present.shownBy(mount) -> {
                records.put(present.alsoFrom(device));
                target.place().rebind(source, present.flags());
                yield true;
            }
            case Content.Mounted(MountInfo.Mount other) ->
                throw inTheWay(Problem.IN_USE, present, "a mount of " + other.source());
            case Content.Empty _ -> {
                records.put(present.alsoFrom(device));
                target.place().bind(source, present.flags());
                yield true;
            }
            case Content.Absent _ -> {
                forget(present);
                yield false;
            }
            case Content.Occupied(Problem problem, String what) -> throw inTheWay(problem, present, what);
        };
    }

    private void forget(Publication gone) {
        LOG.atWarn()
                .addKeyValue("volume", gone.volume())
                .addKeyValue("target", gone.target())
                .log("volume no longer published: its directory was removed by someone else");
        records.remove(gone.target());
    }

    /// Takes away what is mounted from a pool at `path`, and with `remove` its directory as well, and forgets the
    /// publication. Succeeds where nothing is there; IN_USE where something of someone else is.
    void unbind(Path path, boolean remove) throws IOException {
        Optional<Target> found = Target.find(path);
        if (found.isPresent()) {
            try (Target target = found.get()) {
                while (target.content() instanceof Content.Mounted(MountInfo.Mount mount)) {
                    requireOurs(path, mount);
                    target.place().unmount();
                }
                if (remove) {
                    remove(target);
                }
            }
        }
        records.remove(path);
    }

    private void requireOurs(Path path, MountInfo.Mount mount) throws IOException {
        boolean recorded =
                records.at(path).filter(present -> present.shownBy(mount)).isPresent();
        boolean fromPool = MountInfo.read().all().stream().anyMatch(pool -> isPool(pool, mount.device()));
        if (!recorded && !fromPool) {
            throw new StorageException(
                    Problem.IN_USE,
                    "what is mounted at " + path + " is of " + mount.source() + " (" + mount.type()
                            + ") and no volume of ours; it is left alone, unmount it by hand");
        }
    }

    private static void remove(Target target) throws IOException {
        switch (target.content()) {
            case Content.Empty _ -> target.place().removeDirectory();
            case Content.Occupied(Problem _, String what) ->
                throw new StorageException(
                        Problem.IN_USE,
                        target.path() + " is no mount of ours but " + what + "; it is left alone, look at it by hand");
            case Content.Absent _, Content.Mounted _ -> {}
        }
    }
}
