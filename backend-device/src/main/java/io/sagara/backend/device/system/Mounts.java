package io.sagara.backend.device.system;

import io.sagara.backend.device.plan.Device;
import io.sagara.backend.device.plan.Filesystem;
import io.sagara.spi.Commands;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;

/// Mounts, grows and unmounts on directories that are ours alone. Any number of threads, on different directories.
public final class Mounts {
    // replaying the journal of a large file system after a crash takes minutes
    private static final Duration MOUNT = Duration.ofMinutes(5);
    private static final Duration UNMOUNT = Duration.ofMinutes(1);
    private static final Duration GROW = Duration.ofMinutes(5);

    private final Commands commands;
    private final Kernel kernel;

    /// Uses these.
    public Mounts(Commands commands, Kernel kernel) {
        this.commands = commands;
        this.kernel = kernel;
    }

    /// Runs `argv`, which mounts the device on the directory, and makes sure that it did. Makes the directory,
    /// closed to everyone else. Throws IN_USE or UNAVAILABLE.
    public void mount(List<String> argv, Device device, Path directory) {
        try {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (IOException e) {
            throw new StorageException(Problem.UNAVAILABLE, "cannot make " + directory + ": " + e, e);
        }
        Commands.Result result = commands.run(MOUNT, argv);
        if (result.exitCode() != 0) {
            String why = result.stderr().strip();
            Problem problem =
                    why.contains("already mounted") || why.contains("busy") ? Problem.IN_USE : Problem.UNAVAILABLE;
            throw new StorageException(
                    problem,
                    device.node() + " cannot be mounted (" + why + "); see `dmesg`, then free or repair the device");
        }
        String there = kernel.mountAt(directory).map(Kernel.Mounted::number).orElse("nothing");
        if (!there.equals(device.number())) {
            throw new StorageException(
                    Problem.INTERNAL,
                    "mounted " + device.node() + " (" + device.number() + "), but " + there + " is on " + directory);
        }
    }

    /// Makes a mounted file system as large as its device. Throws UNSUPPORTED where this process may not.
    public void grow(Filesystem filesystem, Device device, Path directory) {
        List<String> argv = filesystem.grow(device.node(), directory);
        Commands.Result result = commands.run(GROW, argv);
        if (result.exitCode() != 0) {
            String failed = "'" + String.join(" ", argv) + "' failed ("
                    + result.stderr().strip() + "); ";
            // the kernel wants more for ext4 than for XFS
            throw result.stderr().contains("Permission denied")
                    ? new StorageException(
                            Problem.UNSUPPORTED, failed + "give the agent the capability CAP_SYS_RESOURCE")
                    : new StorageException(Problem.UNAVAILABLE, failed + "see `dmesg`");
        }
    }

    /// Unmounts the directory where something is mounted on it, and removes it. Throws IN_USE where files on it
    /// are open.
    public void unmount(Path directory) {
        if (kernel.mountAt(directory).isPresent()) {
            Commands.Result result = commands.run(UNMOUNT, List.of("umount", directory.toString()));
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
}
