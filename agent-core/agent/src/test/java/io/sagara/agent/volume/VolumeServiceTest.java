package io.sagara.agent.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagara.agent.volume.disk.SubdirProvisioning;
import io.sagara.spi.Bytes;
import io.sagara.spi.Layout;
import io.sagara.spi.Pool;
import io.sagara.spi.PoolMount;
import io.sagara.spi.PoolName;
import io.sagara.spi.Problem;
import io.sagara.spi.Provisioning;
import io.sagara.spi.StorageException;
import io.sagara.spi.StorageUnit;
import io.sagara.spi.Volume;
import io.sagara.spi.VolumeName;
import io.sagara.testkit.FakePoolMount;
import io.sagara.testkit.Pools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VolumeServiceTest {
    @TempDir
    Path directory;

    private final VolumeService service = new VolumeService(name -> name.value().startsWith("published"));
    private final List<PoolVolumeSet> open = new ArrayList<>();

    @AfterEach
    void close() {
        open.forEach(PoolVolumeSet::close);
    }

    /// A pool of `total` on a plain directory.
    private final class PlainPool implements PoolAccess {
        private final FakePoolMount mount;

        PlainPool(String name, Bytes total) throws IOException {
            Pool pool = Pools.replica1(name, new StorageUnit("n1", "path", "/" + name, Map.of()));
            mount = new FakePoolMount(pool, Files.createDirectories(directory.resolve(name)), total);
        }

        @Override
        public Pool pool() {
            return mount.pool();
        }

        @Override
        public Provisioning provisioning() {
            return new SubdirProvisioning();
        }

        @Override
        public PoolMount mount() {
            return mount;
        }

        @Override
        public Reclaim reclaim() {
            return switch (mount.pool().name().value()) {
                case "retain" -> Reclaim.RETAIN;
                case "archive" -> Reclaim.ARCHIVE;
                default -> Reclaim.DELETE;
            };
        }

        @Override
        public boolean alone() {
            return true;
        }

        @Override
        public boolean caretaker() {
            return true;
        }

        @Override
        public void requireWhole() {}

        @Override
        public <T> T work(String what, Duration deadline, Callable<T> work) {
            try {
                return work.call();
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private PlainPool serve(String name, Bytes total) throws IOException {
        PlainPool pool = new PlainPool(name, total);
        PoolVolumeSet set = new PoolVolumeSet(pool, "test", InstantSource.system());
        set.open();
        open.add(set);
        service.add(set);
        return pool;
    }

    private static VolumeRequest request(String name, Bytes size) {
        return new VolumeRequest(
                new VolumeName(name),
                Volume.Kind.SUBVOL,
                size,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private static VolumeRequest in(String pool, String name, Bytes size) {
        return new VolumeRequest(
                new VolumeName(name),
                Volume.Kind.SUBVOL,
                size,
                Optional.empty(),
                Optional.of(new PoolName(pool)),
                Optional.empty(),
                Optional.empty());
    }

    private static void assertProblem(Problem problem, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.problem()).isEqualTo(problem));
    }

    @Test
    void aListOfLessThanNothingIsRefused() {
        assertThatThrownBy(() -> service.list(Optional.empty(), Optional.empty(), -1))
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.problem()).isEqualTo(Problem.INVALID_ARGUMENT));
    }

    @Test
    void theFirstPoolWithRoomIsTakenInTheOrderOfNames() throws IOException {
        serve("b", Bytes.gib(10));
        serve("a", Bytes.gib(2));
        assertThat(service.create(request("v1", Bytes.gib(2))).pool().name()).isEqualTo(new PoolName("a"));
        assertThat(service.create(request("v2", Bytes.gib(2))).pool().name()).isEqualTo(new PoolName("b"));
        assertProblem(Problem.NO_SPACE, () -> service.create(request("v3", Bytes.gib(9))));
    }

    @Test
    void aVolumeIsFoundWhereItIsAndNotMadeASecondTime() throws IOException {
        serve("b", Bytes.gib(10));
        VolumeService.Placed made = service.create(request("v1", Bytes.gib(1)));
        serve("a", Bytes.gib(10));
        assertThat(service.create(request("v1", Bytes.gib(1)))).isEqualTo(made);
        assertProblem(Problem.ALREADY_EXISTS, () -> service.create(request("v1", Bytes.gib(2))));
        assertProblem(Problem.ALREADY_EXISTS, () -> service.create(in("a", "v1", Bytes.gib(1))));
        assertThat(service.list(Optional.empty(), Optional.empty(), 0).volumes())
                .containsExactly(made);
    }

    @Test
    void tenConcurrentCreatesOfAQuarterOfThePoolAreGrantedFourTimes() throws Exception {
        serve("a", Bytes.gib(20));
        List<Future<Boolean>> results = new ArrayList<>();
        CountDownLatch start = new CountDownLatch(1);
        try (ExecutorService callers = Executors.newFixedThreadPool(10)) {
            for (int i = 0; i < 10; i++) {
                VolumeRequest request = request("v" + i, Bytes.gib(5));
                results.add(callers.submit(() -> {
                    start.await();
                    try {
                        service.create(request);
                        return true;
                    } catch (StorageException e) {
                        assertThat(e.problem()).isEqualTo(Problem.NO_SPACE);
                        return false;
                    }
                }));
            }
            start.countDown();
        }
        int granted = 0;
        for (Future<Boolean> result : results) {
            granted += result.get() ? 1 : 0;
        }
        assertThat(granted).isEqualTo(4);
        assertThat(service.capacity(Optional.empty(), _ -> true).together()).isEqualTo(Bytes.ZERO);
    }

    @Test
    void deletingGivesTheSpaceBackAndMayBeRepeated() throws IOException {
        PlainPool pool = serve("a", Bytes.gib(2));
        VolumeService.Placed made = service.create(request("v1", Bytes.gib(2)));
        Path data = pool.mount().root().resolve(made.volume().path());
        assertThat(data).isDirectory();
        service.delete(new VolumeName("v1"));
        service.delete(new VolumeName("v1"));
        assertThat(data).doesNotExist();
        assertThat(service.find(new VolumeName("v1"))).isEmpty();
        service.create(request("v2", Bytes.gib(2)));
    }

    @Test
    void aPublishedVolumeIsNotDeleted() throws IOException {
        serve("a", Bytes.gib(2));
        service.create(request("published-1", Bytes.gib(1)));
        assertProblem(Problem.IN_USE, () -> service.delete(new VolumeName("published-1")));
        assertThat(service.find(new VolumeName("published-1"))).isPresent();
    }

    @Test
    void aRetainingPoolKeepsADeletedVolume() throws IOException {
        PlainPool pool = serve("retain", Bytes.gib(2));
        VolumeService.Placed made = service.create(request("v1", Bytes.gib(1)));
        service.delete(new VolumeName("v1"));
        assertThat(pool.mount().root().resolve(made.volume().path())).isDirectory();
    }

    @Test
    void expandingTakesOnlyWhatIsThereAndNeverShrinks() throws IOException {
        serve("a", Bytes.gib(4));
        service.create(request("v1", Bytes.gib(1)));
        VolumeName name = new VolumeName("v1");
        assertThat(service.expand(name, Bytes.gib(3), Optional.empty()).volume().size())
                .isEqualTo(Bytes.gib(3));
        assertThat(service.expand(name, Bytes.gib(2), Optional.empty()).volume().size())
                .isEqualTo(Bytes.gib(3));
        assertProblem(Problem.NO_SPACE, () -> service.expand(name, Bytes.gib(5), Optional.empty()));
        assertProblem(Problem.OUT_OF_RANGE, () -> service.expand(name, Bytes.gib(1), Optional.of(Bytes.gib(2))));
        assertProblem(Problem.NOT_FOUND, () -> service.expand(new VolumeName("v9"), Bytes.gib(2), Optional.empty()));
    }

    @Test
    void pagesAreStableWhileVolumesComeAndGo() throws IOException {
        serve("a", Bytes.gib(4));
        serve("b", Bytes.gib(4));
        for (String name : List.of("v1", "v3", "v5", "v7")) {
            service.create(in(name.compareTo("v4") < 0 ? "b" : "a", name, Bytes.gib(1)));
        }
        VolumeService.Listing first = service.list(Optional.empty(), Optional.empty(), 2);
        service.create(in("a", "v2", Bytes.gib(1)));
        service.delete(new VolumeName("v3"));
        VolumeService.Listing second = service.list(Optional.empty(), first.next(), 2);
        assertThat(Stream.concat(first.volumes().stream(), second.volumes().stream())
                        .map(placed -> placed.volume().name().value()))
                .containsExactly("v1", "v3", "v5", "v7");
        assertThat(second.next()).isEmpty();
    }

    @Test
    void aPoolThatIsNotOpenDisturbsOnlyWhatMayBeInIt() throws IOException {
        serve("a", Bytes.gib(4));
        service.create(request("v1", Bytes.gib(1)));
        service.add(new PoolVolumeSet(new PlainPool("b", Bytes.gib(4)), "test", InstantSource.system()));
        assertThat(service.create(in("a", "v2", Bytes.gib(1))).pool().name()).isEqualTo(new PoolName("a"));
        service.delete(new VolumeName("v1"));
        assertProblem(Problem.UNAVAILABLE, () -> service.create(request("v3", Bytes.gib(1))));
        assertProblem(Problem.UNAVAILABLE, () -> service.delete(new VolumeName("unknown")));
        assertThat(service.list(Optional.empty(), Optional.empty(), 0).problems())
                .singleElement()
                .asString()
                .contains("pool b");
    }

    @Test
    void whatWasMadeIsThereAfterTheAgentComesBack() throws IOException {
        PlainPool pool = serve("a", Bytes.gib(4));
        VolumeService.Placed made = service.create(request("v1", Bytes.gib(1)));
        open.getFirst().close();
        PoolVolumeSet again = new PoolVolumeSet(pool, "test", InstantSource.system());
        again.open();
        open.add(again);
        service.add(again);
        assertThat(service.find(new VolumeName("v1"))).contains(made);
        assertThat(again.promised()).isEqualTo(Bytes.gib(1));
        assertProblem(Problem.NO_SPACE, () -> service.create(request("v2", Bytes.gib(4))));
    }

    @Test
    void aLimitThatIsNotTakenIsNoVolume() throws IOException {
        PlainPool pool = serve("a", Bytes.gib(4));
        pool.mount.takeLimits(false);
        assertProblem(Problem.UNAVAILABLE, () -> service.create(request("v1", Bytes.gib(1))));
        assertThat(service.find(new VolumeName("v1"))).isEmpty();
        pool.mount.takeLimits(true);
        assertThat(service.create(request("v1", Bytes.gib(1))).volume().size()).isEqualTo(Bytes.gib(1));
    }

    @Test
    void whatNoPoolFitsIsRefusedWithThoseThereAre() throws IOException {
        serve("a", Bytes.gib(4));
        VolumeRequest disperse = new VolumeRequest(
                new VolumeName("v1"),
                Volume.Kind.SUBVOL,
                Bytes.gib(1),
                Optional.empty(),
                Optional.empty(),
                Optional.of(Layout.Disperse.class),
                Optional.empty());
        assertThatThrownBy(() -> service.create(disperse))
                .hasMessageContaining("Disperse")
                .hasMessageContaining("[a]");
        assertProblem(Problem.NOT_FOUND, () -> service.create(in("nowhere", "v1", Bytes.gib(1))));
        assertProblem(Problem.INVALID_ARGUMENT, () -> service.create(request("v1", Bytes.ZERO)));
    }
}
