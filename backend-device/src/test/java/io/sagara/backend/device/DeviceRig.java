package io.sagara.backend.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sagara.spi.Bricks;
import io.sagara.spi.Bytes;
import io.sagara.spi.Commands;
import io.sagara.spi.Pool;
import io.sagara.spi.StorageUnit;
import io.sagara.testkit.FakeHost;
import io.sagara.testkit.Pools;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Real files, loop devices and mounts below one directory, and their end. Touches nothing that is not below
/// that directory.
final class DeviceRig implements AutoCloseable {
    static final Bytes SMALL = Bytes.mib(48);
    static final Bytes XFS_SIZE = Bytes.mib(320);
    private static final int CAP_SYS_RESOURCE = 24;
    private static final Duration DEADLINE = Duration.ofMinutes(1);
    private static final List<String> TOOLS = List.of(
            "blkid", "wipefs", "losetup", "mount", "umount", "dd", "getfattr", "setfattr", "mkfs.xfs", "mkfs.ext4");

    final Path directory;
    final FakeHost host;
    final Commands commands = new RealCommands();

    DeviceRig(Path directory) throws IOException {
        this.directory = directory.toRealPath();
        this.host = new FakeHost(Files.createDirectories(this.directory.resolve("state")))
                .lending(commands)
                .lending(new XattrBricks());
    }

    /// Skips the test, with the reason, where it cannot run.
    static void assumeItCanRun() throws IOException {
        assumeTrue(Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid")), "needs root");
        for (String tool : TOOLS) {
            assumeTrue(
                    Stream.of("/usr/sbin", "/usr/bin", "/sbin", "/bin")
                            .anyMatch(path -> Files.isExecutable(Path.of(path, tool))),
                    "needs the program " + tool);
        }
        assumeTrue(
                new RealCommands().run(DEADLINE, List.of("losetup", "--find")).exitCode() == 0,
                "needs loop devices (/dev/loop-control)");
    }

    /// The kernel lets only CAP_SYS_RESOURCE grow a mounted ext4.
    static boolean mayGrowExt4() throws IOException {
        String effective = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("CapEff:"))
                .map(line -> line.substring("CapEff:".length()).strip())
                .findFirst()
                .orElseThrow();
        return (Long.parseUnsignedLong(effective, 16) >>> CAP_SYS_RESOURCE) % 2 != 0;
    }

    /// The backend as a freshly started agent has it.
    Bricks bricks() {
        return new DeviceBackendProvider().create(host).bricks();
    }

    String sh(String... argv) {
        return commands.check(DEADLINE, List.of(argv)).stdout().strip();
    }

    Path file(String name, Bytes size) throws IOException {
        Path file = directory.resolve(name);
        if (!Files.exists(file)) {
            try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
                sparse.setLength(size.value());
            }
        }
        return file;
    }

    static StorageUnit unit(Path source, String... options) {
        assertThat(options.length % 2).isZero();
        Map<String, String> map = new HashMap<>();
        for (int i = 0; i < options.length; i += 2) {
            map.put(options[i], options[i + 1]);
        }
        return new StorageUnit(FakeHost.NODE, "device", source.toString(), map);
    }

    static Pool pool(String name, Path source, String... options) {
        return Pools.replica1(name, unit(source, options));
    }

    Path attach(Pool pool) {
        return bricks().attach(pool, pool.bricks().getFirst());
    }

    void detach(Pool pool) {
        bricks().detach(pool, pool.bricks().getFirst());
    }

    /// A loop device of the test's own, standing in for a disk.
    Path disk(Path file) {
        return Path.of(sh("losetup", "--find", "--show", "--nooverlap", file.toString()));
    }

    /// Loop devices over files of the test, in the order of their numbers.
    List<Path> loops() {
        return sh("losetup", "--list", "--noheadings", "--raw", "--output", "NAME,BACK-FILE")
                .lines()
                .filter(line -> line.contains(" " + directory + "/"))
                .map(line -> Path.of(line.substring(0, line.indexOf(' '))))
                .toList();
    }

    List<Path> mounts() throws IOException {
        return Files.readString(Path.of("/proc/self/mountinfo"))
                .lines()
                .map(line -> Path.of(line.split(" ", -1)[4]))
                .filter(path -> path.startsWith(directory))
                .toList();
    }

    /// All that a reboot takes away.
    void reboot() throws IOException {
        for (Path mount : mounts().reversed()) {
            sh("umount", mount.toString());
        }
        for (Path loop : loops()) {
            sh("losetup", "--detach", loop.toString());
        }
    }

    String typeOf(Path file) {
        return commands.run(DEADLINE, List.of("blkid", "-p", "-o", "value", "-s", "TYPE", file.toString()))
                .stdout()
                .strip();
    }

    void assertNothingIsLeft() throws IOException {
        assertThat(mounts()).as("mounts").isEmpty();
        assertThat(loops()).as("loop devices").isEmpty();
        try (Stream<Path> state = Files.walk(directory.resolve("state"))) {
            assertThat(state.filter(path -> !path.toString().endsWith(".record"))
                            .filter(Files::isRegularFile))
                    .as("files of state besides records")
                    .isEmpty();
        }
    }

    @Override
    public void close() throws IOException {
        reboot();
    }
}
