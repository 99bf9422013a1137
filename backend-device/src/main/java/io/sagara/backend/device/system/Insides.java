package io.sagara.backend.device.system;

import io.sagara.backend.device.plan.Device;
import io.sagara.backend.device.plan.Filesystem;
import io.sagara.backend.device.plan.Inside;
import io.sagara.spi.Commands;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/// Looks for bricks inside file systems: at the root, in its directories, and where Kadalu's path bricks are.
public final class Insides {
    private static final Duration READ = Duration.ofSeconds(20);
    private static final String VOLUME_ID = "trusted.glusterfs.volume-id";
    private static final String NONE = "No such attribute";
    // keeps a command line far below the kernel's limit
    private static final int AT_ONCE = 200;
    private static final Path PATH_BRICK = Path.of("data", "brick");

    private final Commands commands;
    private final Mounts mounts;

    /// Uses these.
    public Insides(Commands commands, Mounts mounts) {
        this.commands = commands;
        this.mounts = mounts;
    }

    /// Mounts the device for reading, looks, and unmounts it again. Writes nothing to the device.
    public Inside look(Device device, Filesystem filesystem, Path directory) {
        Inside found;
        try {
            mounts.mount(filesystem.look(device.node(), directory), device, directory);
            found = inside(directory);
        } catch (StorageException e) {
            found = new Inside.Unreadable(String.valueOf(e.getMessage()));
        }
        mounts.unmount(directory);
        return found;
    }

    /// What is inside a mounted file system.
    public Inside inside(Path root) {
        try {
            Optional<Inside.Mark> mark =
                    new AtomicFile(root, Inside.Mark.FILE).read().flatMap(Inside.Mark::of);
            return volumeIds(root, mark);
        } catch (IOException | UncheckedIOException | StorageException e) {
            return new Inside.Unreadable(String.valueOf(e.getMessage()));
        }
    }

    private Inside volumeIds(Path root, Optional<Inside.Mark> mark) throws IOException {
        List<String> places = new ArrayList<>(List.of(root.toString()));
        try (Stream<Path> children = Files.list(root)) {
            children.filter(child -> Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS))
                    .sorted()
                    .forEach(child -> places.add(child.toString()));
        }
        if (Files.isDirectory(root.resolve(PATH_BRICK), LinkOption.NOFOLLOW_LINKS)) {
            places.add(root.resolve(PATH_BRICK).toString());
        }
        Map<String, UUID> ids = new HashMap<>();
        for (int from = 0; from < places.size(); from += AT_ONCE) {
            List<String> argv = new ArrayList<>(
                    List.of("getfattr", "--absolute-names", "--encoding=hex", "--name=" + VOLUME_ID, "--"));
            argv.addAll(places.subList(from, Math.min(places.size(), from + AT_ONCE)));
            Commands.Result result = commands.run(READ, argv);
            Optional<String> failure =
                    result.stderr().lines().filter(line -> !line.endsWith(NONE)).findFirst();
            if (failure.isPresent()) {
                return new Inside.Unreadable(failure.get());
            }
            ids.putAll(parse(root, result.stdout()));
        }
        return new Inside.Contents(ids, mark);
    }

    /// `# file: <path>` and `trusted.glusterfs.volume-id=0x<32 hex digits>` lines.
    private static Map<String, UUID> parse(Path root, String printed) {
        Map<String, UUID> ids = new HashMap<>();
        String file = root.toString();
        for (String line : printed.lines().toList()) {
            if (line.startsWith("# file: ")) {
                file = line.substring("# file: ".length());
            } else if (line.startsWith(VOLUME_ID + "=0x")) {
                String hex = line.substring(VOLUME_ID.length() + "=0x".length());
                ids.put(
                        file.equals(root.toString())
                                ? ""
                                : file.substring(root.toString().length() + 1),
                        id(hex));
            }
        }
        return ids;
    }

    /// An id of another length is nobody's we know, but it is an owner: the nil UUID stands for it.
    private static UUID id(String hex) {
        if (!hex.matches("[0-9a-f]{32}")) {
            return new UUID(0, 0);
        }
        return new UUID(Long.parseUnsignedLong(hex, 0, 16, 16), Long.parseUnsignedLong(hex, 16, 32, 16));
    }
}
