package io.sagara.backend.device.system;

import io.sagara.backend.device.plan.Content;
import io.sagara.backend.device.plan.Device;
import io.sagara.backend.device.plan.Filesystem;
import io.sagara.spi.Bytes;
import io.sagara.spi.Commands;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/// Reads, removes and makes what is on devices. Any number of threads, on different devices. A device that does
/// not answer is UNAVAILABLE, never blank.
public final class Signatures {
    private static final Duration READ = Duration.ofSeconds(20);
    // a device of another pool that hangs must not hold up this one for long
    private static final Duration SCAN = Duration.ofSeconds(5);
    private static final Duration WIPE = Duration.ofMinutes(1);
    private static final Duration FORMAT = Duration.ofMinutes(10);

    private static final int FOUND_NOTHING = 2;
    private static final int AMBIVALENT = 8;
    private static final Bytes END = Bytes.mib(1);

    /// No file system has this name, so wiping it changes nothing.
    private static final String NO_TYPE = "sagara-none";

    private final Commands commands;

    /// Uses these.
    public Signatures(Commands commands) {
        this.commands = commands;
    }

    /// What is on the device.
    public Content content(Device device) {
        Commands.Result result = commands.run(
                READ, List.of("blkid", "-p", "-o", "export", device.node().toString()));
        Content content =
                switch (result.exitCode()) {
                    case 0 -> Content.of(result.stdout());
                    case FOUND_NOTHING -> new Content.Blank();
                    case AMBIVALENT -> new Content.Ambivalent();
                    default -> throw silent(device, result);
                };
        if (content instanceof Content.Blank) {
            if (!result.stderr().isBlank()) {
                throw silent(device, result);
            }
            // blkid says 2 also for a device it cannot open or read
            read(device, Bytes.ZERO);
            if (device.size().compareTo(END) > 0) {
                read(device, device.size().minusOrZero(END));
            }
        }
        return content;
    }

    private void read(Device device, Bytes from) {
        Commands.Result result = commands.run(
                READ,
                List.of(
                        "dd",
                        "if=" + device.node(),
                        "of=/dev/null",
                        "bs=" + END.value(),
                        "count=1",
                        "skip=" + from.value(),
                        "iflag=direct,skip_bytes",
                        "status=none"));
        if (result.exitCode() != 0) {
            throw silent(device, result);
        }
    }

    /// Whether someone has the device open exclusively: the kernel does so for everything mounted or built upon
    /// it in any container.
    public boolean isHeld(Device device) {
        // wipefs opens with O_EXCL when it is to write
        Commands.Result result = commands.run(
                READ, List.of("wipefs", "-a", "-t", NO_TYPE, device.node().toString()));
        if (result.exitCode() != 0 && !isBusy(result)) {
            throw silent(device, result);
        }
        return result.exitCode() != 0;
    }

    /// The devices of this node with this file system. Throws UNAVAILABLE where some device does not answer in
    /// time.
    public List<Path> carriers(UUID filesystem) {
        Commands.Result result =
                commands.run(SCAN, List.of("blkid", "-c", "/dev/null", "-t", "UUID=" + filesystem, "-o", "device"));
        return switch (result.exitCode()) {
            case 0 -> result.stdout().lines().map(String::strip).map(Path::of).toList();
            case FOUND_NOTHING -> List.of();
            default ->
                throw new StorageException(
                        Problem.UNAVAILABLE,
                        "the devices of this node cannot be searched ("
                                + result.stderr().strip() + "); see `dmesg`");
        };
    }

    /// Removes every signature; a device that is open exclusively is IN_USE and stays as it is.
    public void wipe(Device device) {
        List<String> wipe =
                new ArrayList<>(List.of("wipefs", "-a", device.node().toString()));
        change(device, WIPE, wipe);
        if (!(content(device) instanceof Content.Blank)) {
            // a partition table inside a partition needs force, which gives up O_EXCL: hence not at first
            wipe.add(1, "-f");
            change(device, WIPE, wipe);
        }
        Content left = content(device);
        if (!(left instanceof Content.Blank)) {
            throw new StorageException(
                    Problem.UNAVAILABLE,
                    device.node() + " still holds " + left.inWords() + " after wiping it; check the device");
        }
    }

    /// Makes a file system on a blank device and makes sure that it is there.
    public void format(Device device, Filesystem filesystem, UUID id) {
        change(device, FORMAT, filesystem.make(id, device.node()));
        Content made = content(device);
        if (!made.equals(new Content.Formatted(filesystem, id))) {
            throw new StorageException(
                    Problem.UNAVAILABLE,
                    device.node() + " holds " + made.inWords() + " after formatting it with UUID " + id
                            + "; check the device");
        }
    }

    private void change(Device device, Duration deadline, List<String> argv) {
        Commands.Result result = commands.run(deadline, argv);
        if (result.exitCode() != 0) {
            throw new StorageException(
                    isBusy(result) ? Problem.IN_USE : Problem.UNAVAILABLE,
                    "'" + String.join(" ", argv) + "' failed ("
                            + result.stderr().strip() + "); free or check " + device.node());
        }
    }

    private static boolean isBusy(Commands.Result result) {
        return result.stderr().contains("Device or resource busy")
                || result.stderr().contains("apparently in use");
    }

    private static StorageException silent(Device device, Commands.Result result) {
        String why = result.stderr().isBlank()
                ? "exit code " + result.exitCode()
                : result.stderr().strip();
        return new StorageException(
                Problem.UNAVAILABLE,
                device.node() + " cannot be read (" + why + "); see `dmesg`, then check or replace the device");
    }
}
