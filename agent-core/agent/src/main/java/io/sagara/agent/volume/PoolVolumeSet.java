package io.sagara.agent.volume;

import io.sagara.agent.account.Difference;
import io.sagara.agent.account.Ledger;
import io.sagara.agent.account.LedgerEntry;
import io.sagara.agent.account.Reconciliation;
import io.sagara.agent.account.Reservation;
import io.sagara.spi.Bytes;
import io.sagara.spi.Pool;
import io.sagara.spi.PoolMount;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import io.sagara.spi.Volume;
import io.sagara.spi.VolumeName;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The volumes of one pool together with their account. Opened when the pool is taken up: the info files are
/// read once, and the ledger is made to agree with them; from then on both change together, the ledger first
/// where space is taken and last where it is given back, so that a crash never promises the same space twice.
public final class PoolVolumeSet {
    private static final Logger LOG = LoggerFactory.getLogger(PoolVolumeSet.class);
    private static final Duration OPEN = Duration.ofMinutes(2);
    private static final Duration REQUEST = Duration.ofSeconds(30);
    private static final Duration PURGE = Duration.ofHours(12);

    private final PoolAccess access;
    private final InstantSource clock;
    private final ConcurrentNavigableMap<VolumeName, Volume> volumes = new ConcurrentSkipListMap<>();
    private volatile @Nullable Ledger ledger;
    private volatile List<String> broken = List.of();
    private final Lock purging = new ReentrantLock();
    private final AtomicBoolean purgeWanted = new AtomicBoolean();

    /// The volumes of the pool `access` leads to; nothing is opened yet.
    public PoolVolumeSet(PoolAccess access, InstantSource clock) {
        this.access = access;
        this.clock = clock;
    }

    Pool pool() {
        return access.pool();
    }

    /// Reads what is there and opens the ledger. Idempotent; one call at a time.
    public void open() {
        if (ledger != null) {
            return;
        }
        Map<VolumeName, Volume> found = access.work("reading its volumes", OPEN, this::read);
        Ledger opened = Ledger.of(pool().name(), () -> access.mount().root(), this::truth, clock, REQUEST);
        try {
            reconcile(opened, sizes(found.values()));
        } catch (StorageException e) {
            opened.close();
            throw e;
        }
        volumes.clear();
        volumes.putAll(found);
        ledger = opened;
        purgeSoon();
    }

    private Map<VolumeName, Volume> read() {
        Map<VolumeName, Volume> found = new HashMap<>();
        List<String> unreadable = new ArrayList<>();
        access.provisioning().list(access.mount(), volume -> found.put(volume.name(), volume), unreadable::add);
        broken = List.copyOf(unreadable);
        return found;
    }

    private Map<VolumeName, Bytes> truth() {
        return sizes(access.work("reading its volumes", OPEN, this::read).values());
    }

    private static Map<VolumeName, Bytes> sizes(Collection<Volume> volumes) {
        return volumes.stream().collect(Collectors.toMap(Volume::name, Volume::size));
    }

    private void reconcile(Ledger opened, Map<VolumeName, Bytes> sizes) {
        Map<VolumeName, Bytes> rows =
                opened.entries().stream().collect(Collectors.toMap(LedgerEntry::name, LedgerEntry::size));
        // a row without a volume may be one of those that could not be read: then it stays
        List<Difference> differences = Reconciliation.differences(sizes, rows, _ -> false).stream()
                .filter(difference -> broken.isEmpty() || !(difference instanceof Difference.RowWithoutVolume))
                .toList();
        differences.forEach(difference -> Reconciliation.settle(opened, difference));
        opened.total(capacity(access.mount()));
        if (!differences.isEmpty()) {
            LOG.atWarn()
                    .addKeyValue("pool", pool().name())
                    .addKeyValue("differences", differences)
                    .log("stat.db did not agree with the volumes and was corrected");
        }
    }

    /// Closes the ledger. Idempotent.
    public void close() {
        Ledger open = ledger;
        ledger = null;
        volumes.clear();
        if (open != null) {
            open.close();
        }
    }

    private Ledger open(String why) {
        Ledger open = ledger;
        if (open == null) {
            throw new StorageException(
                    Problem.UNAVAILABLE,
                    "pool " + pool().name() + " cannot be used yet, " + why
                            + "; look at 'sagara status' for the reason and repeat the request");
        }
        return open;
    }

