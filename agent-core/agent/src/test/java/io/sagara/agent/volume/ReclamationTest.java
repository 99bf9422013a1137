package io.sagara.agent.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagara.agent.time.FakeTimer;
import io.sagara.agent.volume.PoolAccess.Reclaim;
import io.sagara.agent.volume.disk.SubdirProvisioning;
import io.sagara.agent.volume.disk.VolumeLayout;
import io.sagara.spi.Bytes;
import io.sagara.spi.PoolName;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import io.sagara.spi.Volume;
import io.sagara.spi.VolumeName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What becomes of archived and deleted volumes, with their account.
class ReclamationTest {
    private static final VolumeName NAME = new VolumeName("pvc-1");
    private static final PoolName POOL = new PoolName("p");
    private static final Bytes SIZE = Bytes.mib(400);
    private static final Duration DAY = Duration.ofDays(1);

    @TempDir
    Path directory;

    private final FakeTimer clock = new FakeTimer();
    private final List<PoolVolumeSet> open = new ArrayList<>();
    private PlainAccess access;
    private PoolVolumeSet set;
    private ReclaimService service;

    @BeforeEach
    void open() throws IOException {
        serve(Reclaim.DELETE, DAY);
    }

    @AfterEach
    void close() {
        open.forEach(PoolVolumeSet::close);
    }

    private void serve(Reclaim reclaim, Duration keep) throws IOException {
        access = new PlainAccess(directory, reclaim, true, new SubdirProvisioning(clock));
        set = new PoolVolumeSet(access, "a", clock, keep);
        set.open();
        open.add(set);
        VolumeService volumes = new VolumeService(_ -> false);
        volumes.add(set);
        service = new ReclaimService(volumes);
    }

    private Path filled(VolumeName name, Bytes size) throws IOException {
        Path data =
                access.path(set.create(name, Volume.Kind.SUBVOL, size).path().toString());
        Files.writeString(data.resolve("file"), name.value());
        return data;
    }

