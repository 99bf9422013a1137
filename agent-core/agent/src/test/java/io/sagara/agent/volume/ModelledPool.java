package io.sagara.agent.volume;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagara.agent.file.CrashingChanges;
import io.sagara.agent.volume.disk.DyingProvisioning;
import io.sagara.agent.volume.disk.FakePoolMount;
import io.sagara.spi.Bytes;
import io.sagara.spi.Pool;
import io.sagara.spi.PoolMount;
import io.sagara.spi.PoolName;
import io.sagara.spi.Problem;
import io.sagara.spi.Provisioning;
import io.sagara.spi.StorageException;
import io.sagara.spi.Volume;
import io.sagara.spi.VolumeName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// One pool on a directory, served as the agent serves it, and beside it a map of what should be in it.
final class ModelledPool implements PoolAccess, AutoCloseable {
    private static final String AGENT = "agent";
    static final Bytes CAPACITY = Bytes.mib(100);

    private final Path root;
    private final FakePoolMount mount;
    private final Map<VolumeName, Bytes> volumes = new TreeMap<>();
    private final Map<VolumeName, Bytes> archived = new TreeMap<>();
    private final Map<VolumeName, VolumeName> sources = new TreeMap<>();
    private final Map<VolumeName, Bytes> snapshots = new TreeMap<>();
    private PoolVolumeSet set = new PoolVolumeSet(this, AGENT, InstantSource.system());
    private VolumeService service = new VolumeService(name -> false);
    private Provisioning provisioning = DyingProvisioning.healthy();
    private Reclaim reclaim = Reclaim.DELETE;

    /// A call, and what it makes of what is there.
    record Call(String name, Runnable run, Runnable model) {}

