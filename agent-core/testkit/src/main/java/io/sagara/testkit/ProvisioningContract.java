package io.sagara.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sagara.spi.Bytes;
import io.sagara.spi.Problem;
import io.sagara.spi.Provisioning;
import io.sagara.spi.StorageException;
import io.sagara.spi.Volume;
import io.sagara.spi.VolumeName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What role 3 promises, as tests on a pool that is a plain directory. Needs no root. Each test gets the
/// objects of its own run from the abstract methods.
public interface ProvisioningContract {
    /// How many volumes are made at the same time: more than the cores of a node.
    int AT_ONCE = 16;

    /// The provisioning under test.
    Provisioning provisioning();

    /// An empty pool with quota; the same mount at every call.
    FakePoolMount mount();

    private Volume create(String name, Bytes size) {
        return provisioning().create(mount(), new VolumeName(name), Volume.Kind.SUBVOL, size);
    }

    private Path directory(Volume volume) {
        return mount().root().resolve(volume.path());
    }

    private List<Volume> listed() {
        List<Volume> volumes = new ArrayList<>();
        List<String> broken = new ArrayList<>();
        provisioning().list(mount(), volumes::add, broken::add);
        assertThat(broken).isEmpty();
        return volumes;
    }

    /// A volume is what was asked for, where it says.
    @Test
    default void aCreatedVolumeIsFoundAndLimited() {
        Volume volume = create("pvc-1", Bytes.mib(64));
        assertThat(volume.name()).isEqualTo(new VolumeName("pvc-1"));
        assertThat(volume.kind()).isEqualTo(Volume.Kind.SUBVOL);
        assertThat(volume.size()).isEqualTo(Bytes.mib(64));
        assertThat(directory(volume)).isDirectory();
        assertThat(mount().limit(directory(volume))).contains(Bytes.mib(64));
        assertThat(provisioning().find(mount(), volume.name())).contains(volume);
    }

    /// CSI repeats every request.
    @Test
    default void creatingTwiceGivesTheSameVolumeWithItsData() throws IOException {
        Volume volume = create("pvc-1", Bytes.mib(64));
        Files.writeString(directory(volume).resolve("file"), "data");
        assertThat(create("pvc-1", Bytes.mib(64))).isEqualTo(volume);
        assertThat(directory(volume).resolve("file")).hasContent("data");
        assertThat(listed()).containsExactly(volume);
    }

