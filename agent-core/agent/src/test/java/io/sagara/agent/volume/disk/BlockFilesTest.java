package io.sagara.agent.volume.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagara.agent.file.CrashingChanges;
import io.sagara.spi.Bytes;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import io.sagara.spi.Volume;
import io.sagara.spi.VolumeName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlockFilesTest {
    private static final VolumeName NAME = new VolumeName("pvc-1");
    private static final Volume.Kind RAW = Volume.Kind.RAWBLOCK;
    private static final Bytes SIZE = Bytes.mib(64);

    private final SubdirProvisioning provisioning = new SubdirProvisioning();

    @TempDir
    Path directory;

    private FakePoolMount mount;

    @BeforeEach
    void open() throws IOException {
        mount = pool("p");
    }

    private FakePoolMount pool(String name) throws IOException {
        return new FakePoolMount("p1", Files.createDirectory(directory.resolve(name)));
    }

    private static Path file(FakePoolMount pool) {
        return pool.root().resolve(VolumeLayout.data(RAW, NAME));
    }

    @Test
    void aRawBlockIsASparseFileOfItsSizeBesideAnInfoFile() throws IOException {
        Volume made = provisioning.create(mount, NAME, RAW, SIZE);
        assertThat(made.path()).isEqualTo(VolumeLayout.data(RAW, NAME));
        assertThat(Files.size(file(mount))).isEqualTo(SIZE.value());
        assertThat(mount.root().resolve(VolumeLayout.info(RAW, NAME)))
                .content()
                .isEqualTo("{\"size\": " + SIZE.value() + ", \"path_prefix\": \"" + VolumeLayout.bucket(RAW, NAME)
                        + "\"}");
        assertThat(provisioning.create(mount, NAME, RAW, SIZE)).isEqualTo(made);
        assertThat(Found.in(provisioning, mount).volumes()).containsEntry(NAME, SIZE);
    }

    @Test
    void anotherSizeOrKindIsRefused() {
        provisioning.create(mount, NAME, RAW, SIZE);
        assertRefused(Problem.ALREADY_EXISTS, () -> provisioning.create(mount, NAME, RAW, Bytes.mib(65)));
        assertRefused(
                Problem.ALREADY_EXISTS, () -> provisioning.create(mount, NAME, Volume.Kind.VIRTBLOCK, Bytes.mib(512)));
    }

    @Test
    void sizesThatNoDeviceOrFileSystemCanHaveAreRefused() {
        assertRefused(Problem.OUT_OF_RANGE, () -> provisioning.create(mount, NAME, RAW, new Bytes(1000)));
        assertRefused(
                Problem.OUT_OF_RANGE, () -> provisioning.create(mount, NAME, Volume.Kind.VIRTBLOCK, Bytes.mib(299)));
        assertThat(mount.root()).isEmptyDirectory();
    }

    @Test
    void expandingStretchesTheFileAndNeverShrinksIt() throws IOException {
        provisioning.create(mount, NAME, RAW, SIZE);
        Files.write(file(mount), new byte[] {7}, java.nio.file.StandardOpenOption.WRITE);
        assertThat(provisioning.expand(mount, NAME, Bytes.mib(100)).size()).isEqualTo(Bytes.mib(100));
        assertThat(provisioning.expand(mount, NAME, Bytes.mib(10)).size()).isEqualTo(Bytes.mib(100));
        assertThat(Files.size(file(mount))).isEqualTo(Bytes.mib(100).value());
        try (var content = Files.newInputStream(file(mount))) {
            assertThat(content.read()).isEqualTo(7);
        }
    }

    @Test
    void aFileThatNobodyIsMakingIsNeverTouched() throws IOException {
        Files.createDirectories(mount.root().resolve(VolumeLayout.bucket(RAW, NAME)));
        Files.writeString(file(mount), "somebody's data");
        assertRefused(Problem.ALREADY_EXISTS, () -> provisioning.create(mount, NAME, RAW, SIZE));
        provisioning.recover(mount, NAME);
        assertThat(file(mount)).hasContent("somebody's data");
        assertThat(Found.in(provisioning, mount).broken()).hasSize(1);
    }

    @Test
    void aRefusedReservationLeavesNothing() throws IOException {
        StorageException full = new StorageException(Problem.NO_SPACE, "full");
        assertThatThrownBy(() -> provisioning.create(mount, NAME, RAW, SIZE, () -> {
                    throw full;
                }))
                .isSameAs(full);
        assertThat(files(mount)).isEmpty();
    }

    @Test
    void aCreateThatDiesAtAnyStepIsUndoneOrDone() throws IOException {
        int step = 1;
        for (boolean dying = true; dying; step++) {
            for (boolean repeated : new boolean[] {false, true}) {
                FakePoolMount pool = pool("dying" + step + repeated);
                dying = dies(pool, CrashingChanges.dyingAt(step));
                if (repeated) {
                    provisioning.create(pool, NAME, RAW, SIZE);
                }
                for (VolumeName left : Found.in(provisioning, pool).leftovers()) {
                    provisioning.recover(pool, left);
                }
                Found found = Found.in(provisioning, pool);
                assertThat(found.leftovers()).isEmpty();
                assertThat(found.broken()).isEmpty();
                if (repeated || !dying) {
                    assertThat(found.volumes()).containsEntry(NAME, SIZE);
                }
                boolean there = found.volumes().containsKey(NAME);
                assertThat(files(pool)).hasSize(there ? 2 : 0);
            }
        }
        assertThat(step).isGreaterThan(5);
    }

    private static boolean dies(FakePoolMount pool, CrashingChanges changes) {
        try {
            new SubdirProvisioning(changes).create(pool, NAME, RAW, SIZE);
            return false;
        } catch (StorageException e) {
            assertThat(changes.reached()).isTrue();
            return true;
        }
    }

    private static List<Path> files(FakePoolMount pool) throws IOException {
        try (Stream<Path> all = Files.walk(pool.root())) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    private static void assertRefused(Problem problem, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.problem()).isEqualTo(problem));
    }
}
