package io.sagara.agent.account;

import io.sagara.agent.volume.disk.VolumeLayout;
import io.sagara.spi.Bytes;
import io.sagara.spi.PoolName;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import io.sagara.spi.VolumeName;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The account of one pool, in its `stat.db`. Any number of threads may call.
///
/// Every change is one transaction and is on the bricks when the call returns. Calls that wait at the same time
/// share one transaction, so their number hardly changes how long one takes. The file is opened by the first
/// call, and again after it could not be reached. One that is missing or damaged is set aside as
/// `stat.db.corrupt-<time>` and written anew from the volumes of the pool.
///
/// Every method throws UNAVAILABLE where the file cannot be reached or does not answer within the deadline;
/// then the change may or may not have been made, and repeating the call settles it. NO_SPACE where the bricks
/// are full.
public final class Ledger implements AutoCloseable {
    private final PoolName pool;
    private final String writer;
    private final InstantSource clock;
    private final Duration deadline;
    // promises of this agent, which may not have become volumes yet: a rebuild must not forget them
    private final Map<VolumeName, Bytes> made;
    private final LedgerWorker worker;

    private Ledger(
            PoolName pool,
            String writer,
            InstantSource clock,
            Duration deadline,
            Map<VolumeName, Bytes> made,
            LedgerWorker worker) {
        this.pool = pool;
        this.writer = writer;
        this.clock = clock;
        this.deadline = deadline;
        this.made = made;
        this.worker = worker;
    }

    /// An account that is not opened yet.
    ///
    /// `root`: the root of the pool, asked each time the file is opened; throws UNAVAILABLE while the pool is
    /// not mounted there, for a file made in the directory below the mount would be another account. `truth`:
    /// what the file is rebuilt from. `deadline`: of every call.
    static Ledger of(PoolName pool, Supplier<Path> root, Truth truth, InstantSource clock, Duration deadline) {
        return of(pool, "", root, truth, clock, deadline);
    }

    /// An account whose rows bear the mark of the agent that wrote them. `writer`: the mark, a word that no
    /// other agent has, and the same after a restart.
    public static Ledger of(
            PoolName pool, String writer, Supplier<Path> root, Truth truth, InstantSource clock, Duration deadline) {
        Map<VolumeName, Bytes> made = new ConcurrentHashMap<>();
        StatFile file = new StatFile(pool, root, () -> larger(truth.volumes(), made), clock);
        return new Ledger(pool, writer, clock, deadline, made, LedgerWorker.start(pool, file));
    }

    private static Map<VolumeName, Bytes> larger(Map<VolumeName, Bytes> one, Map<VolumeName, Bytes> other) {
        Map<VolumeName, Bytes> all = new HashMap<>(one);
        other.forEach((name, size) -> all.merge(name, size, (a, b) -> a.compareTo(b) > 0 ? a : b));
        return all;
    }

    /// Promises `size` bytes of `capacity` to the volume. Granted before with the same size: succeeds and
    /// changes nothing. Throws ALREADY_EXISTS where it has another size, NO_SPACE where the sum of all promises
    /// would exceed `capacity`.
    public Reservation reserve(VolumeName name, Bytes size, Bytes capacity) {
        return reserving(name, size, capacity).get();
    }

    /// As [#reserve], but returns at once; what [#reserve] returns or throws is got from the result, which
    /// waits for it and may be asked several times.
    public Supplier<Reservation> reserving(VolumeName name, Bytes size, Bytes capacity) {
        return begin(
                db -> {
                    Optional<LedgerEntry> known = db.find(name);
                    if (known.isPresent()) {
                        return new Reservation(refuseOtherSize(known.get(), size), false);
                    }
                    refuseExcess(db, name, size, Bytes.ZERO, capacity);
                    LedgerEntry entry =
                            new LedgerEntry(name, size, clock.instant().truncatedTo(ChronoUnit.SECONDS), writer);
                    db.put(name, VolumeLayout.hash(name), size, entry.createdAt(), writer);
                    return new Reservation(entry, true);
                },
                granted -> made.put(name, size));
    }

    /// Promises the volume `size` bytes instead of what it had; less is always granted. The row is this agent's
    /// from then on. Repeating it changes nothing. Throws NOT_FOUND where it was promised nothing, NO_SPACE as
    /// [#reserve].
    public LedgerEntry resize(VolumeName name, Bytes size, Bytes capacity) {
        return write(
                db -> {
                    LedgerEntry known = db.find(name).orElseThrow(() -> unknown(name));
                    if (size.compareTo(known.size()) > 0) {
                        refuseExcess(db, name, size, known.size(), capacity);
                    }
                    if (!size.equals(known.size()) || !writer.equals(known.writer())) {
                        db.put(name, VolumeLayout.hash(name), size, clock.instant(), writer);
                    }
                    return new LedgerEntry(name, size, known.createdAt(), writer);
                },
                granted -> made.put(name, size));
    }

    /// Takes the promise back. Repeating it succeeds.
    public void release(VolumeName name) {
        write(
                db -> {
                    db.remove(name);
                    return name;
                },
                made::remove);
    }

