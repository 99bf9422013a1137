package io.sagara.agent.volume.disk;

import io.sagara.agent.posix.JnrPosix;
import io.sagara.agent.posix.MountTree;
import io.sagara.spi.Bytes;
import io.sagara.spi.Commands;
import io.sagara.spi.Problem;
import io.sagara.spi.Provisioning.Snapshot;
import io.sagara.spi.StorageException;
import io.sagara.spi.Volume;
import io.sagara.spi.VolumeName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;

/// A volume, or a snapshot, with the content of a volume or snapshot of its pool.
///
/// The limit holds before the first byte comes, and the info file comes last, so that a half copy is none.
final class VolumeCopy {
    private final PoolDisk disk;
    private final Commands commands;
    private final InstantSource clock;
    private final VolumeName source;

    VolumeCopy(PoolDisk disk, Commands commands, InstantSource clock, VolumeName source) {
        this.disk = disk;
        this.commands = commands;
        this.clock = clock;
        this.source = source;
    }

    /// As [io.sagara.spi.Provisioning#copy].
    Volume to(VolumeName name, Bytes size, Runnable granted) throws IOException {
        undoAll(name);
        Optional<PoolDisk.Found> present = present(name, false);
        if (present.isPresent()) {
            Volume there = present.get().volume();
            if (!there.size().equals(size)) {
                throw other(there, "has " + there.size());
            }
            if (there.kind() == Volume.Kind.SUBVOL) {
                disk.ensureLimit(there.path(), size);
            }
            granted.run();
            return there;
        }
        PoolDisk.Found from = source(size);
        Volume.Kind kind = from.info().contentKind();
        Volume wanted = new Volume(name, kind, size, VolumeLayout.data(kind, name));
        if (kind != Volume.Kind.SUBVOL) {
            BlockFiles.refuseSize(disk, wanted);
        }
        copy(from, wanted, info(wanted), granted);
        return wanted;
    }

    /// As [io.sagara.spi.Provisioning#snapshot].
    Snapshot snapshot(VolumeName name, Bytes size, Runnable granted) throws IOException {
        undoAll(name);
        Optional<PoolDisk.Found> present = present(name, true);
        if (present.isPresent()) {
            granted.run();
            return Snapshots.of(disk, present.get());
        }
        PoolDisk.Found from = source(size);
        Volume.Kind kind = Volume.Kind.SNAPSHOT;
        if (from.volume().kind() == kind) {
            throw disk.problem(Problem.NOT_FOUND, "there is no volume " + source + ", only a snapshot of this name");
        }
        Volume wanted = new Volume(name, kind, size, VolumeLayout.data(kind, name));
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        copy(from, wanted, info(wanted).withSnapshot(from.volume().kind(), now), granted);
        return new Snapshot(wanted, source, from.volume().kind(), now);
    }

    private InfoFile info(Volume wanted) {
        return InfoFile.of(wanted.size(), VolumeLayout.bucket(wanted.kind(), wanted.name()))
                .withSource(source);
    }

    private void undoAll(VolumeName name) throws IOException {
        for (Volume.Kind kind : Volume.Kind.values()) {
            BlockFiles.undo(disk, name, kind);
        }
    }

    private Optional<PoolDisk.Found> present(VolumeName name, boolean snapshot) throws IOException {
        Optional<PoolDisk.Found> found = disk.find(name);
        if (found.isEmpty()) {
            for (Volume.Kind kind : Volume.Kind.values()) {
                if (disk.exists(VolumeLayout.archivedInfo(kind, name))) {
                    throw disk.problem(Problem.ALREADY_EXISTS, SubdirProvisioning.archived(name));
                }
            }
            return found;
        }
        Volume there = found.get().volume();
        Optional<String> of = found.get().info().source();
        if ((there.kind() == Volume.Kind.SNAPSHOT) != snapshot || !of.equals(Optional.of(source.value()))) {
            throw other(there, of.map(from -> "is a copy of " + from).orElse("is no copy"));
        }
        return found;
    }

