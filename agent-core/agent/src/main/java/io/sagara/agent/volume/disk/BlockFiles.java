package io.sagara.agent.volume.disk;

import io.sagara.spi.Bytes;
import io.sagara.spi.Commands;
import io.sagara.spi.Problem;
import io.sagara.spi.Volume;
import io.sagara.spi.VolumeName;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Volumes as one sparse file of their size: with an XFS in it (virtblock), or bare (rawblock).
///
/// While one is made, `.sagara-making/<kind>-<name>` says so, and also while a directory or file is filled by
/// [VolumeCopy], which renews the mark: see [CopyMark]. A file without an info file is undone where that
/// mark is there, and left alone where it is not. Only a file that was made new a moment ago is formatted: what
/// an earlier try has left is removed first, and mkfs.xfs itself refuses a file in which it finds something.
final class BlockFiles {
    private static final Logger LOG = LoggerFactory.getLogger(BlockFiles.class);
    private static final Path MAKING = Path.of(".sagara-making");
    private static final Duration FORMAT = Duration.ofSeconds(25);
    private static final int SECTOR = 512;
    /// What mkfs.xfs takes since version 5.19.
    private static final Bytes SMALLEST_XFS = Bytes.mib(300);

    private final Commands commands;

    BlockFiles(Commands commands) {
        this.commands = commands;
    }

    /// As [io.sagara.spi.Provisioning#create].
    Volume create(PoolDisk disk, Volume wanted, Runnable granted) throws IOException {
        refuseSize(disk, wanted);
        undo(disk, wanted.name(), wanted.kind());
        Optional<Volume> present = present(disk, wanted);
        if (present.isPresent()) {
            granted.run();
            return present.get();
        }
        if (disk.exists(wanted.path())) {
            throw disk.problem(Problem.ALREADY_EXISTS, SubdirProvisioning.foreign(wanted.path()));
        }
        try {
            setMark(disk, wanted, new byte[0]);
            make(disk, wanted);
            granted.run();
        } catch (IOException | RuntimeException e) {
            // one who was given up may have been replaced, and the file be another's by now
            if (!Thread.currentThread().isInterrupted()) {
                undoQuietly(disk, wanted, e);
            }
            throw e;
        }
        disk.write(
                VolumeLayout.info(wanted.kind(), wanted.name()),
                InfoFile.of(wanted.size(), VolumeLayout.bucket(wanted.kind(), wanted.name())));
        removeMark(disk, wanted);
        return wanted;
    }

    /// Says that the volume is being made, before there is anything of it. `content`: of the mark.
    static void setMark(PoolDisk disk, Volume wanted, byte[] content) throws IOException {
        disk.makeDirectory(MAKING);
        try (FileChannel made = disk.changes().create(disk.absolute(mark(wanted.kind(), wanted.name())))) {
            if (content.length > 0) {
                disk.changes().write(made, ByteBuffer.wrap(content));
            }
            disk.changes().force(made);
        }
    }

    /// Says that it is made.
    static void removeMark(PoolDisk disk, Volume wanted) throws IOException {
        disk.remove(mark(wanted.kind(), wanted.name()));
    }

    static void refuseSize(PoolDisk disk, Volume wanted) {
        if (wanted.size().value() % SECTOR != 0) {
            throw disk.problem(
                    Problem.OUT_OF_RANGE,
                    "volume " + wanted.name() + ": a block volume has whole sectors of " + SECTOR + " bytes, and "
                            + wanted.size().value() + " bytes are none; ask for a multiple");
        }
        if (wanted.kind() == Volume.Kind.VIRTBLOCK && wanted.size().compareTo(SMALLEST_XFS) < 0) {
            throw disk.problem(
                    Problem.OUT_OF_RANGE,
                    "volume " + wanted.name() + ": XFS needs at least " + SMALLEST_XFS + ", not " + wanted.size()
                            + "; ask for more, or for a volume that is a directory");
        }
    }

