package io.sagara.agent.volume;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagara.agent.time.FakeTimer;
import io.sagara.agent.volume.PoolAccess.Reclaim;
import io.sagara.spi.Bytes;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import io.sagara.spi.Volume;
import io.sagara.spi.VolumeName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/// Any sequence of creates, deletes that archive, undeletes, purges and restarts, beside two plain maps: space is
/// promised for what is there or archived, and nothing else.
class ReclamationProperties {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Bytes CAPACITY = Bytes.gib(1);

    sealed interface Step {
        /// Makes a volume.
        record Create(VolumeName name, Bytes size) implements Step {}

        /// Deletes, which archives here.
        record Delete(VolumeName name) implements Step {}

        /// Brings back.
        record Undelete(VolumeName name) implements Step {}

        /// Purges an archived volume.
        record Purge(VolumeName name) implements Step {}

        /// The agent starts again.
        record Restart() implements Step {}
    }

    private final Map<VolumeName, Bytes> live = new TreeMap<>();
    private final Map<VolumeName, Bytes> archived = new TreeMap<>();

    @Property(tries = 20)
    void theAccountIsTheSumOfWhatIsThereOrArchived(@ForAll("steps") List<Step> steps) throws IOException {
        Path directory = Files.createTempDirectory("reclamation");
        PlainAccess access = new PlainAccess(directory, Reclaim.ARCHIVE, true);
        live.clear();
        archived.clear();
        PoolVolumeSet set = open(access);
        try {
            for (Step step : steps) {
                if (step instanceof Step.Restart) {
                    set.close();
                    set = open(access);
                }
                assertThat(outcome(set, step)).isEqualTo(expected(step));
                assertThat(set.promised()).isEqualTo(sum());
                awaitPurge(set);
                assertThat(set.kept()).hasSize(archived.size());
            }
            assertThat(set.check(false, _ -> {})).isEqualTo(new CheckReport(List.of(), live.size(), archived.size()));
        } finally {
            set.close();
            remove(directory);
        }
    }

    /// A purge runs in the background and tells nobody that it has ended; until then what it purges can come back.
    private static void awaitPurge(PoolVolumeSet set) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (set.kept().stream().anyMatch(kept -> kept.deletedAt().isPresent()) && System.nanoTime() < end) {
            LockSupport.parkNanos(Duration.ofMillis(1).toNanos());
        }
    }

    private static void remove(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    private static PoolVolumeSet open(PlainAccess access) {
        PoolVolumeSet set = new PoolVolumeSet(access, "a", new FakeTimer());
        set.open();
        return set;
    }

    private Bytes sum() {
        return live.values().stream()
                .reduce(Bytes.ZERO, Bytes::plus)
                .plus(archived.values().stream().reduce(Bytes.ZERO, Bytes::plus));
    }

    private static Optional<Problem> outcome(PoolVolumeSet set, Step step) {
        try {
            switch (step) {
                case Step.Create(VolumeName name, Bytes size) -> set.create(name, Volume.Kind.SUBVOL, size);
                case Step.Delete(VolumeName name) -> set.delete(name);
                case Step.Undelete(VolumeName name) -> set.restore(name);
                case Step.Purge(VolumeName name) -> set.purgeArchived(name);
                case Step.Restart() -> set.refresh();
            }
            return Optional.empty();
        } catch (StorageException e) {
            return Optional.of(e.problem());
        }
    }

    private Optional<Problem> expected(Step step) {
        return switch (step) {
            case Step.Create(VolumeName name, Bytes size) -> created(name, size);
            case Step.Delete(VolumeName name) -> {
                Optional.ofNullable(live.remove(name)).ifPresent(size -> archived.put(name, size));
                yield Optional.empty();
            }
            case Step.Undelete(VolumeName name) -> {
                Optional.ofNullable(archived.remove(name)).ifPresent(size -> live.put(name, size));
                yield live.containsKey(name) ? Optional.empty() : Optional.of(Problem.NOT_FOUND);
            }
            case Step.Purge(VolumeName name) -> {
                archived.remove(name);
                yield Optional.empty();
            }
            case Step.Restart() -> Optional.empty();
        };
    }

    private Optional<Problem> created(VolumeName name, Bytes size) {
        if (archived.containsKey(name) || (live.containsKey(name) && !size.equals(live.get(name)))) {
            return Optional.of(Problem.ALREADY_EXISTS);
        }
        if (!live.containsKey(name) && sum().plus(size).compareTo(CAPACITY) > 0) {
            return Optional.of(Problem.NO_SPACE);
        }
        live.put(name, size);
        return Optional.empty();
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<VolumeName> names = Arbitraries.of("a", "b", "c").map(VolumeName::new);
        Arbitrary<Bytes> sizes = Arbitraries.longs().between(1, 3).map(i -> Bytes.mib(200 * i));
        Arbitrary<Step> step = Arbitraries.oneOf(
                Combinators.combine(names, sizes).as(Step.Create::new),
                names.map(Step.Delete::new),
                names.map(Step.Undelete::new),
                names.map(Step.Purge::new),
                Arbitraries.just(new Step.Restart()));
        return step.list().ofMinSize(3).ofMaxSize(15);
    }
}