    private StorageException other(Volume there, String how) {
        return disk.problem(
                Problem.ALREADY_EXISTS,
                there.name() + " exists as " + there.kind().directory() + " and " + how
                        + ", and was asked for differently, from " + source + "; choose another name");
    }

    private PoolDisk.Found source(Bytes size) throws IOException {
        PoolDisk.Found from = disk.find(source)
                .orElseThrow(() -> disk.problem(Problem.NOT_FOUND, "there is no volume " + source + " to be copied"));
        if (size.compareTo(from.volume().size()) < 0) {
            throw disk.problem(
                    Problem.OUT_OF_RANGE,
                    "a copy of " + source + " needs at least its "
                            + from.volume().size() + ", not " + size + "; ask for more");
        }
        return from;
    }

    private CopiedContent content(PoolDisk.Found from) {
        String what = from.volume().kind() == Volume.Kind.SNAPSHOT ? "snapshot " + source : "volume " + source;
        CopyProgram program = new CopyProgram(disk, commands);
        return from.info().contentKind() == Volume.Kind.SUBVOL
                ? new CopiedDirectory(disk, program, what)
                : new CopiedFile(disk, program, new JnrPosix(), what);
    }

    private void copy(PoolDisk.Found from, Volume wanted, InfoFile info, Runnable granted) throws IOException {
        Path data = wanted.path();
        if (disk.exists(data) && !disk.empty(data) && !Trash.follow(disk, wanted.name(), data)) {
            throw disk.problem(Problem.ALREADY_EXISTS, SubdirProvisioning.foreign(data));
        }
        try (CopyMark mark = CopyMark.set(disk, wanted)) {
            make(from, wanted, info, granted, mark);
        }
        BlockFiles.removeMark(disk, wanted);
    }

    private void make(PoolDisk.Found from, Volume wanted, InfoFile info, Runnable granted, CopyMark mark)
            throws IOException {
        Path infoPath = VolumeLayout.info(wanted.kind(), wanted.name());
        CopiedContent content = content(from);
        try {
            content.make(wanted.path());
            // what was made itself and not its name, which another agent may give to a new one
            try (MountTree data = MountTree.of(disk.absolute(wanted.path()))) {
                mark.confirm();
                content.limit(wanted.path(), wanted.size());
                granted.run();
                fill(from.volume(), content, data.path(), wanted.size());
            }
            content.force(wanted.path());
            mark.confirm();
            // the source's own came with the attributes of its directory
            content.limit(wanted.path(), wanted.size());
            disk.makeDirectory(infoPath.getParent());
            mark.confirm();
        } catch (IOException | RuntimeException e) {
            if (mark.lost()) {
                StorageException problem = mark.takenOver();
                problem.addSuppressed(e);
                throw problem;
            }
            // one who was given up leaves it to the settlement, which knows when his thread has ended
            if (!Thread.currentThread().isInterrupted()) {
                undo(wanted, mark, e);
            }
            throw e;
        }
        disk.write(infoPath, info);
    }

    private void undo(Volume wanted, CopyMark mark, Exception reason) {
        try {
            if (mark.ours()) {
                BlockFiles.undo(disk, wanted.name(), wanted.kind());
            }
        } catch (IOException e) {
            reason.addSuppressed(e);
        }
    }

    private void fill(Volume from, CopiedContent content, Path to, Bytes size) throws IOException {
        Object before = identity(from);
        content.fill(from.path(), to, size);
        if (disk.find(source).isEmpty() || !Objects.equals(identity(from), before)) {
            throw disk.problem(
                    Problem.UNAVAILABLE, "volume " + source + " was deleted while it was copied; repeat the request");
        }
    }

    private Object identity(Volume volume) throws IOException {
        return Objects.requireNonNull(
                Files.readAttributes(disk.absolute(volume.path()), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                        .fileKey());
    }
}