    private static void assertProblem(Problem problem, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.problem()).isEqualTo(problem));
    }

    @Test
    void anArchivedVolumeGoesOnTakingSpaceAndComesBack() throws IOException {
        serve(Reclaim.ARCHIVE, Duration.ZERO);
        Path data = filled(NAME, SIZE);
        set.delete(NAME);
        assertThat(set.promised()).isEqualTo(SIZE);
        assertThat(service.kept(POOL))
                .singleElement()
                .satisfies(kept -> assertThat(kept.deletedAt()).isEmpty());
        assertThat(service.undelete(POOL, NAME).volume().size()).isEqualTo(SIZE);
        assertThat(service.undelete(POOL, NAME).volume().size()).isEqualTo(SIZE);
        assertThat(data.resolve("file")).hasContent("pvc-1");
        assertThat(access.mount().limit(data)).contains(SIZE);
        assertThat(set.promised()).isEqualTo(SIZE);
        assertThat(set.check(false, _ -> {}).differences()).isEmpty();
        assertThat(service.kept(POOL)).isEmpty();
    }

    @Test
    void aDeletedVolumeComesBackWhileItIsKept() throws IOException {
        serve(Reclaim.DELETE, DAY);
        Path data = filled(NAME, SIZE);
        set.delete(NAME);
        assertThat(set.promised()).isEqualTo(Bytes.ZERO);
        assertThat(service.kept(POOL))
                .singleElement()
                .satisfies(kept -> assertThat(kept.deletedAt()).contains(clock.instant()));
        service.undelete(POOL, NAME);
        assertThat(data.resolve("file")).hasContent("pvc-1");
        assertThat(set.promised()).isEqualTo(SIZE);
        assertThat(set.check(false, _ -> {}).differences()).isEmpty();
    }

    @Test
    void nothingComesBackWhereThereIsNoSpaceForIt() throws IOException {
        filled(NAME, SIZE);
        set.delete(NAME);
        filled(new VolumeName("pvc-2"), Bytes.mib(700));
        // it is being purged, because its space is promised
        assertThatThrownBy(() -> service.undelete(POOL, NAME))
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.problem()).isIn(Problem.NO_SPACE, Problem.NOT_FOUND));
        assertThat(set.promised()).isEqualTo(Bytes.mib(700));
        assertThat(set.check(false, _ -> {}).differences()).isEmpty();
    }

    @Test
    void nothingComesBackOverAVolumeOrFromNowhere() throws IOException {
        filled(NAME, SIZE);
        set.delete(NAME);
        Path again = filled(NAME, Bytes.mib(1));
        assertProblem(Problem.ALREADY_EXISTS, () -> service.undelete(POOL, NAME));
        assertProblem(Problem.NOT_FOUND, () -> service.undelete(POOL, new VolumeName("pvc-9")));
        assertProblem(Problem.NOT_FOUND, () -> service.undelete(new PoolName("other"), NAME));
        assertThat(access.mount().limit(again)).contains(Bytes.mib(1));
        assertThat(set.check(false, _ -> {}).differences()).isEmpty();
    }

    @Test
    void whatIsKeptGoesWhenItsTimeIsOver() throws Exception {
        filled(NAME, SIZE);
        set.delete(NAME);
        awaitKept(1);
        clock.advance(DAY);
        for (int i = 0; i < 12; i++) {
            set.tend();
        }
        awaitKept(0);
        assertThat(service.kept(POOL)).isEmpty();
        assertProblem(Problem.NOT_FOUND, () -> service.undelete(POOL, NAME));
    }

    @Test
    void whatIsKeptGoesWhenItsSpaceIsPromised() throws Exception {
        filled(NAME, SIZE);
        set.delete(NAME);
        awaitKept(1);
        filled(new VolumeName("pvc-2"), Bytes.mib(700));
        awaitKept(0);
        assertThat(service.kept(POOL)).isEmpty();
    }

    private void awaitKept(int volumes) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (set.trash().volumes() != volumes && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        assertThat(set.trash().volumes()).isEqualTo(volumes);
    }

    @Test
    void purgingAnArchivedVolumeLeavesItsNeighboursInTheBucketAlone() throws IOException {
        serve(Reclaim.ARCHIVE, Duration.ZERO);
        List<VolumeName> bucket = neighbours(3);
        Path live = filled(bucket.get(0), Bytes.mib(1));
        filled(bucket.get(1), Bytes.mib(2));
        filled(bucket.get(2), Bytes.mib(4));
        set.delete(bucket.get(1));
        set.delete(bucket.get(2));
        ReclaimService.Purged purged = service.purgeArchived(POOL, Optional.of(bucket.get(1)));
        assertThat(purged.names()).containsExactly(bucket.get(1));
        assertThat(service.purgeArchived(POOL, Optional.of(bucket.get(1))).names())
                .isEmpty();
        assertThat(service.purgeArchived(POOL, Optional.of(bucket.get(0))).names())
                .isEmpty();
        assertThat(live.resolve("file")).hasContent(bucket.get(0).value());
        assertThat(set.promised()).isEqualTo(Bytes.mib(5));
        assertThat(service.undelete(POOL, bucket.get(2)).volume().size()).isEqualTo(Bytes.mib(4));
        set.delete(bucket.get(2));
        assertThat(service.purgeArchived(POOL, Optional.empty()).names()).containsExactly(bucket.get(2));
        assertThat(set.promised()).isEqualTo(Bytes.mib(1));
        assertThat(set.check(false, _ -> {}).differences()).isEmpty();
    }

    /// Names that share both directories their hashes give.
    private static List<VolumeName> neighbours(int count) {
        Map<String, List<VolumeName>> buckets = new HashMap<>();
        for (int i = 0; ; i++) {
            VolumeName name = new VolumeName("pvc-" + i);
            List<VolumeName> bucket = buckets.merge(
                    VolumeLayout.hash(name).substring(0, 4),
                    List.of(name),
                    (a, b) -> Stream.concat(a.stream(), b.stream()).toList());
            if (bucket.size() == count) {
                return bucket;
            }
        }
    }

    @Test
    void aPurgeMakesWayForRequestsButEnds() throws Exception {
        Traffic traffic = new Traffic();
        traffic.begin();
        long start = System.nanoTime();
        traffic.awaitCalm(Duration.ofMillis(30));
        assertThat(System.nanoTime() - start)
                .isGreaterThanOrEqualTo(Duration.ofMillis(30).toNanos());
        Thread purge = Thread.ofVirtual().start(() -> traffic.awaitCalm(Duration.ofMinutes(5)));
        traffic.end();
        assertThat(purge.join(Duration.ofSeconds(10))).isTrue();
        traffic.awaitCalm(Duration.ofMinutes(5));
    }
}
