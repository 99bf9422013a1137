package io.sagara.backend.pvc;

import io.sagara.spi.BackendHost;
import io.sagara.spi.Commands;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Holder pods as the kernel shows them: a process belongs to the pod whose UID is in the names of its cgroups,
/// which no container without privileges can change, and has the claim where the pod mounts it.
final class LinuxHolders implements Holders {
    /// Where a holder pod has its claim; the operator makes the pod so.
    static final Path CLAIM = Path.of("/brick");

    private static final Duration UNMOUNT = Duration.ofMinutes(1);
    // proc_pid_mountinfo(5): id, parent, major:minor, root, mount point, …
    private static final int MOUNT_POINT = 4;

    private final BackendHost host;
    private final Path proc;

    LinuxHolders(BackendHost host) {
        this(host, Path.of("/proc"));
    }

    LinuxHolders(BackendHost host, Path proc) {
        this.host = host;
        this.proc = proc;
    }

    @Override
    public Optional<Holder> find(String uid) {
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path process : processes) {
                if (isOf(uid, process)
                        && mountPoints(process.resolve("mountinfo")).anyMatch(CLAIM::equals)) {
                    return Optional.of(new Holder(uid, Long.parseLong(String.valueOf(process.getFileName()))));
                }
            }
            return Optional.empty();
        } catch (IOException | DirectoryIteratorException e) {
            throw new StorageException(Problem.UNAVAILABLE, proc + " cannot be read (" + e + "); see `dmesg`", e);
        }
    }

    /// kubelet names the cgroup of a pod after its UID; with systemd's driver with `_` for `-`.
    private static boolean isOf(String uid, Path process) {
        try {
            String cgroups = Files.readString(process.resolve("cgroup"));
            return Stream.of(uid, uid.replace('-', '_'))
                    .map(name -> "pod" + name)
                    .anyMatch(name -> cgroups.lines().anyMatch(line -> hasPart(line, name)));
        } catch (IOException e) {
            // it has ended
            return false;
        }
    }

    private static boolean hasPart(String cgroup, String pod) {
        return Stream.of(cgroup.split("/", -1))
                .anyMatch(part -> part.equals(pod) || part.endsWith("-" + pod + ".slice"));
    }

    private static Stream<Path> mountPoints(Path mountinfo) {
        try {
            return Files.readString(mountinfo)
                    .lines()
                    .map(line -> line.split(" ", -1))
                    .filter(fields -> fields.length > MOUNT_POINT)
                    .map(fields -> Path.of(unescape(fields[MOUNT_POINT])));
        } catch (IOException e) {
            // it has ended
            return Stream.empty();
        }
    }

    /// Space, tab, newline and backslash are written in octal.
    private static String unescape(String escaped) {
        return escaped.replace("\\040", " ")
                .replace("\\011", "\t")
                .replace("\\012", "\n")
                .replace("\\134", "\\");
    }

    @Override
    public void mount(Holder holder, Path directory) {
        try {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (IOException e) {
            throw new StorageException(Problem.UNAVAILABLE, "cannot make " + directory + ": " + e, e);
        }
        try {
            host.mountFrom(holder.pid(), CLAIM, directory);
            if (!isMounted(directory)) {
                throw new StorageException(
                        Problem.INTERNAL, "mounted the claim of pod " + holder.uid() + ", but not on " + directory);
            }
        } catch (StorageException e) {
            try {
                unmount(directory);
            } catch (StorageException left) {
                e.addSuppressed(left);
            }
            throw e;
        }
    }

    @Override
    public boolean isMounted(Path directory) {
        Path mountinfo = proc.resolve("self/mountinfo");
        try {
            return Files.readString(mountinfo)
                    .lines()
                    .map(line -> line.split(" ", -1))
                    .anyMatch(fields -> fields.length > MOUNT_POINT
                            && Path.of(unescape(fields[MOUNT_POINT])).equals(directory));
        } catch (IOException e) {
            throw new UncheckedIOException("no " + mountinfo + "; mount procfs", e);
        }
    }

    @Override
    public void unmount(Path directory) {
        if (isMounted(directory)) {
            Commands.Result result = host.commands().run(UNMOUNT, List.of("umount", directory.toString()));
            if (result.exitCode() != 0) {
                throw new StorageException(
                        result.stderr().contains("busy") ? Problem.IN_USE : Problem.UNAVAILABLE,
                        directory + " cannot be unmounted (" + result.stderr().strip() + "); `fuser -vm " + directory
                                + "` shows who uses it: end that first");
            }
        }
        try {
            Files.deleteIfExists(directory);
        } catch (DirectoryNotEmptyException e) {
            throw new StorageException(
                    Problem.IN_USE,
                    directory + " holds files of its own although nothing is mounted on it; move them away",
                    e);
        } catch (IOException e) {
            throw new StorageException(Problem.UNAVAILABLE, "cannot remove " + directory + ": " + e, e);
        }
    }

    @Override
    public void end(String uid) {
        // as the first process of its container it hears nothing else from outside
        find(uid).flatMap(holder -> ProcessHandle.of(holder.pid())).ifPresent(ProcessHandle::destroyForcibly);
    }
}
