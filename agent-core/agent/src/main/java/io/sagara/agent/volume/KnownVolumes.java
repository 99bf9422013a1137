package io.sagara.agent.volume;

import io.sagara.agent.account.LedgerEntry;
import io.sagara.spi.Bytes;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import io.sagara.spi.Volume;
import io.sagara.spi.VolumeName;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// What this agent knows of the volumes of one pool, so that listing them asks no disk. What this agent does is
/// written here at once; what agents of other nodes do is learnt from the account, and then looked up, because
/// the info files are the truth. Any number of threads may call.
final class KnownVolumes {
    private static final int LOCKS = 64;

    private final ConcurrentMap<VolumeName, Volume> known = new ConcurrentHashMap<>();
    /// Volumes that are set aside are not listed, but take space.
    private final ConcurrentMap<VolumeName, Volume> aside = new ConcurrentHashMap<>();
    private final Function<VolumeName, Optional<Volume>> disk;
    private final Function<VolumeName, Optional<Volume>> diskAside;
    /// A look at the disk and the note of what it saw belong together: without, a volume that was deleted in
    /// between would come back.
    private final List<Object> locks =
            IntStream.range(0, LOCKS).mapToObj(_ -> new Object()).toList();

    /// `disk`: looks a volume up. `diskAside`: an archived one.
    KnownVolumes(Function<VolumeName, Optional<Volume>> disk, Function<VolumeName, Optional<Volume>> diskAside) {
        this.disk = disk;
        this.diskAside = diskAside;
    }

    private Object lock(VolumeName name) {
        return locks.get(Math.floorMod(name.hashCode(), LOCKS));
    }

    Optional<Volume> find(VolumeName name) {
        return Optional.ofNullable(known.get(name));
    }

    Collection<Volume> all() {
        return List.copyOf(known.values());
    }

    List<Volume> archived() {
        return List.copyOf(aside.values());
    }

    /// Those that are no snapshots.
    Stream<Volume> volumes() {
        return known.values().stream().filter(volume -> volume.kind() != Volume.Kind.SNAPSHOT);
    }

    void put(Volume volume) {
        synchronized (lock(volume.name())) {
            known.put(volume.name(), volume);
        }
    }

    void remove(VolumeName name) {
        synchronized (lock(name)) {
            known.remove(name);
        }
    }

    /// The space of all of them.
    Bytes sum() {
        return Stream.concat(known.values().stream(), aside.values().stream())
                .map(Volume::size)
                .reduce(Bytes.ZERO, Bytes::plus);
    }

    /// Forgets everything else. For a pool nobody uses yet, or any more.
    void replace(Collection<Volume> volumes, Collection<Volume> archived) {
        known.clear();
        volumes.forEach(volume -> known.put(volume.name(), volume));
        aside.clear();
        archived.forEach(volume -> aside.put(volume.name(), volume));
    }

    /// Looks up every name that the account and this object know differently. Returns the rows of those that
    /// the account and the disk know differently even then: a call that is under way on another node, or one
    /// that was cut short.
    Map<VolumeName, Optional<LedgerEntry>> agree(Collection<LedgerEntry> rows) {
        Map<VolumeName, LedgerEntry> counted = rows.stream().collect(Collectors.toMap(LedgerEntry::name, row -> row));
        List<VolumeName> differing = Stream.of(counted.keySet(), known.keySet(), aside.keySet())
                .flatMap(Set::stream)
                .distinct()
                .filter(name -> !same(name, counted))
                .toList();
        Map<VolumeName, Optional<LedgerEntry>> doubtful = new ConcurrentHashMap<>();
        try (ExecutorService looks = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<VolumeName>> told = differing.stream()
                    .map(name -> looks.submit(() -> {
                        look(name);
                        if (!same(name, counted)) {
                            doubtful.put(name, Optional.ofNullable(counted.get(name)));
                        }
                        return name;
                    }))
                    .toList();
            told.forEach(KnownVolumes::await);
        }
        return doubtful;
    }

    private static void await(Future<VolumeName> look) {
        try {
            var _ = look.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StorageException known) {
                throw known;
            }
            throw new IllegalStateException("looking for a volume", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StorageException(Problem.UNAVAILABLE, "the look at the volumes was given up by its caller", e);
        }
    }

    /// Looks the name up and notes what is there. A volume that cannot be read is none here; it is named where
    /// the volumes of the pool are read. Throws UNAVAILABLE.
    void look(VolumeName name) {
        synchronized (lock(name)) {
            Optional<Volume> found = read(disk, name);
            found.ifPresentOrElse(volume -> known.put(name, volume), () -> known.remove(name));
            Optional<Volume> archived = found.isPresent() ? Optional.empty() : read(diskAside, name);
            archived.ifPresentOrElse(volume -> aside.put(name, volume), () -> aside.remove(name));
        }
    }

    private static Optional<Volume> read(Function<VolumeName, Optional<Volume>> disk, VolumeName name) {
        try {
            return disk.apply(name);
        } catch (StorageException e) {
            if (e.problem() == Problem.UNAVAILABLE) {
                throw e;
            }
            return Optional.empty();
        }
    }

    private boolean same(VolumeName name, Map<VolumeName, LedgerEntry> counted) {
        Optional<Bytes> here =
                find(name).or(() -> Optional.ofNullable(aside.get(name))).map(Volume::size);
        return here.equals(Optional.ofNullable(counted.get(name)).map(LedgerEntry::size));
    }
}
