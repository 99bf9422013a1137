package io.sagara.agent.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sagara.agent.posix.MountTree;
import io.sagara.agent.volume.disk.VolumeLayout;
import io.sagara.spi.Bytes;
import io.sagara.spi.PoolName;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import io.sagara.spi.Volume;
import io.sagara.spi.VolumeName;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What requests for snapshots are answered, and which are made.
class SnapshotRequestTest {
    private static final VolumeName SOURCE = new VolumeName("source");
    private static final VolumeName DEVICE = new VolumeName("device");
    private static final VolumeName NAME = new VolumeName("snap");
    private static final Bytes SIZE = Bytes.mib(8);

    @TempDir
    private Path directory;

    private final VolumeService volumes = new VolumeService(name -> false);
    private final SnapshotService snapshots = new SnapshotService(volumes);
    private Optional<PoolVolumeSet> set = Optional.empty();

    @BeforeEach
    void serve() throws IOException {
        try (MountTree tree = MountTree.of(directory)) {
            assertThat(tree.path()).exists();
        } catch (IOException e) {
            assumeTrue(false, "SKIPPED: this user may not copy mounts: " + e.getMessage());
        }
        PoolVolumeSet opened = new PoolVolumeSet(
                new PlainAccess(directory, PoolAccess.Reclaim.ARCHIVE, false), "agent", InstantSource.system());
        opened.open();
        set = Optional.of(opened);
        volumes.add(opened);
        volumes.create(request("source", Volume.Kind.SUBVOL, SIZE));
        volumes.create(request("device", Volume.Kind.RAWBLOCK, SIZE));
    }

    @AfterEach
    void close() {
        set.ifPresent(PoolVolumeSet::close);
    }

    private static VolumeRequest request(String name, Volume.Kind kind, Bytes size) {
        return new VolumeRequest(
                new VolumeName(name),
                kind,
                size,
                Optional.empty(),
                Optional.of(new PoolName("p")),
                Optional.empty(),
                Optional.empty());
    }