    /// The volume where it is there already. Throws ALREADY_EXISTS where it is another one.
    static Optional<Volume> present(PoolDisk disk, Volume wanted) throws IOException {
        Optional<PoolDisk.Found> found = disk.find(wanted.name());
        if (found.isEmpty()) {
            if (disk.exists(VolumeLayout.archivedInfo(wanted.kind(), wanted.name()))) {
                throw disk.problem(Problem.ALREADY_EXISTS, SubdirProvisioning.archived(wanted.name()));
            }
            return Optional.empty();
        }
        Volume there = found.get().volume();
        if (there.kind() != wanted.kind() || !there.size().equals(wanted.size())) {
            throw disk.problem(
                    Problem.ALREADY_EXISTS,
                    "volume " + wanted.name() + " exists as " + there.kind().directory() + " with " + there.size()
                            + "; choose another name, or expand it");
        }
        return Optional.of(there);
    }

    private void make(PoolDisk disk, Volume wanted) throws IOException {
        disk.makeDirectory(wanted.path().getParent());
        Path file = disk.absolute(wanted.path());
        // fails where anything has the name
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        stretch(file, wanted.size());
        if (wanted.kind() == Volume.Kind.VIRTBLOCK) {
            // -K: a new file has nothing to discard. Never -f, which would not look for contents
            var _ = commands.check(FORMAT, List.of("mkfs.xfs", "-q", "-K", file.toString()));
        }
    }

    private static void stretch(Path file, Bytes size) throws IOException {
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
            if (open.length() < size.value()) {
                open.setLength(size.value());
                open.getFD().sync();
            }
        }
    }

    private static void undoQuietly(PoolDisk disk, Volume wanted, Exception reason) {
        try {
            undo(disk, wanted.name(), wanted.kind());
        } catch (IOException e) {
            reason.addSuppressed(e);
        }
    }

    /// Raises the size, never lowers it. The info file comes first, so that no more is used than is counted.
    Volume expand(PoolDisk disk, PoolDisk.Found found, Bytes size) throws IOException {
        Volume old = found.volume();
        Bytes larger = size.compareTo(old.size()) > 0 ? size : old.size();
        Volume wanted = new Volume(old.name(), old.kind(), larger, old.path());
        if (!larger.equals(old.size())) {
            refuseSize(disk, wanted);
            disk.write(VolumeLayout.info(old.kind(), old.name()), found.info().withSize(larger));
        }
        stretch(disk.absolute(old.path()), larger);
        return wanted;
    }

    static Path mark(Volume.Kind kind, VolumeName name) {
        return MAKING.resolve(kind.directory() + "-" + name);
    }

    /// Whether a volume of this name is being made, or its making was cut short.
    static boolean unfinished(PoolDisk disk, VolumeName name) throws IOException {
        return unfinished(disk).contains(name.value());
    }

    /// All such names.
    static Set<String> unfinished(PoolDisk disk) throws IOException {
        Set<String> names = new HashSet<>();
        for (String mark : disk.names(MAKING)) {
            Arrays.stream(Volume.Kind.values())
                    .map(kind -> kind.directory() + "-")
                    .filter(mark::startsWith)
                    .map(prefix -> mark.substring(prefix.length()))
                    .forEach(names::add);
        }
        return names;
    }

    /// Removes what a making that was cut short has left, if there is any; keeps a volume.
    static void undo(PoolDisk disk, VolumeName name, Volume.Kind kind) throws IOException {
        Path mark = mark(kind, name);
        if (!disk.exists(mark)) {
            return;
        }
        if (!disk.exists(VolumeLayout.info(kind, name)) && !disk.exists(VolumeLayout.archivedInfo(kind, name))) {
            LOG.atInfo().addKeyValue("volume", name).log("a volume that was not finished is removed");
            if (kind == Volume.Kind.SUBVOL || kind == Volume.Kind.SNAPSHOT) {
                // a copy, which may be large
                Trash.discard(disk, name, VolumeLayout.data(kind, name));
            } else {
                disk.remove(VolumeLayout.data(kind, name));
            }
        }
        disk.remove(mark);
    }
}
