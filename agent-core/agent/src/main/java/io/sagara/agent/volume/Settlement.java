package io.sagara.agent.volume;

import io.sagara.agent.account.Ledger;
import io.sagara.agent.account.LedgerEntry;
import io.sagara.agent.account.Reconciliation;
import io.sagara.spi.Bytes;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import io.sagara.spi.Volume;
import io.sagara.spi.VolumeName;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Puts right where the account of a pool and its volumes differ, though other agents may be at work in the
/// pool (decision 0011).
///
/// A name is judged inside a transaction of the account, so that no agent can begin a call for it meanwhile:
/// every call begins with a row. Counting more is always right. Counting less, and removing what is on the
/// disk, is for the agent whose mark the row bears and which does not work on it any more; for others only
/// after [#GRACE].
final class Settlement {
    private static final Logger LOG = LoggerFactory.getLogger(Settlement.class);
    /// In looks, which come every 5 seconds: nearly 6 hours. A call has ended long before: it is interrupted
    /// after 30 seconds, or a copy after 5 hours, and does nothing new then, and GlusterFS gives up a step that
    /// hangs after half an hour.
    static final int GRACE = 4096;
    /// In looks: 40 seconds, a bit more than a call may take that shows no sign of life.
    static final int TAKE_OVER = 8;

    private final PoolAccess access;
    private final String agent;
    private final Consumer<VolumeName> settled;
    private final Map<VolumeName, Integer> working = new ConcurrentHashMap<>();
    private final Map<VolumeName, Doubt> doubts = new ConcurrentHashMap<>();
    private final Traffic traffic = new Traffic();
    private final AtomicInteger looks = new AtomicInteger();

    /// A difference, with the row that was seen first and has been there since the look of that number.
    /// `sign`: the last that was seen of who copies into it.
    private record Doubt(Optional<LedgerEntry> row, int since, Optional<String> sign) {

        Doubt(Optional<LedgerEntry> row, int since) {
            this(row, since, Optional.empty());
        }
    }

    /// `agent`: the mark that this agent's rows bear. `settled`: told every name that is in doubt no more.
    Settlement(PoolAccess access, String agent, Consumer<VolumeName> settled) {
        this.access = access;
        this.agent = agent;
        this.settled = settled;
    }

    /// The names in doubt that are counted: most likely volumes which are being made on another node.
    List<VolumeName> counted() {
        return doubts.entrySet().stream()
                .filter(doubt -> doubt.getValue().row().isPresent())
                .map(Map.Entry::getKey)
                .toList();
    }

    /// Work on a volume of which this object knows until its thread has really ended.
    <T> T change(String what, VolumeName name, Callable<T> work) {
        traffic.begin();
        try {
            return longChange(what, name, PoolVolumeSet.REQUEST, work);
        } finally {
            traffic.end();
        }
    }

    /// As [#change], for work that may take long and for which a purge does not wait.
    <T> T longChange(String what, VolumeName name, Duration deadline, Callable<T> work) {
        return access.work(what + " volume " + name, deadline, () -> {
            begin(name);
            try {
                return work.call();
            } finally {
                end(name);
            }
        });
    }

    /// The requests that are under way.
    Traffic traffic() {
        return traffic;
    }

    /// A thread of this agent begins to work on the volume.
    private void begin(VolumeName name) {
        working.merge(name, 1, Integer::sum);
    }

    /// The thread has ended, whatever its caller was told before.
    private void end(VolumeName name) {
        working.computeIfPresent(name, (_, threads) -> threads == 1 ? null : threads - 1);
    }

    /// Whether a thread of this agent works on the volume.
    boolean works(VolumeName name) {
        return working.containsKey(name);
    }

    /// Whether this agent may count less than the row does without waiting for others.
    boolean ours(LedgerEntry row) {
        return !works(row.name()) && (access.alone() || row.writer().equals(agent));
    }

    /// Has a name looked at soon that a call of this agent has left.
    void doubt(VolumeName name) {
        doubts.put(name, new Doubt(Optional.empty(), looks.get()));
    }

    /// Has names looked at soon, and again later, whose rows do not agree with the disk.
    void doubt(Map<VolumeName, Optional<LedgerEntry>> rows) {
        rows.forEach(this::doubtOf);
    }

    /// Has these names looked at soon, and again later, where `rows` are all there are.
    void doubt(List<LedgerEntry> rows, Collection<VolumeName> names) {
        Map<VolumeName, LedgerEntry> counted = rows.stream().collect(Collectors.toMap(LedgerEntry::name, row -> row));
        names.forEach(name -> doubtOf(name, Optional.ofNullable(counted.get(name))));
    }

    /// Looks at the names that are in doubt. To be called every 5 seconds.
    void look(Ledger ledger) {
        int now = looks.incrementAndGet();
        List<VolumeName> due = doubts.entrySet().stream()
                .filter(doubt -> isDue(now - doubt.getValue().since()))
                .map(Map.Entry::getKey)
                .toList();
        settle(ledger, due);
    }