    Volume create(VolumeName name, Volume.Kind kind, Bytes size) {
        Ledger account = open("volume " + name + " was not created");
        Volume made = access.work("creating volume " + name, REQUEST, () -> {
            PoolMount mount = access.mount();
            // the backend waits for it before there is a volume, and does meanwhile what it can
            Supplier<Reservation> reservation = account.reserving(name, size, capacity(mount));
            try {
                return access.provisioning().create(mount, name, kind, size, () -> {
                    var _ = reservation.get();
                });
            } catch (StorageException e) {
                if (e.problem() != Problem.UNAVAILABLE && granted(reservation)) {
                    // nothing was made and nothing can be: give the space back. After UNAVAILABLE something may have
                    // been made, so the space stays taken until a repeated request or the reconciliation decides.
                    account.release(name);
                }
                throw e;
            }
        });
        volumes.put(name, made);
        return made;
    }

    /// Whether this request, and no earlier one, was promised the space.
    private static boolean granted(Supplier<Reservation> reservation) {
        try {
            return reservation.get().fresh();
        } catch (StorageException e) {
            // refused: which the caller is told, or something that it met before
            return false;
        }
    }

    Volume expand(VolumeName name, Bytes size) {
        Ledger account = open("volume " + name + " was not expanded");
        Volume larger = access.work("expanding volume " + name, REQUEST, () -> {
            PoolMount mount = access.mount();
            var _ = account.resize(name, size, capacity(mount));
            return access.provisioning().expand(mount, name, size);
        });
        volumes.put(name, larger);
        return larger;
    }

    void delete(VolumeName name) {
        Ledger account = open("volume " + name + " was not deleted");
        if (access.retains()) {
            LOG.atInfo().addKeyValue("volume", name).log("volume retained as its pool's reclaim policy says");
            return;
        }
        var _ = access.work("deleting volume " + name, REQUEST, () -> {
            access.provisioning().delete(access.mount(), name);
            account.release(name);
            return name;
        });
        volumes.remove(name);
        purgeSoon();
    }

    /// One purge at a time: it removes all there is. A delete while one runs has one more follow.
    private void purgeSoon() {
        if (purgeWanted.getAndSet(true)) {
            return;
        }
        Thread.ofVirtual().name("purge-" + pool().name()).start(() -> {
            purging.lock();
            try {
                purgeWanted.set(false);
                purge();
            } finally {
                purging.unlock();
            }
        });
    }

    private void purge() {
        try {
            var _ = access.work("purging deleted volumes", PURGE, () -> {
                access.provisioning().purge(access.mount());
                return true;
            });
        } catch (StorageException e) {
            LOG.atWarn()
                    .addKeyValue("pool", pool().name())
                    .addKeyValue("reason", e.getMessage())
                    .log("deleted volumes are not purged yet; it is tried again at the next delete or start");
        }
    }

    Optional<Volume> find(VolumeName name) {
        return Optional.ofNullable(volumes.get(name));
    }

    Collection<Volume> all() {
        return List.copyOf(volumes.values());
    }

    boolean isOpen() {
        return ledger != null;
    }

    /// Sentences that name volumes which cannot be read.
    List<String> broken() {
        return broken;
    }

    /// Empty where all is well, otherwise what an operator should know.
    public String problem() {
        return String.join("; ", broken);
    }

    /// The sum of the sizes of all volumes; zero while the ledger is closed.
    public Bytes promised() {
        return volumes.values().stream().map(Volume::size).reduce(Bytes.ZERO, Bytes::plus);
    }

    /// How many volumes there are; zero while the ledger is closed.
    public long count() {
        return volumes.size();
    }

    /// What may still be promised; zero while the pool cannot be used.
    Bytes available() {
        Ledger open = ledger;
        if (open == null) {
            return Bytes.ZERO;
        }
        return access.work(
                "asking for its space", REQUEST, () -> capacity(access.mount()).minusOrZero(open.sum()));
    }

    /// A pool promises what its file systems hold, no more.
    private static Bytes capacity(PoolMount mount) {
        return mount.usage().total();
    }
}