    /// Takes the promise back where the row is still the one that this agent wrote.
    public void withdraw(VolumeName name) {
        write(
                db -> {
                    if (db.find(name).filter(row -> row.writer().equals(writer)).isPresent()) {
                        db.remove(name);
                    }
                    return name;
                },
                made::remove);
    }

    /// Puts the mark of this agent on a row that is still as it was seen; whether it was.
    public boolean takeOver(LedgerEntry seen) {
        return write(
                db -> {
                    boolean unchanged = db.find(seen.name()).equals(Optional.of(seen));
                    if (unchanged) {
                        db.put(seen.name(), VolumeLayout.hash(seen.name()), seen.size(), clock.instant(), writer);
                    }
                    return unchanged;
                },
                taken -> {});
    }

    /// Decides about one name while no agent can change the account. `judge` is told the row and says what the
    /// volume shall be promised, or nothing; that is returned. It may be asked again where the transaction
    /// fails, and runs on the thread of the ledger, which waits. What it throws leaves the row as it is.
    public Optional<Bytes> settle(VolumeName name, Function<Optional<LedgerEntry>, Optional<Bytes>> judge) {
        return write(
                db -> {
                    Optional<LedgerEntry> row = db.find(name);
                    Optional<Bytes> size = judge.apply(row);
                    if (size.isEmpty() && row.isPresent()) {
                        db.remove(name);
                    } else if (size.isPresent() && !row.map(LedgerEntry::size).equals(size)) {
                        db.put(name, VolumeLayout.hash(name), size.get(), clock.instant(), writer);
                    }
                    return size;
                },
                size -> size.ifPresentOrElse(promised -> made.put(name, promised), () -> made.remove(name)));
    }

    /// What [#news] tells. `version`: to be given to the next call. `rows`: all promises; empty where nobody
    /// else has changed the account.
    public record News(Object version, Optional<List<LedgerEntry>> rows) {}

    /// All promises, where another agent or program has changed the account since the call that returned
    /// `seen`.
    public News news(@Nullable Object seen) {
        return read(db -> {
            Object now = db.version();
            return new News(now, now.equals(seen) ? Optional.empty() : Optional.of(db.all()));
        });
    }

    /// Writes down what the volume has, however much that is: the truth does not ask for space.
    public void correct(VolumeName name, Bytes size) {
        write(
                db -> {
                    db.put(name, VolumeLayout.hash(name), size, clock.instant(), writer);
                    return name;
                },
                corrected -> made.put(name, size));
    }

    /// Writes down how large the pool is, for Kadalu's tools.
    public void total(Bytes size) {
        write(
                db -> {
                    db.summary(pool, size, clock.instant());
                    return size;
                },
                written -> {});
    }

    /// The sum of all promises.
    public Bytes sum() {
        return read(StatDb::promised);
    }

    /// How many promises there are.
    public long count() {
        return read(StatDb::count);
    }

    /// What the volume was promised.
    public Optional<LedgerEntry> find(VolumeName name) {
        return read(db -> db.find(name));
    }

    /// All promises, in the order of names.
    public List<LedgerEntry> entries() {
        return read(StatDb::all);
    }

    /// The names of damaged accounts that were set aside in the pool at `root`, the oldest first. On the caller's
    /// thread.
    public static List<String> setAside(Path root) throws IOException {
        return StatFile.setAside(root);
    }

    private <T> T read(Step<T> step) {
        return worker.begin(new LedgerWorker.Request<>(false, step, result -> {}), deadline)
                .get();
    }

    private <T> T write(Step<T> step, Consumer<T> committed) {
        return begin(step, committed).get();
    }

    private <T> Supplier<T> begin(Step<T> step, Consumer<T> committed) {
        return worker.begin(new LedgerWorker.Request<>(true, step, committed), deadline);
    }

    private StorageException unknown(VolumeName name) {
        return new StorageException(
                Problem.NOT_FOUND, "pool " + pool + ": stat.db has no volume " + name + "; run a check of the pool");
    }

    private LedgerEntry refuseOtherSize(LedgerEntry known, Bytes size) {
        if (known.size().equals(size)) {
            return known;
        }
        throw new StorageException(
                Problem.ALREADY_EXISTS,
                "pool " + pool + ": volume " + known.name() + " has " + known.size() + " and cannot be made again with "
                        + size + "; choose another name, or expand it");
    }

    private void refuseExcess(StatDb db, VolumeName name, Bytes size, Bytes old, Bytes capacity) throws SQLException {
        Bytes promised = db.promised();
        Bytes free = capacity.minusOrZero(promised);
        if (size.minusOrZero(old).compareTo(free) > 0) {
            throw new StorageException(
                    Problem.NO_SPACE,
                    "pool " + pool + ": volume " + name + " asks for " + size
                            + (old.equals(Bytes.ZERO) ? "" : " and has " + old) + ", but " + free + " of " + capacity
                            + " are free and " + promised + " are promised to " + db.count()
                            + " volumes; delete volumes, ask for less, or add storage to the pool");
        }
    }

    /// Closes the file. Calls that wait, and later ones, fail with UNAVAILABLE.
    @Override
    public void close() {
        worker.close();
    }

    /// Something done inside a transaction. It may be done again where the transaction failed.
    interface Step<T> {
        T apply(StatDb db) throws SQLException;
    }
}