    /// More and more rarely: each look locks the account for all agents.
    private static boolean isDue(int age) {
        return Integer.bitCount(age) == 1 || age > GRACE;
    }

    /// Settles what can be settled now, and keeps the rest in doubt.
    void settle(Ledger ledger, Collection<VolumeName> names) {
        for (VolumeName name : names) {
            try {
                settle(ledger, name);
            } catch (StorageException e) {
                if (e.problem() == Problem.UNAVAILABLE) {
                    throw e;
                }
                // it is named where the pool's volumes are read, and stays as it is
                doubts.remove(name);
            }
        }
    }

    private void settle(Ledger ledger, VolumeName name) {
        Verdict verdict = new Verdict(name);
        Optional<Bytes> promised = ledger.settle(name, verdict::judge);
        if (verdict.settled) {
            doubts.remove(name);
            settled.accept(name);
        }
        if (!promised.equals(verdict.counted.map(LedgerEntry::size))) {
            LOG.atWarn()
                    .addKeyValue("pool", access.pool().name())
                    .addKeyValue("volume", name)
                    .addKeyValue("counted", verdict.counted.map(LedgerEntry::size))
                    .addKeyValue("promised", promised)
                    .log("stat.db did not agree with the volumes and was corrected");
        }
    }

    /// One judgement. It may be made again where the transaction fails.
    private final class Verdict {
        private final VolumeName name;
        private Optional<LedgerEntry> counted = Optional.empty();
        private boolean settled;

        Verdict(VolumeName name) {
            this.name = name;
        }

        /// What the volume shall be promised. On the ledger's thread, which may hang with the mount.
        Optional<Bytes> judge(Optional<LedgerEntry> row) {
            counted = row;
            Doubt doubt = doubtOf(name, row);
            Optional<Volume> volume = access.provisioning().find(access.mount(), name);
            Optional<Bytes> size = volume.or(() -> access.provisioning().findArchived(access.mount(), name))
                    .map(Volume::size);
            boolean mayCountLess = row.isPresent() && isOver(row.get(), doubt);
            settled = Reconciliation.of(size, row.map(LedgerEntry::size), seenBefore(doubt), mayCountLess)
                    != Reconciliation.OPEN;
            if (settled && volume.isEmpty()) {
                // a volume that comes back from the archive is counted already, and its row tells who brings it
                settled = (row.isEmpty() || mayCountLess) && recover(name);
            }
            return settled ? size : row.map(LedgerEntry::size);
        }
    }

    /// Puts right what is left on the disk; not while a thread of this agent works on the name, and none begins
    /// meanwhile: where this agent is alone with the pool, it makes a directory before its row is there.
    private boolean recover(VolumeName name) {
        AtomicBoolean idle = new AtomicBoolean();
        working.compute(name, (_, threads) -> {
            if (threads == null) {
                access.provisioning().recover(access.mount(), name);
                idle.set(true);
            }
            return threads;
        });
        return idle.get();
    }

    /// The doubt about the row as it is; a new one where it is another than before.
    private Doubt doubtOf(VolumeName name, Optional<LedgerEntry> row) {
        return doubts.merge(
                name, new Doubt(row, looks.get()), (known, now) -> known.row().equals(row) ? known : now);
    }

    /// As [#doubtOf]; a new one also where who copies into the volume has shown since that it is alive. The looks are
    /// this agent's own clock, so those of nodes may differ.
    private Doubt observed(VolumeName name, LedgerEntry row) {
        Optional<String> sign = access.provisioning().signOfLife(access.mount(), name);
        return doubts.merge(
                name,
                new Doubt(Optional.of(row), looks.get(), sign),
                (known, now) -> known.row().equals(now.row()) && known.sign().equals(sign) ? known : now);
    }

    /// The kernel believes in a name for a second after it was removed on another node; a look ago is longer.
    private boolean seenBefore(Doubt doubt) {
        return access.alone() || doubt.since() < looks.get();
    }

    private boolean isOver(LedgerEntry row, Doubt doubt) {
        return ours(row) || (!works(row.name()) && looks.get() - doubt.since() >= GRACE);
    }

    /// Called by one who has found a row instead of making it. Where another agent has begun to make the volume
    /// it is left to it until it must have ended: BUSY.
    void refuseOthers(Ledger ledger, LedgerEntry row) {
        VolumeName name = row.name();
        if (access.alone()
                || row.writer().equals(agent)
                || access.provisioning().find(access.mount(), name).isPresent()
                || access.provisioning().findArchived(access.mount(), name).isPresent()) {
            return;
        }
        Doubt doubt = observed(name, row);
        if (looks.get() - doubt.since() < TAKE_OVER || !ledger.takeOver(row)) {
            throw new StorageException(
                    Problem.BUSY,
                    "volume " + name + " was begun by the agent of another node, which may still be at work; repeat the"
                            + " request: it is taken over within a minute");
        }
    }
}
