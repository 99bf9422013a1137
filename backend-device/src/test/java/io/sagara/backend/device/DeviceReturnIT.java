package io.sagara.backend.device;

import static io.sagara.backend.device.DeviceRig.SMALL;
import static io.sagara.backend.device.DeviceRig.XFS_SIZE;
import static io.sagara.backend.device.DeviceRig.pool;
import static io.sagara.backend.device.DeviceRig.unit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sagara.spi.Bricks;
import io.sagara.spi.Bytes;
import io.sagara.spi.Layout;
import io.sagara.spi.Pool;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import io.sagara.testkit.Pools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Bricks that come back after reboots, renamings and growth, and devices that someone else uses.
class DeviceReturnIT {
    private DeviceRig rig;

    @BeforeAll
    static void canRun() throws IOException {
        DeviceRig.assumeItCanRun();
    }

    @BeforeEach
    void start(@TempDir Path directory) throws IOException {
        rig = new DeviceRig(directory);
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        try (DeviceRig ending = rig) {
            ending.assertNothingIsLeft();
        }
    }

    private void refuses(Problem problem, Pool pool, String... words) {
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> rig.attach(pool))
                .withMessageContainingAll(words)
                .satisfies(e -> assertThat(e.problem()).as(e.getMessage()).isEqualTo(problem));
    }

    private void release(Path loop) {
        rig.sh("losetup", "--detach", loop.toString());
    }

    @Test
    void aBrickReturnsAfterARebootOnAnotherLoopDevice() throws IOException {
        Path disk = rig.file("disk", XFS_SIZE);
        Pool pool = pool("p1", disk, "wipe", "true");
        Files.writeString(rig.attach(pool).resolve("file"), "data");
        Path before = rig.loops().getFirst();
        rig.reboot();
        Path other = rig.file("other", SMALL);
        rig.sh("losetup", before.toString(), other.toString());
        assertThat(rig.attach(pool).resolve("file")).hasContent("data");
        assertThat(rig.loops()).hasSize(2).contains(before);
        rig.detach(pool);
        assertThat(rig.loops()).containsExactly(before);
        assertThat(rig.typeOf(other)).isEmpty();
        release(before);
    }

    @Test
    void aDiskIsFoundUnderAnotherNameAndTheOldNameIsLeftAlone() throws IOException {
        Path file = rig.file("disk", XFS_SIZE);
        Path disk = rig.disk(file);
        Pool pool = pool("p1", disk, "wipe", "true");
        Files.writeString(rig.attach(pool).resolve("file"), "data");
        rig.reboot();
        Path other = rig.file("other", XFS_SIZE);
        rig.sh("losetup", disk.toString(), other.toString());
        refuses(Problem.UNAVAILABLE, pool, "is on no device of this node", disk.toString());
        Path renamed = rig.disk(file);
        assertThat(rig.attach(pool).resolve("file")).hasContent("data");
        assertThat(rig.host.progressLines()).anyMatch(line -> line.contains("is now on " + renamed));
        assertThat(rig.typeOf(other)).isEmpty();
        rig.detach(pool);
        release(disk);
        release(renamed);
    }

    @Test
    void aCopyOfTheDiskIsRefusedAsLongAsBothAreThere() throws IOException {
        Path file = rig.file("disk", SMALL);
        Path disk = rig.disk(file);
        Pool pool = pool("p1", disk, "filesystem", "ext4");
        rig.attach(pool);
        rig.detach(pool);
        Path copy = rig.disk(Files.copy(file, rig.directory.resolve("copy")));
        refuses(Problem.IN_USE, pool, disk.toString(), copy.toString());
        release(copy);
        rig.attach(pool);
        rig.detach(pool);
        release(disk);
    }

    @Test
    void aRemovedDiskIsNotReplacedByWhatHasItsName() throws IOException {
        Path file = rig.file("disk", SMALL);
        Pool pool = pool("p1", file, "filesystem", "ext4", "wipe", "true");
        rig.attach(pool);
        rig.detach(pool);
        Files.move(file, rig.directory.resolve("elsewhere"));
        refuses(Problem.UNAVAILABLE, pool, "does not exist", "erase this brick");
        rig.file("disk", SMALL);
        refuses(Problem.UNAVAILABLE, pool, "holds nothing now");
        rig.bricks().erase(pool, pool.bricks().getFirst());
        assertThat(rig.attach(pool)).isEmptyDirectory();
        rig.detach(pool);
    }

    @Test
    void theBrickGrowsWithItsFileWhileItIsServed() throws IOException {
        growsOnline("xfs");
    }

    @Test
    void ext4GrowsWithItsFileWhileItIsServed() throws IOException {
        assumeTrue(DeviceRig.mayGrowExt4(), "needs CAP_SYS_RESOURCE");
        growsOnline("ext4");
    }

    private void growsOnline(String filesystem) throws IOException {
        Path disk = rig.file("disk", XFS_SIZE);
        Pool pool = pool("p1", disk, "filesystem", filesystem);
        Bricks bricks = rig.bricks();
        Path directory = rig.attach(pool);
        Files.writeString(directory.resolve("file"), "data");
        Bytes before = bricks.grow(pool, pool.bricks().getFirst(), directory);
        rig.sh("truncate", "-s", "640M", disk.toString());
        Bytes after = bricks.grow(pool, pool.bricks().getFirst(), directory);
        assertThat(after).isGreaterThan(before.plus(Bytes.mib(250)));
        assertThat(bricks.grow(pool, pool.bricks().getFirst(), directory)).isEqualTo(after);
        assertThat(directory.resolve("file")).hasContent("data");
        rig.detach(pool);
    }

    @Test
    void ext4SaysWhatItNeedsToGrow() throws IOException {
        assumeFalse(DeviceRig.mayGrowExt4(), "has CAP_SYS_RESOURCE");
        Path disk = rig.file("disk", SMALL);
        Pool pool = pool("p1", disk, "filesystem", "ext4");
        Path directory = rig.attach(pool);
        rig.sh("truncate", "-s", "96M", disk.toString());
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> rig.bricks().grow(pool, pool.bricks().getFirst(), directory))
                .withMessageContaining("CAP_SYS_RESOURCE")
                .satisfies(e -> assertThat(e.problem()).isEqualTo(Problem.UNSUPPORTED));
        rig.detach(pool);
    }

    @Test
    void whatGrewWhileDetachedIsUsedAfterwards() throws IOException {
        Path disk = rig.file("disk", XFS_SIZE);
        Pool pool = pool("p1", disk);
        rig.attach(pool);
        rig.detach(pool);
        rig.sh("truncate", "-s", "640M", disk.toString());
        Path directory = rig.attach(pool);
        assertThat(rig.bricks().grow(pool, pool.bricks().getFirst(), directory)).isGreaterThan(Bytes.mib(500));
        rig.detach(pool);
    }

    @Test
    void aDeviceThatIsMountedElsewhereIsRefused() throws IOException {
        Path disk = rig.disk(rig.file("disk", SMALL));
        rig.sh("mkfs.ext4", "-q", disk.toString());
        Path elsewhere = Files.createDirectories(rig.directory.resolve("else where"));
        rig.sh("mount", disk.toString(), elsewhere.toString());
        refuses(Problem.IN_USE, pool("p1", disk, "filesystem", "ext4", "wipe", "true"), "is mounted on " + elsewhere);
        rig.sh("umount", elsewhere.toString());
        release(disk);
    }

    @Test
    void aDeviceThatAnotherContainerHasMountedIsRefused() throws IOException {
        Path disk = rig.disk(rig.file("disk", SMALL));
        rig.sh("mkfs.ext4", "-q", disk.toString());
        Path elsewhere = Files.createDirectories(rig.directory.resolve("elsewhere"));
        String script = "mount " + disk + " " + elsewhere + " && echo ready && cat";
        try (Holder _ = new Holder("unshare", "-m", "sh", "-c", script)) {
            assertThat(rig.mounts()).isEmpty();
            refuses(
                    Problem.IN_USE,
                    pool("p1", disk, "filesystem", "ext4", "wipe", "true"),
                    "mounted by another container");
        }
        release(disk);
    }

    @Test
    void aDeviceThatIsOpenExclusivelyIsRefused() throws IOException {
        Path disk = rig.disk(rig.file("disk", SMALL));
        String script = "use Fcntl; sysopen(F, shift, O_RDWR|O_EXCL) or die; $| = 1; print qq(ready\\n); <STDIN>";
        try (Holder _ = new Holder("perl", "-e", script, disk.toString())) {
            refuses(Problem.IN_USE, pool("p1", disk, "filesystem", "ext4", "wipe", "true"), "exclusively");
        }
        rig.attach(pool("p1", disk, "filesystem", "ext4"));
        rig.detach(pool("p1", disk));
        release(disk);
    }

    @Test
    void aFileBehindSomebodysLoopDeviceIsRefusedAndTheirsStays() throws IOException {
        Path file = rig.file("disk", SMALL);
        Path theirs = rig.disk(file);
        refuses(Problem.IN_USE, pool("p1", file, "filesystem", "ext4"), theirs.toString());
        assertThat(rig.loops()).containsExactly(theirs);
        release(theirs);
    }

    @Test
    void oneFileUnderTwoNamesIsOneUnit() throws IOException {
        Path file = rig.file("disk", SMALL);
        Path symbolic = Files.createSymbolicLink(rig.directory.resolve("symbolic"), file);
        Path hard = Files.createLink(rig.directory.resolve("hard"), file);
        for (Path name : new Path[] {symbolic, hard}) {
            Pool pool = Pools.of(
                    new Layout.Replica2(),
                    "p1",
                    unit(file, "filesystem", "ext4"),
                    unit(name, "filesystem", "ext4", "wipe", "true"));
            rig.attach(pool);
            for (int i = 0; i < 2; i++) {
                assertThatExceptionOfType(StorageException.class)
                        .isThrownBy(
                                () -> rig.bricks().attach(pool, pool.bricks().getLast()))
                        .satisfies(
                                e -> assertThat(e.problem()).as(e.getMessage()).isEqualTo(Problem.IN_USE));
                rig.detach(pool);
            }
        }
    }

    @Test
    void disksOfOnePoolAreNotMixedUpOnANewNode() throws IOException {
        Path one = rig.file("one", SMALL);
        Path two = rig.file("two", SMALL);
        Pool pool = Pools.replica1("p1", unit(one, "filesystem", "ext4"), unit(two, "filesystem", "ext4"));
        for (int i = 0; i < 2; i++) {
            rig.bricks().attach(pool, pool.bricks().get(i));
            rig.bricks().detach(pool, pool.bricks().get(i));
            Files.delete(rig.directory.resolve("state/p1/" + i + ".record"));
        }
        refuses(Problem.IN_USE, Pools.replica1("p1", unit(two), unit(one)), "is brick 1 of this pool");
    }

    @Test
    void aBrickWhoseDirectoryIsGoneIsNotServedEmpty() throws IOException {
        Pool pool = pool("p1", rig.file("disk", SMALL), "filesystem", "ext4");
        Path directory = rig.attach(pool);
        Files.delete(directory);
        refuses(Problem.UNAVAILABLE, pool, "is gone or has lost its volume id");
        rig.detach(pool);
        refuses(Problem.UNAVAILABLE, pool, "is gone or has lost its volume id");
        rig.assertNothingIsLeft();
    }

    @Test
    void aBrickInUseIsNotDetachedAndSaysWho() throws IOException {
        Pool pool = pool("p1", rig.file("disk", SMALL), "filesystem", "ext4");
        Path directory = rig.attach(pool);
        try (var _ = Files.newOutputStream(directory.resolve("open"))) {
            assertThatExceptionOfType(StorageException.class)
                    .isThrownBy(() -> rig.detach(pool))
                    .withMessageContaining("fuser")
                    .satisfies(e -> assertThat(e.problem()).isEqualTo(Problem.IN_USE));
            assertThat(directory.resolve("open")).exists();
        }
        rig.detach(pool);
    }

    @Test
    void aBrickThatWasUnmountedSaysSo() throws IOException {
        Pool pool = pool("p1", rig.file("disk", SMALL), "filesystem", "ext4");
        Path directory = rig.attach(pool);
        Bricks bricks = rig.bricks();
        bricks.start(pool, pool.bricks().getFirst(), directory);
        assertThat(bricks.check(pool, pool.bricks().getFirst(), directory).serving())
                .isTrue();
        rig.reboot();
        assertThat(bricks.check(pool, pool.bricks().getFirst(), directory))
                .satisfies(health -> assertThat(health.serving()).isFalse())
                .satisfies(health -> assertThat(health.detail()).contains("not mounted any more"));
        rig.detach(pool);
    }

    @Test
    void aDirectoryIsNoDevice() throws IOException {
        Path directory = Files.createDirectories(rig.directory.resolve("directory"));
        refuses(Problem.INVALID_ARGUMENT, pool("p1", directory), directory.toString(), "path");
        refuses(Problem.INVALID_ARGUMENT, pool("p1", Path.of("/dev/null")), "/dev/null");
    }

    @Test
    void erasingLeavesWhatElseIsOnTheFileSystem() throws IOException {
        Path disk = rig.file("disk", SMALL);
        Pool pool = pool("p1", disk, "filesystem", "ext4");
        Path directory = rig.attach(pool);
        Files.writeString(directory.resolve("file"), "data");
        Files.writeString(directory.resolveSibling("mine"), "mine");
        rig.bricks().erase(pool, pool.bricks().getFirst());
        assertThat(rig.typeOf(disk)).isEqualTo("ext4");
        rig.assertNothingIsLeft();
        assertThat(rig.sh("debugfs", "-R", "cat /mine", disk.toString())).isEqualTo("mine");
    }

    /// A process that holds something until it is closed.
    private static final class Holder implements AutoCloseable {
        private final Process process;

        Holder(String... argv) throws IOException {
            process = new ProcessBuilder(argv)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            assertThat(process.inputReader().readLine()).isEqualTo("ready");
        }

        @Override
        public void close() throws IOException {
            process.getOutputStream().close();
            assertThat(process.onExit().join().isAlive()).isFalse();
        }
    }
}