    ModelledPool() {
        try {
            root = Files.createTempDirectory("modelled");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        mount = new FakePoolMount("p1", root);
        mount.total(CAPACITY);
        begin();
    }

    private void begin() {
        provisioning = DyingProvisioning.healthy();
        set = new PoolVolumeSet(this, AGENT, InstantSource.system());
        set.open();
        service = new VolumeService(name -> false);
        service.add(set);
    }

    private static VolumeRequest request(VolumeName name, Bytes size) {
        return new VolumeRequest(
                name,
                Volume.Kind.SUBVOL,
                size,
                Optional.empty(),
                Optional.of(new PoolName("p1")),
                Optional.empty(),
                Optional.empty());
    }

    Call create(VolumeName name, Bytes size) {
        return new Call("create " + name, () -> service.create(request(name, size)), () -> volumes.put(name, size));
    }

    Call copy(VolumeName source, VolumeName name, Bytes size) {
        return new Call("copy " + source + " to " + name, () -> service.copy(request(name, size), source), () -> {
            volumes.put(name, size);
            sources.put(name, source);
        });
    }

    Call snapshot(VolumeName source, VolumeName name) {
        return new Call(
                "snapshot of " + source + " as " + name,
                () -> new SnapshotService(service).create(name, source),
                () -> snapshots.computeIfAbsent(name, _ -> Objects.requireNonNull(volumes.get(source))));
    }

    /// What a snapshot must be answered with; empty where it succeeds. All are of one source.
    Optional<Problem> refusesSnapshot(VolumeName source, VolumeName name) {
        if (snapshots.containsKey(name)) {
            return Optional.empty();
        }
        if (volumes.containsKey(name)) {
            return Optional.of(Problem.ALREADY_EXISTS);
        }
        Bytes size = volumes.get(source);
        if (size == null) {
            return Optional.of(Problem.NOT_FOUND);
        }
        return archived.containsKey(name) ? Optional.of(Problem.ALREADY_EXISTS) : refusesMore(size);
    }

    Call deleteSnapshot(VolumeName name) {
        return new Call(
                "delete snapshot " + name,
                () -> new SnapshotService(service).delete(name),
                () -> snapshots.remove(name));
    }

    Call restore(VolumeName snapshot, VolumeName name, Bytes size) {
        return new Call(
                "restore " + snapshot + " as " + name,
                () -> new SnapshotService(service).restore(request(name, size), snapshot),
                () -> {
                    volumes.put(name, size);
                    sources.put(name, snapshot);
                });
    }

    /// What a restore must be answered with; empty where it succeeds.
    Optional<Problem> refusesRestore(VolumeName snapshot, VolumeName name, Bytes size) {
        return refusesCopyOf(Optional.ofNullable(snapshots.get(snapshot)), snapshot, name, size);
    }

    /// What a copy must be answered with; empty where it succeeds.
    Optional<Problem> refusesCopy(VolumeName source, VolumeName name, Bytes size) {
        return refusesCopyOf(Optional.ofNullable(volumes.get(source)), source, name, size);
    }

    private Optional<Problem> refusesCopyOf(Optional<Bytes> from, VolumeName source, VolumeName name, Bytes size) {
        Bytes known = volumes.get(name);
        if (known != null) {
            boolean same = known.equals(size) && source.equals(sources.get(name));
            return same ? Optional.empty() : Optional.of(Problem.ALREADY_EXISTS);
        }
        if (snapshots.containsKey(name)) {
            return Optional.of(Problem.ALREADY_EXISTS);
        }
        if (from.isEmpty()) {
            return Optional.of(Problem.NOT_FOUND);
        }
        if (archived.containsKey(name)) {
            return Optional.of(Problem.ALREADY_EXISTS);
        }
        if (size.compareTo(from.get()) < 0) {
            return Optional.of(Problem.OUT_OF_RANGE);
        }
        return refusesMore(size);
    }

    Call expand(VolumeName name, Bytes size) {
        return new Call(
                "expand " + name,
                () -> service.expand(name, size, Optional.empty()),
                () -> volumes.computeIfPresent(name, (_, old) -> size.compareTo(old) > 0 ? size : old));
    }

    Call delete(VolumeName name) {
        return new Call("delete " + name, () -> service.delete(name), () -> {
            volumes.remove(name);
            sources.remove(name);
        });
    }

    Call archive(VolumeName name) {
        return new Call(
                "archive " + name,
                () -> {
                    reclaim = Reclaim.ARCHIVE;
                    try {
                        service.delete(name);
                    } finally {
                        reclaim = Reclaim.DELETE;
                    }
                },
                () -> {
                    Bytes size = volumes.remove(name);
                    sources.remove(name);
                    if (size != null) {
                        archived.put(name, size);
                    }
                });
    }

    /// What a create must be answered with; empty where it succeeds.
    Optional<Problem> refusesCreate(VolumeName name, Bytes size) {
        Bytes known = volumes.get(name);
        if (known != null) {
            return known.equals(size) && !sources.containsKey(name)
                    ? Optional.empty()
                    : Optional.of(Problem.ALREADY_EXISTS);
        }
        if (archived.containsKey(name) || snapshots.containsKey(name)) {
            return Optional.of(Problem.ALREADY_EXISTS);
        }
        return refusesMore(size);
    }

    /// What an expansion must be answered with; empty where it succeeds.
    Optional<Problem> refusesExpand(VolumeName name, Bytes size) {
        Bytes known = volumes.get(name);
        if (known == null) {
            return Optional.of(Problem.NOT_FOUND);
        }
        return size.compareTo(known) <= 0 ? Optional.empty() : refusesMore(size.minusOrZero(known));
    }

    private Optional<Problem> refusesMore(Bytes size) {
        return promised().plus(size).compareTo(CAPACITY) > 0 ? Optional.of(Problem.NO_SPACE) : Optional.empty();
    }

    private Bytes promised() {
        return Stream.of(volumes, archived, snapshots)
                .flatMap(all -> all.values().stream())
                .reduce(Bytes.ZERO, Bytes::plus);
    }

    /// Makes the call and compares its answer.
    void run(Call call, Optional<Problem> refusal) {
        Optional<Problem> answer = answer(call);
        assertThat(answer).as(call.name()).isEqualTo(refusal);
        if (answer.isEmpty()) {
            call.model().run();
        }
    }

    /// Makes the call on a machine that dies at its `step`-th change of the disk, or, where `silent`, after the last of
    /// them and before the account is told; and starts anew. All of it has happened then, or nothing.
    void runAndDie(Call call, Optional<Problem> refusal, int step, boolean silent) {
        CrashingChanges changes = silent ? CrashingChanges.dyingAt(Integer.MAX_VALUE) : CrashingChanges.dyingAt(step);
        provisioning = DyingProvisioning.at(changes, silent);
        mount.beforeLimit(changes::limit);
        Optional<Problem> answer = answer(call);
        mount.beforeLimit(() -> {});
        // a machine that is dead does not write to the account later: what it has begun to write is written by then
        var _ = set.available();
        set.close();
        begin();
        if (refusal.isPresent()) {
            assertThat(answer).as(call.name()).isPresent();
        } else if (answer.isEmpty()
                || !listed().equals(volumes)
                || !listedSnapshots().equals(snapshots)) {
            call.model().run();
        }
    }

    private static Optional<Problem> answer(Call call) {
        try {
            call.run().run();
            return Optional.empty();
        } catch (StorageException e) {
            return Optional.of(e.problem());
        }
    }

    /// The agent is killed and starts again.
    void restart() {
        set.close();
        begin();
    }

    /// As [#restart], and the account is gone, or damaged, meanwhile.
    void rebuild(boolean damaged) {
        set.close();
        try {
            // the ledger's thread closes the file on its own
            if (damaged) {
                Files.write(root.resolve("stat.db"), new byte[20_000]);
            } else {
                Files.deleteIfExists(root.resolve("stat.db"));
                Files.deleteIfExists(root.resolve("stat.db-journal"));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        begin();
    }

    private Map<VolumeName, Bytes> listed() {
        VolumeService.Listing listing = service.list(Optional.empty(), Optional.empty(), 0);
        assertThat(listing.problems()).isEmpty();
        return listing.volumes().stream()
                .map(VolumeService.Placed::volume)
                .collect(Collectors.toMap(Volume::name, Volume::size, (a, b) -> a, TreeMap::new));
    }

    private Map<VolumeName, Bytes> listedSnapshots() {
        SnapshotService.Listing listing =
                new SnapshotService(service).list(Optional.empty(), Optional.empty(), Optional.empty(), 0);
        assertThat(listing.problems()).isEmpty();
        return listing.snapshots().stream()
                .map(kept -> kept.snapshot().volume())
                .collect(Collectors.toMap(Volume::name, Volume::size, (a, b) -> a, TreeMap::new));
    }

    /// The pool is as the map says.
    void check() {
        assertThat(listed()).isEqualTo(volumes);
        assertThat(listedSnapshots()).isEqualTo(snapshots);
        assertThat(set.promised()).isEqualTo(promised()).isLessThanOrEqualTo(CAPACITY);
        assertThat(set.available()).isEqualTo(CAPACITY.minusOrZero(promised()));
        Set<String> names = new TreeSet<>();
        volumes.keySet().forEach(name -> names.add(name.value()));
        archived.keySet().forEach(name -> names.add("archived-" + name));
        assertThat(directories("subvol").keySet()).isEqualTo(names);
        assertThat(directories("snapshot").keySet())
                .isEqualTo(snapshots.keySet().stream().map(VolumeName::value).collect(Collectors.toSet()));
        directories("subvol").forEach((name, path) -> {
            VolumeName volume = new VolumeName(name.replaceFirst("^archived-", ""));
            Bytes size = volumes.getOrDefault(volume, archived.get(volume));
            // an expansion that was cut short has raised the size, and raises the limit when it is repeated
            assertThat(mount.limit(path).orElseThrow()).isLessThanOrEqualTo(size);
        });
    }

    private Map<String, Path> directories(String kind) {
        Map<String, Path> found = new TreeMap<>();
        for (Path first : entries(root.resolve(kind))) {
            for (Path second : entries(first)) {
                entries(second).forEach(path -> found.put(path.getFileName().toString(), path));
            }
        }
        return found;
    }

    /// None where it is gone: the purge removes what is empty.
    private static List<Path> entries(Path directory) {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Pool pool() {
        return mount.pool();
    }

    @Override
    public Provisioning provisioning() {
        return provisioning;
    }

    @Override
    public PoolMount mount() {
        return mount;
    }

    @Override
    public Reclaim reclaim() {
        return reclaim;
    }

    @Override
    public boolean alone() {
        return true;
    }

    @Override
    public boolean caretaker() {
        return false;
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

    @Override
    public void close() throws IOException {
        set.close();
        remove(root);
    }

    /// Also while the purge is at it.
    private static void remove(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            for (Path entry : entries(path)) {
                remove(entry);
            }
        }
        Files.deleteIfExists(path);
    }

    @Override
    public String toString() {
        return "volumes " + volumes + ", archived " + archived + ", snapshots " + snapshots;
    }
}
