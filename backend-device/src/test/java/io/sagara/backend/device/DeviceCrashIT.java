package io.sagara.backend.device;

import static io.sagara.backend.device.DeviceRig.SMALL;
import static io.sagara.backend.device.DeviceRig.XFS_SIZE;
import static io.sagara.backend.device.DeviceRig.pool;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagara.spi.Bricks;
import io.sagara.spi.Bytes;
import io.sagara.spi.Commands;
import io.sagara.spi.Pool;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The agent dies before and after each command in turn, with and without a reboot; the next start must find a
/// way on from what is there.
class DeviceCrashIT {
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

    /// Not an exception, so that nothing is given back: the agent is gone.
    private static final class Crash extends Error {
        private static final long serialVersionUID = 1L;
    }

    /// Dies at the given command, counted from 0: before running it or after.
    private static final class DyingCommands extends RealCommands {
        private final int fatal;
        private final boolean after;
        private int count;

        DyingCommands(int fatal, boolean after) {
            this.fatal = fatal;
            this.after = after;
        }

        @Override
        public Commands.Result run(Duration deadline, List<String> argv) {
            if (count++ != fatal) {
                return super.run(deadline, argv);
            }
            if (after) {
                super.run(deadline, argv);
            }
            throw new Crash();
        }
    }

    /// Whether the work was cut short.
    private boolean dies(int command, boolean after, Consumer<Bricks> work) {
        Commands dying = new DyingCommands(command, after);
        try {
            work.accept(
                    new DeviceBackendProvider().create(rig.host.lending(dying)).bricks());
            return false;
        } catch (Crash _) {
            return true;
        }
    }

    /// Runs `work` again and again, cut at each command, and `recover` after each.
    private int everywhere(Runnable prepare, Consumer<Bricks> work, Runnable recover) throws IOException {
        int crashes = 0;
        for (int command = 0; true; command++) {
            for (int variant = 0; variant < 4; variant++) {
                prepare.run();
                if (!dies(command, variant % 2 == 0, work)) {
                    recover.run();
                    return crashes;
                }
                crashes++;
                if (variant >= 2) {
                    rig.reboot();
                }
                recover.run();
                rig.assertNothingIsLeft();
            }
        }
    }

    private void blank(Path disk, Bytes size) {
        try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
            file.setLength(0);
            file.setLength(size.value());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void attachWriteAndErase(Pool pool) {
        try {
            Path directory = rig.attach(pool);
            assertThat(directory).isEmptyDirectory();
            Files.writeString(directory.resolve("file"), "data");
            rig.detach(pool);
            assertThat(rig.attach(pool).resolve("file")).hasContent("data");
            rig.bricks().erase(pool, pool.bricks().getFirst());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aFirstAttachMayDieAnywhere() throws IOException {
        Path disk = rig.file("disk", SMALL);
        Pool pool = pool("p1", disk, "filesystem", "ext4");
        int crashes = everywhere(
                () -> blank(disk, SMALL),
                bricks -> bricks.attach(pool, pool.bricks().getFirst()),
                () -> attachWriteAndErase(pool));
        assertThat(crashes).isGreaterThan(20);
    }

    @Test
    void aWipingAttachMayDieAnywhere() throws IOException {
        Path disk = rig.file("disk", SMALL);
        Pool pool = pool("p1", disk, "filesystem", "ext4", "wipe", "true");
        int crashes = everywhere(
                () -> {
                    blank(disk, SMALL);
                    rig.sh("mkfs.ext4", "-q", disk.toString());
                },
                bricks -> bricks.attach(pool, pool.bricks().getFirst()),
                () -> attachWriteAndErase(pool));
        assertThat(crashes).isGreaterThan(30);
    }

    @Test
    void aTakeoverWithoutARecordMayDieAnywhereAndKeepsTheData() throws IOException {
        Path disk = rig.file("disk", XFS_SIZE);
        Pool pool = pool("p1", disk, "wipe", "true");
        write(pool);
        everywhere(
                () -> delete(rig.directory.resolve("state/p1/0.record")),
                bricks -> bricks.attach(pool, pool.bricks().getFirst()),
                () -> {
                    assertThat(rig.attach(pool).resolve("file")).hasContent("data");
                    rig.detach(pool);
                });
    }

    @Test
    void aReturnAndADetachMayDieAnywhereAndKeepTheData() throws IOException {
        Path disk = rig.file("disk", SMALL);
        Pool pool = pool("p1", disk, "filesystem", "ext4", "wipe", "true");
        write(pool);
        everywhere(
                () -> {},
                bricks -> {
                    bricks.attach(pool, pool.bricks().getFirst());
                    bricks.detach(pool, pool.bricks().getFirst());
                },
                () -> {
                    assertThat(rig.attach(pool).resolve("file")).hasContent("data");
                    rig.detach(pool);
                });
    }

    @Test
    void anEraseMayDieAnywhereAndCanBeRepeated() throws IOException {
        Path disk = rig.file("disk", SMALL);
        Pool pool = pool("p1", disk, "filesystem", "ext4");
        everywhere(
                () -> {
                    blank(disk, SMALL);
                    write(pool);
                },
                bricks -> bricks.erase(pool, pool.bricks().getFirst()),
                () -> {
                    rig.bricks().erase(pool, pool.bricks().getFirst());
                    assertThat(rig.typeOf(disk)).isEmpty();
                });
    }

    @Test
    void aHalfMadeFileSystemIsMadeAgain() throws IOException {
        Path disk = rig.file("disk", XFS_SIZE);
        Pool pool = pool("p1", disk);
        int mkfs = 0;
        while (rig.typeOf(disk).isEmpty()) {
            blank(disk, XFS_SIZE);
            assertThat(dies(
                            mkfs++,
                            true,
                            bricks -> bricks.attach(pool, pool.bricks().getFirst())))
                    .isTrue();
            rig.reboot();
        }
        try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
            // all of it but the first superblock, which carries the UUID
            file.seek(4096);
            for (long at = 4096; at < XFS_SIZE.value(); at += 1 << 20) {
                file.write(new byte[(int) Math.min(1 << 20, XFS_SIZE.value() - at)]);
            }
        }
        assertThat(rig.typeOf(disk)).isEqualTo("xfs");
        attachWriteAndErase(pool);
    }

    @Test
    void aFailedCommandGivesEverythingBack() throws IOException {
        Path disk = rig.file("disk", SMALL);
        Pool pool = pool("p1", disk, "filesystem", "ext4");
        for (int command = 0; true; command++) {
            blank(disk, SMALL);
            Commands failing = failingAt(command);
            try {
                new DeviceBackendProvider()
                        .create(rig.host.lending(failing))
                        .bricks()
                        .attach(pool, pool.bricks().getFirst());
                assertThat(command).isGreaterThan(10);
                rig.bricks().erase(pool, pool.bricks().getFirst());
                return;
            } catch (StorageException e) {
                assertThat(e).hasMessageStartingWith("pool p1, unit 0: ");
                assertThat(e.problem()).isIn(Problem.UNAVAILABLE, Problem.INTERNAL);
                rig.assertNothingIsLeft();
            }
            attachWriteAndErase(pool);
        }
    }

    private static Commands failingAt(int fatal) {
        return new RealCommands() {
            private int count;

            @Override
            public Commands.Result run(Duration deadline, List<String> argv) {
                return count++ == fatal ? new Commands.Result(1, "", "Input/output error") : super.run(deadline, argv);
            }
        };
    }

    private void write(Pool pool) {
        try {
            Files.writeString(rig.attach(pool).resolve("file"), "data");
            rig.detach(pool);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
