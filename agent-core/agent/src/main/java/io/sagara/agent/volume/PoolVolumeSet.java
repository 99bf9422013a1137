package io.sagara.agent.volume;

import io.sagara.agent.account.Ledger;
import io.sagara.agent.account.LedgerEntry;
import io.sagara.spi.Bytes;
import io.sagara.spi.Pool;
import io.sagara.spi.PoolMount;
import io.sagara.spi.Problem;
import io.sagara.spi.Provisioning.Snapshot;
import io.sagara.spi.StorageException;
import io.sagara.spi.Volume;
import io.sagara.spi.VolumeName;
import io.sagara.spi.VolumeUsage;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The volumes of one pool together with their account. Opened when the pool is taken up: the info files are
/// read once, and the ledger is made to agree with them; from then on both change together, the ledger first
/// where space is taken and last where it is given back, so that a crash never promises the same space twice.
///
/// Agents of other nodes may do the same to the same pool, unless this one is [PoolAccess#alone].
public final class PoolVolumeSet {
    private static final Logger LOG = LoggerFactory.getLogger(PoolVolumeSet.class);
    private static final Duration OPEN = Duration.ofMinutes(2);
    static final Duration REQUEST = Duration.ofSeconds(30);

    private final PoolAccess access;
    private final String agent;
    private final InstantSource clock;
    private final KnownVolumes known = new KnownVolumes(this::look, this::lookAside);
    private final Settlement settlement;
    private volatile @Nullable Ledger ledger;
    private volatile @Nullable Object seen;
    private volatile List<String> broken = List.of();
    private int tended;
    private final Purge purge;
    private final Reclamation reclamation;
    private final Making making;

    /// The volumes of the pool `access` leads to; nothing is opened yet. `agent`: tells this agent from those
    /// of other nodes, also after a restart.
    public PoolVolumeSet(PoolAccess access, String agent, InstantSource clock) {
        this(access, agent, clock, Duration.ZERO);
    }

    /// As the other one. `keep`: how long deleted volumes can be brought back, where there is room for them.
    public PoolVolumeSet(PoolAccess access, String agent, InstantSource clock, Duration keep) {
        this.access = access;
        this.agent = agent;
        this.clock = clock;
        this.settlement = new Settlement(access, agent, known::look);
        this.purge = new Purge(access, settlement.traffic(), keep, clock, known::sum);
        this.reclamation = new Reclamation(access, settlement);
        this.making = new Making(access, settlement, known, purge::promised);
    }

    Pool pool() {
        return access.pool();
    }

    /// Reads what is there and opens the ledger. Idempotent; one call at a time.
    public void open() {
        if (ledger != null) {
            return;
        }
        PoolContents found = read();
        Ledger opened =
                Ledger.of(pool().name(), agent, () -> access.mount().root(), () -> read().sizes(), clock, REQUEST);
        try {
            known.replace(found.volumes().values(), found.archived().values());
            Set<VolumeName> doubtful =
                    new HashSet<>(known.agree(opened.entries()).keySet());
            doubtful.addAll(found.leftovers());
            settlement.settle(opened, doubtful);
            opened.total(capacity(access.mount()));
        } catch (StorageException e) {
            opened.close();
            throw e;
        }
        ledger = opened;
        if (access.caretaker()) {
            purge.soon();
        }
    }

    private PoolContents read() {
        PoolContents contents = access.work("reading its volumes", OPEN, () -> PoolContents.of(access));
        broken = contents.broken();
        return contents;
    }

    /// Learns what agents of other nodes have done since the last time; asks no more than one page of the
    /// account where they have done nothing. Throws UNAVAILABLE.
    public void refresh() {
        Ledger open = ledger;
        if (open == null || access.alone()) {
            return;
        }
        Ledger.News news = open.news(seen);
        news.rows().map(known::agree).ifPresent(settlement::doubt);
        seen = news.version();
        // their info files come later than their rows, and change no account
        settlement.counted().forEach(known::look);
    }

    /// Looks at what calls that were cut short have left. To be called every 5 seconds, by one thread. Throws
    /// UNAVAILABLE.
    public void tend() {
        Ledger open = ledger;
        if (open == null) {
            return;
        }
        settlement.look(open);
        purge.tend();
        // what was in the middle of a call, or is repaired, is broken no more; looked for more and more rarely
        if (Integer.bitCount(++tended) == 1 && !broken.isEmpty()) {
            PoolContents _ = read();
        }
    }

    /// Looks for what does not agree with the account, and for what calls have left, as at the beginning; it is
    /// settled at the next looks. Where several nodes serve the pool, one of them does that for all. Throws
    /// UNAVAILABLE.
    public void reconcile() {
        Ledger open = ledger;
        if (open == null || !access.caretaker()) {
            return;
        }
        List<LedgerEntry> rows = open.entries();
        Set<VolumeName> names = new HashSet<>(known.agree(rows).keySet());
        PoolContents found = read();
        names.addAll(PoolCheck.suspects(rows, found));
        names.addAll(found.leftovers());
        settlement.doubt(rows, names);
        purge.soon();
    }

    /// Compares account, info files, directories and limits; see [PoolCheck].
    CheckReport check(boolean repair, Consumer<String> progress) {
        Ledger account = open("it was not checked");
        return new PoolCheck(access, account, settlement, this::read).run(repair, progress);
    }

    /// Sets the limits of all volumes anew, because there are bricks that do not have them. Throws UNAVAILABLE.
    public void renewLimits() {
        new LimitRenewal(access).of(known.all());
    }