    /// A volume without its limit would take what others were promised.
    @Test
    default void aVolumeWhoseLimitIsNotTakenIsNotGiven() {
        mount().takeLimits(false);
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> create("pvc-1", Bytes.mib(64)))
                .satisfies(e -> assertThat(e.problem()).isEqualTo(Problem.UNAVAILABLE));
        mount().takeLimits(true);
        Volume volume = create("pvc-1", Bytes.mib(64));
        assertThat(mount().limit(directory(volume))).contains(Bytes.mib(64));
    }

    /// A pool of one volume needs no limit.
    @Test
    default void aPoolWithoutQuotaGetsVolumesWithoutLimits() {
        FakePoolMount free = new FakePoolMount(Pools.withoutQuota(mount().pool()), mount().root(), Bytes.gib(1));
        VolumeName name = new VolumeName("pvc-1");
        Volume volume = provisioning().create(free, name, Volume.Kind.SUBVOL, Bytes.mib(64));
        assertThat(provisioning().find(free, name)).contains(volume);
    }

    /// Growing raises the limit and keeps the data.
    @Test
    default void expandingRaisesTheLimit() throws IOException {
        Volume volume = create("pvc-1", Bytes.mib(64));
        Files.writeString(directory(volume).resolve("file"), "data");
        Volume larger = provisioning().expand(mount(), volume.name(), Bytes.mib(128));
        assertThat(larger.size()).isEqualTo(Bytes.mib(128));
        assertThat(mount().limit(directory(larger))).contains(Bytes.mib(128));
        assertThat(provisioning().find(mount(), volume.name())).contains(larger);
        assertThat(directory(larger).resolve("file")).hasContent("data");
    }

    /// Volumes never shrink.
    @Test
    default void expandingToASmallerSizeChangesNothing() {
        Volume volume = create("pvc-1", Bytes.mib(64));
        assertThat(provisioning().expand(mount(), volume.name(), Bytes.mib(32))).isEqualTo(volume);
        assertThat(mount().limit(directory(volume))).contains(Bytes.mib(64));
    }

    /// There is nothing to make larger.
    @Test
    default void expandingAnAbsentVolumeIsRefused() {
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> provisioning().expand(mount(), new VolumeName("pvc-1"), Bytes.mib(64)))
                .withMessageContaining("pvc-1")
                .satisfies(e -> assertThat(e.problem()).isEqualTo(Problem.NOT_FOUND));
    }

    /// Gone is gone, however often it is asked for.
    @Test
    default void aDeletedVolumeIsFoundNoMoreAndDeletingAgainSucceeds() {
        Volume volume = create("pvc-1", Bytes.mib(64));
        Volume other = create("pvc-2", Bytes.mib(64));
        provisioning().delete(mount(), volume.name());
        assertThat(provisioning().find(mount(), volume.name())).isEmpty();
        assertThat(directory(volume)).doesNotExist();
        provisioning().delete(mount(), volume.name());
        provisioning().purge(mount());
        assertThat(listed()).containsExactly(other);
        assertThat(directory(other)).isDirectory();
    }

    /// Nobody gets a predecessor's files.
    @Test
    default void aNameCanBeUsedAgainAndStartsEmpty() throws IOException {
        Volume volume = create("pvc-1", Bytes.mib(64));
        Files.writeString(directory(volume).resolve("file"), "data");
        provisioning().delete(mount(), volume.name());
        Volume again = create("pvc-1", Bytes.mib(32));
        assertThat(directory(again)).isEmptyDirectory();
        assertThat(mount().limit(directory(again))).contains(Bytes.mib(32));
    }

    /// An empty pool is no special case.
    @Test
    default void anEmptyPoolListsNothing() {
        assertThat(listed()).isEmpty();
        assertThat(provisioning().find(mount(), new VolumeName("pvc-1"))).isEmpty();
        provisioning().delete(mount(), new VolumeName("pvc-1"));
        provisioning().purge(mount());
    }

    /// What cannot be done by every backend is no failure of one that says so.
    private void whereItIsSupported(Runnable call) {
        try {
            call.run();
        } catch (StorageException e) {
            assumeTrue(e.problem() != Problem.UNSUPPORTED, "SKIPPED: " + e.getMessage());
            throw e;
        }
    }

    private Volume filled(String name) throws IOException {
        Volume volume = create(name, Bytes.mib(64));
        Files.writeString(directory(volume).resolve("file"), "data");
        return volume;
    }

    private void assertProblem(Problem problem, Runnable call) {
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(call::run)
                .withMessageContaining("pvc-1")
                .satisfies(e -> assertThat(e.problem()).isEqualTo(problem));
    }

    /// Setting aside is no loss, and may be undone as often as one likes.
    @Test
    default void anArchivedVolumeComesBackAsItWas() throws IOException {
        Volume volume = filled("pvc-1");
        whereItIsSupported(() -> provisioning().archive(mount(), volume.name()));
        assertThat(provisioning().find(mount(), volume.name())).isEmpty();
        assertThat(provisioning().findArchived(mount(), volume.name()).map(Volume::size))
                .contains(Bytes.mib(64));
        assertThat(provisioning().restore(mount(), volume.name())).isEqualTo(volume);
        assertThat(provisioning().restore(mount(), volume.name())).isEqualTo(volume);
        assertThat(provisioning().find(mount(), volume.name())).contains(volume);
        assertThat(provisioning().findArchived(mount(), volume.name())).isEmpty();
        assertThat(directory(volume).resolve("file")).hasContent("data");
        assertThat(mount().limit(directory(volume))).contains(Bytes.mib(64));
    }

    /// There is nothing to bring back.
    @Test
    default void whatIsNowhereDoesNotComeBack() {
        assertProblem(
                Problem.NOT_FOUND,
                () -> whereItIsSupported(() -> provisioning().restore(mount(), new VolumeName("pvc-1"))));
    }

    /// An archive is purged by name, and everything else stays.
    @Test
    default void onlyTheArchivedVolumeThatIsNamedIsDeleted() throws IOException {
        Volume volume = filled("pvc-1");
        Volume live = filled("pvc-2");
        Volume other = filled("pvc-3");
        whereItIsSupported(() -> provisioning().archive(mount(), volume.name()));
        provisioning().archive(mount(), other.name());
        provisioning().deleteArchived(mount(), volume.name());
        provisioning().deleteArchived(mount(), volume.name());
        provisioning().deleteArchived(mount(), live.name());
        provisioning().purge(mount());
        assertThat(provisioning().findArchived(mount(), volume.name())).isEmpty();
        assertThat(listed()).containsExactly(live);
        assertThat(directory(live).resolve("file")).hasContent("data");
        provisioning().restore(mount(), other.name());
        assertThat(directory(other).resolve("file")).hasContent("data");
    }

    /// A backend that keeps deleted volumes for a while gives them back whole, or not at all.
    @Test
    default void aDeletedVolumeThatIsKeptComesBackUntilItIsPurged() throws IOException {
        Volume volume = filled("pvc-1");
        provisioning().delete(mount(), volume.name());
        assumeTrue(
                provisioning().findDeleted(mount(), volume.name()).isPresent(),
                "SKIPPED: this backend keeps no deleted volumes");
        provisioning().purge(mount(), new Provisioning.Purging() {
            @Override
            public boolean due(Provisioning.Deleted deleted) {
                return false;
            }
        });
        Volume again = create("pvc-1", Bytes.mib(32));
        assertProblem(Problem.ALREADY_EXISTS, () -> provisioning().restore(mount(), volume.name()));
        provisioning().delete(mount(), again.name());
        provisioning().restore(mount(), volume.name());
        assertThat(provisioning().find(mount(), volume.name()).map(Volume::size))
                .contains(Bytes.mib(32));
        provisioning().delete(mount(), volume.name());
        provisioning().purge(mount(), new Provisioning.Purging() {});
        assertThat(provisioning().findDeleted(mount(), volume.name())).isEmpty();
        assertProblem(Problem.NOT_FOUND, () -> provisioning().restore(mount(), volume.name()));
    }

    /// Calls for different volumes come at the same time.
    @Test
    default void manyVolumesCanBeMadeAtOnce() throws InterruptedException, ExecutionException {
        Queue<Volume> made = new ConcurrentLinkedQueue<>();
        List<Callable<Boolean>> creates = IntStream.range(0, AT_ONCE)
                .mapToObj(i -> (Callable<Boolean>) () -> made.add(create("pvc-" + i, Bytes.mib(1 + i))))
                .toList();
        try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Boolean> done : tasks.invokeAll(creates)) {
                assertThat(done.get()).isTrue();
            }
        }
        assertThat(made).hasSize(AT_ONCE).extracting(Volume::path).doesNotHaveDuplicates();
        assertThat(listed()).containsExactlyInAnyOrderElementsOf(made);
    }

    /// A dead pool is said to be dead, not empty.
    @Test
    default void aDeadMountIsUnavailable() {
        create("pvc-1", Bytes.mib(64));
        mount().die();
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> create("pvc-2", Bytes.mib(64)))
                .satisfies(e -> assertThat(e.problem()).isEqualTo(Problem.UNAVAILABLE));
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> provisioning().expand(mount(), new VolumeName("pvc-1"), Bytes.mib(128)))
                .satisfies(e -> assertThat(e.problem()).isEqualTo(Problem.UNAVAILABLE));
    }
}
