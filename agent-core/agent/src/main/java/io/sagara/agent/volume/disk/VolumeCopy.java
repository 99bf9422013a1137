package io.sagara.agent.volume.disk;

import io.sagara.agent.posix.MountTree;
import io.sagara.spi.Bytes;
import io.sagara.spi.Commands;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import io.sagara.spi.Volume;
import io.sagara.spi.VolumeName;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// A volume with the content of another one of its pool. Only directories are copied so far.
///
/// The limit holds before the first byte comes, and the info file comes last, so that a half copy is no volume. cp
/// copies: it keeps owners, modes, times, ACLs, attributes, links, holes and special files, and asks the file system
/// to share or copy extents by itself (copy_file_range). It dies with the thread that waits for it.
final class VolumeCopy {
    /// Below the time after which the settlement of another node's agent believes that a call has ended.
    private static final Duration LONGEST = Duration.ofHours(5);

    private final PoolDisk disk;
    private final Commands commands;
    private final VolumeName source;

    VolumeCopy(PoolDisk disk, Commands commands, VolumeName source) {
        this.disk = disk;
        this.commands = commands;
        this.source = source;
    }

    /// As [io.sagara.spi.Provisioning#copy].
    Volume to(VolumeName name, Bytes size, Runnable granted) throws IOException {
        Volume.Kind kind = Volume.Kind.SUBVOL;
        Volume wanted = new Volume(name, kind, size, VolumeLayout.data(kind, name));
        BlockFiles.undo(disk, name, kind);
        Optional<Volume> present = BlockFiles.present(disk, wanted);
        if (present.isPresent()) {
            refuseOther(present.get());
            disk.ensureLimit(present.get().path(), size);
            granted.run();
            return present.get();
        }
        Volume from = source(size);
        if (disk.exists(wanted.path()) && !disk.empty(wanted.path()) && !Trash.follow(disk, name, wanted.path())) {
            throw disk.problem(Problem.ALREADY_EXISTS, SubdirProvisioning.foreign(wanted.path()));
        }
        try (CopyMark mark = CopyMark.set(disk, wanted)) {
            make(from, wanted, granted, mark);
        }
        BlockFiles.removeMark(disk, wanted);
        return wanted;
    }

    private void make(Volume from, Volume wanted, Runnable granted, CopyMark mark) throws IOException {
        Path info = VolumeLayout.info(wanted.kind(), wanted.name());
        try {
            disk.makeLeaf(wanted.path());
            // the directory itself and not its name, which another agent may give to a new one
            try (MountTree data = MountTree.of(disk.absolute(wanted.path()))) {
                mark.confirm();
                disk.limit(wanted.path(), wanted.size());
                granted.run();
                fill(from, data);
            }
            force(disk.absolute(wanted.path()));
            mark.confirm();
            // the source's own came with the attributes of its directory
            disk.limit(wanted.path(), wanted.size());
            disk.makeDirectory(info.getParent());
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
        disk.write(
                info,
                InfoFile.of(wanted.size(), VolumeLayout.bucket(wanted.kind(), wanted.name()))
                        .withSource(source));
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

    private void refuseOther(Volume present) throws IOException {
        Optional<String> of =
                disk.info(VolumeLayout.info(present.kind(), present.name())).flatMap(InfoFile::source);
        if (!of.equals(Optional.of(source.value()))) {
            throw disk.problem(
                    Problem.ALREADY_EXISTS,
                    "volume " + present.name() + " exists and is "
                            + of.map(other -> "a copy of volume " + other).orElse("no copy")
                            + ", not a copy of volume " + source + "; choose another name");
        }
    }

    private Volume source(Bytes size) throws IOException {
        Volume from = disk.find(source)
                .orElseThrow(() -> disk.problem(Problem.NOT_FOUND, "there is no volume " + source + " to be copied"))
                .volume();
        if (from.kind() != Volume.Kind.SUBVOL) {
            throw disk.problem(
                    Problem.INVALID_ARGUMENT,
                    "volume " + source + " is a block volume, which cannot be copied yet; make an empty one and copy"
                            + " what is in it from a pod");
        }
        if (size.compareTo(from.size()) < 0) {
            throw disk.problem(
                    Problem.OUT_OF_RANGE,
                    "a copy of volume " + source + " needs at least its " + from.size() + ", not " + size
                            + "; ask for more");
        }
        return from;
    }

    private void fill(Volume from, MountTree data) throws IOException {
        Object before = identity(from);
        try (MountTree tree = MountTree.of(disk.absolute(from.path()))) {
            copy(tree.sealed(), data.path());
        }
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

    private void copy(Path from, Path to) {
        Commands.Result result = commands.run(
                LONGEST,
                List.of(
                        "setpriv",
                        "--pdeathsig",
                        "KILL",
                        "cp",
                        "-a",
                        "--reflink=auto",
                        "--sparse=auto",
                        "--",
                        from + "/.",
                        to + "/."));
        if (result.exitCode() == 0) {
            return;
        }
        String why = result.stderr().strip();
        boolean full = why.contains("No space left") || why.contains("quota exceeded");
        throw disk.problem(
                full ? Problem.NO_SPACE : Problem.UNAVAILABLE,
                "volume " + source + " was not copied: " + lines(why)
                        + (full
                                ? "; ask for a larger volume"
                                : "; repeat the request, and if it goes on, while no pod uses the volume"));
    }

    private static String lines(String text) {
        return text.lines().limit(3).reduce((a, b) -> a + ", " + b).orElse("cp says nothing");
    }

    /// A volume survives the loss of power from the moment it is one.
    private static void force(Path data) throws IOException {
        Files.walkFileTree(data, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (attributes.isRegularFile()) {
                    try (FileChannel open =
                            FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
                        open.force(true);
                    }
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