    private static void assertProblem(Problem problem, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.problem()).isEqualTo(problem));
    }

    private Bytes promised() {
        return set.orElseThrow().promised();
    }

    @Test
    void aSnapshotIsNoVolumeAndAVolumeNoSnapshot() {
        SnapshotService.Kept made = snapshots.create(NAME, SOURCE);
        assertThat(made.snapshot().volume().size()).isEqualTo(SIZE);
        assertThat(snapshots.create(NAME, SOURCE)).isEqualTo(made);
        assertProblem(Problem.ALREADY_EXISTS, () -> snapshots.create(NAME, DEVICE));
        assertProblem(Problem.ALREADY_EXISTS, () -> snapshots.create(DEVICE, SOURCE));
        assertProblem(Problem.ALREADY_EXISTS, () -> volumes.create(request("snap", Volume.Kind.SUBVOL, SIZE)));
        assertProblem(Problem.ALREADY_EXISTS, () -> volumes.copy(request("snap", Volume.Kind.SUBVOL, SIZE), SOURCE));
        assertProblem(Problem.NOT_FOUND, () -> volumes.copy(request("copy", Volume.Kind.SUBVOL, SIZE), NAME));
        assertProblem(Problem.NOT_FOUND, () -> volumes.expand(NAME, Bytes.mib(16), Optional.empty()));
        assertProblem(Problem.NOT_FOUND, () -> volumes.locate(NAME));
        assertProblem(Problem.NOT_FOUND, () -> snapshots.create(new VolumeName("of-snap"), NAME));
        assertProblem(Problem.NOT_FOUND, () -> snapshots.require(SOURCE));
        volumes.delete(NAME);
        snapshots.delete(SOURCE);
        assertThat(snapshots.require(NAME)).isEqualTo(made);
        assertThat(volumes.require(SOURCE).volume().size()).isEqualTo(SIZE);
        assertThat(set.orElseThrow().count()).isEqualTo(2);
        assertThat(promised()).isEqualTo(Bytes.mib(24));
    }

    @Test
    void aSnapshotIsDeletedThoughTheReclaimPolicyKeepsVolumes() {
        var _ = snapshots.create(NAME, SOURCE);
        snapshots.delete(NAME);
        snapshots.delete(NAME);
        assertThat(promised()).isEqualTo(Bytes.mib(16));
        assertThat(snapshots.create(NAME, SOURCE).snapshot().volume().name()).isEqualTo(NAME);
    }

    @Test
    void anExpandedSourceLeavesItsSnapshotAsItIs() {
        SnapshotService.Kept made = snapshots.create(NAME, SOURCE);
        volumes.expand(SOURCE, Bytes.mib(16), Optional.empty());
        assertThat(snapshots.create(NAME, SOURCE)).isEqualTo(made);
        assertThat(snapshots
                        .restore(request("restored", Volume.Kind.SUBVOL, SIZE), NAME)
                        .volume()
                        .size())
                .isEqualTo(SIZE);
        assertProblem(
                Problem.OUT_OF_RANGE,
                () -> snapshots.restore(request("small", Volume.Kind.SUBVOL, Bytes.mib(4)), NAME));
        assertProblem(
                Problem.INVALID_ARGUMENT,
                () -> snapshots.restore(request("device-2", Volume.Kind.RAWBLOCK, SIZE), NAME));
    }

    @Test
    void pagesAreInTheOrderOfNamesAndStayRightWhileSnapshotsComeAndGo() {
        for (String name : List.of("s5", "s1", "s3", "s2")) {
            var _ = snapshots.create(new VolumeName(name), name.equals("s2") ? DEVICE : SOURCE);
        }
        SnapshotService.Listing first = list(Optional.empty(), Optional.empty(), 2);
        assertThat(names(first)).containsExactly("s1", "s2");
        snapshots.delete(new VolumeName("s2"));
        var _ = snapshots.create(new VolumeName("s4"), SOURCE);
        SnapshotService.Listing second = list(Optional.empty(), first.next(), 2);
        assertThat(names(second)).containsExactly("s3", "s4");
        SnapshotService.Listing third = list(Optional.empty(), second.next(), 2);
        assertThat(names(third)).containsExactly("s5");
        assertThat(third.next()).isEmpty();
        assertThat(names(list(Optional.of(DEVICE), Optional.empty(), 0))).isEmpty();
        assertThat(names(list(Optional.of(SOURCE), Optional.of(new VolumeName("s1")), 1)))
                .containsExactly("s3");
        assertProblem(Problem.INVALID_ARGUMENT, () -> list(Optional.empty(), Optional.empty(), -1));
    }

    private SnapshotService.Listing list(Optional<VolumeName> source, Optional<VolumeName> after, int most) {
        return snapshots.list(Optional.empty(), source, after, most);
    }

    private static List<String> names(SnapshotService.Listing listing) {
        assertThat(listing.problems()).isEmpty();
        List<String> names = new ArrayList<>();
        listing.snapshots()
                .forEach(kept -> names.add(kept.snapshot().volume().name().value()));
        return names;
    }

    @Test
    void aBlockVolumeIsCopiedWithItsHolesOnlyWhileNobodyHasIt() throws IOException {
        Path file = directory.resolve("p").resolve(VolumeLayout.data(Volume.Kind.RAWBLOCK, DEVICE));
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
            open.seek(Bytes.mib(3).value());
            open.write(7);
        }
        try (FileChannel open = FileChannel.open(file, StandardOpenOption.WRITE)) {
            // as the lock of a loop device
            try (var _ = open.lock()) {
                assertProblem(Problem.IN_USE, () -> snapshots.create(NAME, DEVICE));
            }
        }
        assertThat(promised()).isEqualTo(Bytes.mib(16));
        assertThat(snapshots.create(NAME, DEVICE).snapshot().content()).isEqualTo(Volume.Kind.RAWBLOCK);
        Volume restored = snapshots
                .restore(request("restored", Volume.Kind.RAWBLOCK, Bytes.mib(64)), NAME)
                .volume();
        Path copy = directory.resolve("p").resolve(restored.path());
        try (RandomAccessFile open = new RandomAccessFile(copy.toFile(), "r")) {
            assertThat(open.length()).isEqualTo(Bytes.mib(64).value());
            open.seek(Bytes.mib(3).value());
            assertThat(open.read()).isEqualTo(7);
        }
        assertThat(blocks(copy)).isLessThan(Bytes.mib(1).value());
    }

    private static long blocks(Path file) {
        var stat = new io.sagara.agent.process.ProcessCommands()
                .check(java.time.Duration.ofSeconds(10), List.of("stat", "-c", "%b", file.toString()));
        return 512 * Long.parseLong(stat.stdout().strip());
    }
}