    /// Whether no agent of another node can work on the pool.
    public boolean alone() {
        return access.alone();
    }

    /// Closes the ledger. Idempotent.
    public void close() {
        Ledger open = ledger;
        ledger = null;
        known.replace(List.of(), List.of());
        if (open != null) {
            open.close();
        }
    }

    /// Removes all volumes and the account, of a pool whose bricks are someone else's; of others the bricks are
    /// erased. Nobody may use it any more. Throws UNAVAILABLE.
    public void clear() {
        close();
        if (!pool().bricks().isEmpty()) {
            return;
        }
        purge.clear();
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
        return making.create(open("volume " + name + " was not created"), name, kind, size);
    }

    /// What the volume was made a copy of; empty where it is none.
    Optional<VolumeName> source(VolumeName name) {
        return access.work(
                "looking for volume " + name,
                REQUEST,
                () -> access.provisioning().source(access.mount(), name));
    }

    /// A volume with the content of `source`, a volume or snapshot. Throws BUSY while it is being copied, which goes on
    /// by itself; to be repeated.
    Volume copy(VolumeName source, VolumeName name, Bytes size) {
        return making.copy(open("volume " + name + " was not created"), source, name, size);
    }

    /// A snapshot of `source`, whose size is `size`. Throws as [#copy].
    Snapshot takeSnapshot(VolumeName source, VolumeName name, Bytes size) {
        return making.snapshot(open("snapshot " + name + " was not made"), source, name, size);
    }

    /// The snapshot of this name; empty where there is none.
    Optional<Snapshot> snapshot(VolumeName name) {
        return access.work(
                "looking for snapshot " + name,
                REQUEST,
                () -> access.provisioning().findSnapshot(access.mount(), name));
    }

    Volume expand(VolumeName name, Bytes size) {
        Ledger account = open("volume " + name + " was not expanded");
        Volume larger = change("expanding", name, () -> {
            PoolMount mount = access.mount();
            var _ = account.resize(name, size, capacity(mount));
            try {
                return access.provisioning().expand(mount, name, size);
            } catch (StorageException e) {
                settlement.doubt(name);
                throw e;
            }
        });
        known.put(larger);
        purge.promised();
        return larger;
    }

    /// Gives up making the volume as a copy. Throws BUSY until that has ended.
    void giveUpCopying(VolumeName name) {
        making.giveUp(name);
    }

    void delete(VolumeName name) {
        Ledger account = open("volume " + name + " was not deleted");
        switch (access.reclaim()) {
            case RETAIN ->
                LOG.atInfo().addKeyValue("volume", name).log("volume retained as its pool's reclaim policy says");
            case ARCHIVE -> {
                var _ = change("archiving", name, () -> {
                    access.provisioning().archive(access.mount(), name);
                    return name;
                });
                known.look(name);
            }
            case DELETE -> remove(account, name);
        }
    }

    /// Deletes a snapshot, whatever becomes of volumes.
    void deleteSnapshot(VolumeName name) {
        remove(open("snapshot " + name + " was not deleted"), name);
    }

    private void remove(Ledger account, VolumeName name) {
        var _ = change("deleting", name, () -> {
            access.provisioning().delete(access.mount(), name);
            account.release(name);
            return name;
        });
        known.remove(name);
        purge.soon();
    }

    private <T> T change(String what, VolumeName name, Callable<T> work) {
        return settlement.change(what, name, work);
    }

    /// Brings back a volume that was archived or deleted.
    Volume restore(VolumeName name) {
        Volume back = reclamation.restore(open("volume " + name + " did not come back"), name);
        known.look(name);
        purge.promised();
        return back;
    }

    /// Takes away an archived volume; whether there was one of this name.
    boolean purgeArchived(VolumeName name) {
        boolean purged = reclamation.purgeArchived(open("volume archived-" + name + " was not purged"), name);
        known.look(name);
        purge.soon();
        return purged;
    }

    /// The volumes that can come back.
    List<Kept> kept() {
        Ledger _ = open("its deleted volumes were not listed");
        return reclamation.kept(known.archived());
    }

    /// What is deleted and not purged.
    public TrashState trash() {
        return purge.state();
    }

    /// The volume as the disk knows it, unless nobody else can have changed it. Throws UNAVAILABLE.
    Optional<Volume> find(VolumeName name) {
        return ledger == null || access.alone() ? known.find(name) : look(name);
    }

    private Optional<Volume> look(VolumeName name) {
        return access.work(
                "looking for volume " + name,
                REQUEST,
                () -> access.provisioning().find(access.mount(), name));
    }

    private Optional<Volume> lookAside(VolumeName name) {
        return access.work(
                "looking for archived volume " + name,
                REQUEST,
                () -> access.provisioning().findArchived(access.mount(), name));
    }

    /// The volume as it was when this agent last had to do with it.
    Optional<Volume> known(VolumeName name) {
        return known.find(name);
    }

    Optional<VolumeUsage> counted(VolumeName name) {
        return known.find(name).flatMap(volume -> access.provisioning().counted(access.mount(), volume));
    }

    Optional<String> caveat(VolumeName name) {
        return access.provisioning().caveat(access.pool(), name);
    }

    Collection<Volume> all() {
        return known.all();
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

    /// The sum of the sizes of all volumes known here, archived ones and snapshots too; zero while the ledger
    /// is closed.
    public Bytes promised() {
        return known.sum();
    }

    /// How many volumes are known here, without snapshots; zero while the ledger is closed.
    public long count() {
        return known.volumes().count();
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
    static Bytes capacity(PoolMount mount) {
        return mount.usage().total();
    }
}
