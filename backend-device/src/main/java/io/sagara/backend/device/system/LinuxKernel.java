package io.sagara.backend.device.system;

import io.sagara.backend.device.plan.Device;
import io.sagara.spi.Bytes;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The kernel as its files show it: sysfs, procfs and the links udev makes.
///
/// `sys`, `proc`, `dev`: where these are mounted.
public record LinuxKernel(Path sys, Path proc, Path dev) implements Kernel {
    /// Of every size in sysfs, whatever the device's own sectors are.
    private static final long SECTOR = 512;

    private static final int TYPE_MASK = 0xf000;
    private static final int BLOCK_TYPE = 0x6000;
    private static final int REGULAR_TYPE = 0x8000;

    /// The usual places.
    public LinuxKernel() {
        this(Path.of("/sys"), Path.of("/proc"), Path.of("/dev"));
    }

    @Override
    public Node node(Path path) {
        try {
            Path real = path.toRealPath();
            Map<String, Object> stat = Files.readAttributes(real, "unix:mode,rdev,dev,ino,size");
            return switch (number(stat, "mode").intValue() & TYPE_MASK) {
                case BLOCK_TYPE ->
                    new Node.Block(real, majorMinor(number(stat, "rdev").longValue()));
                case REGULAR_TYPE ->
                    new Node.RegularFile(
                            real,
                            majorMinor(number(stat, "dev").longValue()) + ":" + number(stat, "ino"),
                            new Bytes(number(stat, "size").longValue()));
                default -> new Node.Unfit();
            };
        } catch (NoSuchFileException _) {
            return new Node.Missing();
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    private static Number number(Map<String, Object> stat, String name) {
        if (stat.get(name) instanceof Number number) {
            return number;
        }
        throw new StorageException(Problem.INTERNAL, "stat has no field " + name + ": " + stat);
    }

    /// As glibc's gnu_dev_major and gnu_dev_minor take a dev_t apart.
    private static String majorMinor(long dev) {
        long major = ((dev >>> 8) & 0xfff) | ((dev >>> 32) & ~0xfffL);
        long minor = (dev & 0xff) | ((dev >>> 12) & 0xffffff00L);
        return major + ":" + minor;
    }

    @Override
    public Optional<Node.Block> block(String number) {
        return text(directory(number).resolve("uevent"))
                .flatMap(uevent -> uevent.lines()
                        .filter(line -> line.startsWith("DEVNAME="))
                        .findFirst())
                .map(line -> new Node.Block(dev.resolve(line.substring("DEVNAME=".length())), number));
    }

    @Override
    public Device device(Node.Block block) {
        Path directory = directory(block.number());
        long sectors = text(directory.resolve("size"))
                .map(Long::parseLong)
                .orElseThrow(() -> new StorageException(
                        Problem.UNAVAILABLE,
                        "the kernel does not know " + block.path() + " (" + block.number() + ") any more; connect the"
                                + " device again"));
        boolean readOnly = text(directory.resolve("ro")).equals(Optional.of("1"));
        return new Device(
                block.path(),
                block.number(),
                new Bytes(Math.multiplyExact(sectors, SECTOR)),
                readOnly,
                users(block),
                false,
                stableId(block));
    }

    private Path directory(String number) {
        return sys.resolve("dev/block").resolve(number);
    }

    @Override
    public List<String> holders(Node.Block block) {
        return names(directory(block.number()).resolve("holders"));
    }

    private List<String> users(Node.Block block) {
        List<String> users = new ArrayList<>();
        mounts().stream()
                .filter(mounted -> mounted.number().equals(block.number()))
                .forEach(mounted -> users.add("is mounted on " + mounted.directory()));
        Path directory = directory(block.number());
        names(directory).stream()
                .filter(name -> Files.exists(directory.resolve(name).resolve("partition")))
                .forEach(name -> users.add("has the partition " + name));
        holders(block).forEach(name -> users.add("is part of " + name));
        if (swaps().contains(block.number())) {
            users.add("is swap space in use");
        }
        names(sys.resolve("block")).stream()
                .filter(name -> name.startsWith("loop") && isBehind(name, block))
                .forEach(name -> users.add("is behind /dev/" + name));
        return users;
    }

    private boolean isBehind(String loop, Node.Block block) {
        return text(sys.resolve("block").resolve(loop).resolve("loop/backing_file"))
                .filter(file -> node(Path.of(file)) instanceof Node.Block(Path _, String number)
                        && number.equals(block.number()))
                .isPresent();
    }

    private List<String> swaps() {
        return text(proc.resolve("swaps")).stream()
                .flatMap(String::lines)
                .filter(line -> line.startsWith("/"))
                .map(line -> node(Path.of(unescape(line.split("[ \\t]", -1)[0]))))
                .filter(Node.Block.class::isInstance)
                .map(node -> ((Node.Block) node).number())
                .toList();
    }

    /// udev's name where there is udev, else what the driver tells.
    private Optional<String> stableId(Node.Block block) {
        Path links = dev.resolve("disk/by-id");
        Optional<String> link = names(links).stream()
                .filter(name -> node(links.resolve(name)) instanceof Node.Block(Path _, String number)
                        && number.equals(block.number()))
                .min(Comparator.<String, Boolean>comparing(name -> !name.startsWith("wwn-"))
                        .thenComparing(Comparator.naturalOrder()));
        return link.or(() -> Stream.of("wwid", "device/wwid", "serial", "device/serial")
                .flatMap(file -> text(directory(block.number()).resolve(file)).stream())
                .map(text -> text.replaceAll("\\s+", " "))
                .filter(text -> !text.isBlank())
                .findFirst());
    }

    @Override
    public Optional<Mounted> mountAt(Path directory) {
        return mounts().stream()
                .filter(mounted -> mounted.directory().equals(directory))
                .reduce((_, upper) -> upper);
    }

    /// proc_pid_mountinfo(5): id, parent, major:minor, root, mount point, …
    private List<Mounted> mounts() {
        Path file = proc.resolve("self/mountinfo");
        return text(file)
                .orElseThrow(() -> new StorageException(Problem.UNAVAILABLE, "no " + file + "; mount procfs"))
                .lines()
                .map(line -> line.split(" "))
                .map(fields -> new Mounted(Path.of(unescape(fields[4])), fields[2]))
                .toList();
    }

    /// Space, tab, newline and backslash are written in octal.
    private static String unescape(String escaped) {
        return escaped.replace("\\040", " ")
                .replace("\\011", "\t")
                .replace("\\012", "\n")
                .replace("\\134", "\\");
    }

    @Override
    public String bootId() {
        Path file = proc.resolve("sys/kernel/random/boot_id");
        return text(file).orElseThrow(() -> new StorageException(Problem.UNAVAILABLE, "no " + file + "; mount procfs"));
    }

    private static Optional<String> text(Path file) {
        try {
            return Optional.of(Files.readString(file).strip());
        } catch (NoSuchFileException _) {
            return Optional.empty();
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static List<String> names(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (NoSuchFileException _) {
            return List.of();
        } catch (IOException | UncheckedIOException e) {
            throw unreadable(directory, e);
        }
    }

    private static StorageException unreadable(Path path, Exception e) {
        return new StorageException(Problem.UNAVAILABLE, path + " cannot be read (" + e + "); see `dmesg`", e);
    }
}
