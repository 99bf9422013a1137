package io.sagara.backend.device;

import static io.sagara.backend.device.DeviceRig.SMALL;
import static io.sagara.backend.device.DeviceRig.XFS_SIZE;
import static io.sagara.backend.device.DeviceRig.pool;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sagara.spi.Bytes;
import io.sagara.spi.Pool;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What may be formatted, and what is refused by its name.
class DeviceContentIT {
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

    private void refuses(Problem problem, Pool pool, String... words) throws IOException {
        Path source = Path.of(pool.bricks().getFirst().unit().source());
        long before = Files.mismatch(source, Files.copy(source, rig.directory.resolve("before")));
        assertThat(before).isEqualTo(-1);
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> rig.attach(pool))
                .withMessageStartingWith("pool p1, unit 0: ")
                .withMessageContaining(source.toString())
                .withMessageContainingAll(words)
                .satisfies(e -> assertThat(e.problem()).as(e.getMessage()).isEqualTo(problem));
        assertThat(Files.mismatch(source, rig.directory.resolve("before"))).isEqualTo(-1);
        Files.delete(rig.directory.resolve("before"));
        rig.assertNothingIsLeft();
    }

    @Test
    void aBlankFileBecomesXfs() throws IOException {
        Pool pool = pool("p1", rig.file("disk", XFS_SIZE));
        Path directory = rig.attach(pool);
        assertThat(directory).isEqualTo(rig.directory.resolve("state/p1/0/brick"));
        assertThat(rig.sh(
                        "findmnt",
                        "-n",
                        "-o",
                        "FSTYPE,OPTIONS",
                        directory.resolve("..").toString()))
                .startsWith("xfs ")
                .contains("rw", "noatime", "nodev", "nosuid", "noexec");
        assertThat(rig.sh("xfs_info", directory.resolve("..").toString())).contains("isize=512");
        assertThat(rig.host.progressLines()).anyMatch(line -> line.contains("making an xfs file system"));
        rig.detach(pool);
    }

    @Test
    void ext4IsMadeOnRequest() throws IOException {
        Path disk = rig.file("disk", SMALL);
        Pool pool = pool("p1", disk, "filesystem", "ext4");
        rig.attach(pool);
        assertThat(rig.typeOf(disk)).isEqualTo("ext4");
        rig.detach(pool);
    }

    @Test
    void aDeviceThatIsTooSmallForXfsIsRefusedWithTheMinimum() throws IOException {
        refuses(Problem.INVALID_ARGUMENT, pool("p1", rig.file("disk", SMALL)), "48 MiB", "300 MiB", "ext4");
    }

    @Test
    void aDeviceThatIsTooSmallForAnythingIsRefused() throws IOException {
        Pool pool = pool("p1", rig.file("disk", Bytes.mib(8)), "filesystem", "ext4");
        refuses(Problem.INVALID_ARGUMENT, pool, "8 MiB", "32 MiB");
    }

    @Test
    void anEmptyFileIsRefused() throws IOException {
        refuses(Problem.UNAVAILABLE, pool("p1", rig.file("disk", Bytes.ZERO)), "no medium");
    }

    @Test
    void aFileSystemIsRefused() throws IOException {
        Path disk = rig.file("disk", XFS_SIZE);
        rig.sh("mkfs.ext4", "-q", disk.toString());
        refuses(Problem.INVALID_ARGUMENT, pool("p1", disk), "ext4", "wipe: true");
    }

    @Test
    void swapIsRefused() throws IOException {
        Path disk = rig.file("disk", XFS_SIZE);
        rig.sh("mkswap", disk.toString());
        refuses(Problem.INVALID_ARGUMENT, pool("p1", disk), "swap", "wipe: true");
    }

    @Test
    void aPartitionTableIsRefused() throws IOException {
        refuses(Problem.INVALID_ARGUMENT, pool("p1", partitioned()), "partition table", "dos", "wipe: true");
    }

    @Test
    void anLvmPhysicalVolumeIsRefused() throws IOException {
        refuses(Problem.INVALID_ARGUMENT, pool("p1", physicalVolume()), "LVM physical volume", "wipe: true");
    }

    @Test
    void anotherFileSystemThanOursIsRefused() throws IOException {
        Path disk = rig.file("disk", XFS_SIZE);
        write(disk, 0x10040, "_BHRfS_M".getBytes(StandardCharsets.US_ASCII));
        write(
                disk,
                0x10000 + 0x30,
                ByteBuffer.allocate(8)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(0x10000)
                        .array());
        refuses(Problem.INVALID_ARGUMENT, pool("p1", disk), "btrfs");
    }

    @Test
    void wipeTrueDestroysWhatIsNoBrick() throws IOException {
        for (Path disk : new Path[] {partitioned(), physicalVolume()}) {
            Pool pool = pool("p1", disk, "wipe", "true");
            Path directory = rig.attach(pool);
            Files.writeString(directory.resolve("file"), "data");
            assertThat(rig.typeOf(disk)).isEqualTo("xfs");
            rig.detach(pool);
            rig.bricks().erase(pool, pool.bricks().getFirst());
        }
    }

    @Test
    void wipeTrueIsDoneOnce() throws IOException {
        Path disk = rig.file("disk", XFS_SIZE);
        rig.sh("mkfs.ext4", "-q", disk.toString());
        Pool pool = pool("p1", disk, "wipe", "true");
        Files.writeString(rig.attach(pool).resolve("file"), "data");
        rig.detach(pool);
        assertThat(rig.attach(pool).resolve("file")).hasContent("data");
        rig.detach(pool);
    }

    @Test
    void wipeTrueNeverWipesABrickOfThisPoolEvenWithoutARecord() throws IOException {
        Path disk = rig.file("disk", XFS_SIZE);
        Pool pool = pool("p1", disk, "wipe", "true");
        Files.writeString(rig.attach(pool).resolve("file"), "data");
        rig.detach(pool);
        Files.delete(rig.directory.resolve("state/p1/0.record"));
        assertThat(rig.attach(pool).resolve("file")).hasContent("data");
        rig.detach(pool);
    }

    @Test
    void aBrickOfAnotherPoolNeedsItsVolumeIdToBeWiped() throws IOException {
        Path disk = rig.file("disk", XFS_SIZE);
        Pool owner = pool("owner", disk);
        Files.writeString(rig.attach(owner).resolve("file"), "data");
        rig.detach(owner);
        refuses(Problem.IN_USE, pool("p1", disk), owner.id().toString());
        refuses(Problem.IN_USE, pool("p1", disk, "wipe", "true"), "wipe: " + owner.id());
        refuses(Problem.IN_USE, pool("p1", disk, "wipe", "00000000-0000-4000-8000-000000000000"), "" + owner.id());
        Pool next = pool("p1", disk, "wipe", owner.id().toString());
        assertThat(rig.attach(next)).isEmptyDirectory();
        rig.detach(next);
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> rig.attach(owner))
                .satisfies(e -> assertThat(e.problem()).isEqualTo(Problem.UNAVAILABLE));
    }

    @Test
    void aRefusedOptionNamesTheChoices() throws IOException {
        Path disk = rig.file("disk", XFS_SIZE);
        refuses(Problem.INVALID_ARGUMENT, pool("p1", disk, "filesystem", disk.toString()), "xfs", "ext4");
        refuses(Problem.INVALID_ARGUMENT, pool("p1", disk, "wipe", disk.toString()), "true", "false");
    }

    private Path partitioned() throws IOException {
        Path disk = rig.file("partitioned", XFS_SIZE);
        write(disk, 446, new byte[] {0, 0x20, 0x21, 0, (byte) 0x83, 0x10, 0x11, 2, 0, 8, 0, 0, 0, 0x40, 0, 0});
        write(disk, 510, new byte[] {0x55, (byte) 0xaa});
        return disk;
    }

    /// The label that pvcreate writes into the second sector.
    private Path physicalVolume() throws IOException {
        Path disk = rig.file("pv", XFS_SIZE);
        ByteBuffer label = ByteBuffer.allocate(512).order(ByteOrder.LITTLE_ENDIAN);
        label.put("LABELONE".getBytes(StandardCharsets.US_ASCII)).putLong(1);
        label.position(20).putInt(32).put("LVM2 001".getBytes(StandardCharsets.US_ASCII));
        label.put("abcdefghijklmnopqrstuvwxyz012345".getBytes(StandardCharsets.US_ASCII));
        label.putInt(16, lvmChecksum(label.array()));
        write(disk, 512, label.array());
        return disk;
    }

    /// CRC-32 without the last inversion and with LVM's start value, from behind the checksum on.
    private static int lvmChecksum(byte[] sector) {
        int crc = 0xf597a6cf;
        for (int i = 20; i < sector.length; i++) {
            crc ^= sector[i] & 0xff;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc >>> 1) ^ ((crc & 1) * 0xedb88320);
            }
        }
        return crc;
    }

    private static void write(Path file, long position, byte[] bytes) throws IOException {
        try (RandomAccessFile disk = new RandomAccessFile(file.toFile(), "rw")) {
            disk.seek(position);
            disk.write(bytes);
        }
    }
}
