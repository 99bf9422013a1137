package io.sagara.agent.volume;

import io.sagara.spi.Bytes;
import io.sagara.spi.PoolMount;
import io.sagara.spi.Problem;
import io.sagara.spi.Provisioning;
import io.sagara.spi.Provisioning.Deleted;
import io.sagara.spi.StorageException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Removes the data of deleted volumes in the background, one file at a time, and makes way for requests.
///
/// A deleted volume is promised no space any more. Where it is kept for a while, it is so only in space that nobody
/// was promised: as soon as promises and kept volumes together are more than the pool holds, the oldest go
/// (decision 0015).
final class Purge {
    private static final Logger LOG = LoggerFactory.getLogger(Purge.class);
    private static final Duration LONGEST = Duration.ofHours(12);
    /// For each file while requests follow each other without a gap: then 50 files a second.
    private static final Duration MAKES_WAY = Duration.ofMillis(20);
    /// In looks, which come every 5 seconds.
    private static final int EVERY = 12;

    private final PoolAccess access;
    private final Traffic traffic;
    private final Duration keep;
    private final InstantSource clock;
    private final Supplier<Bytes> promised;
    private final Lock running = new ReentrantLock();
    private final AtomicBoolean wanted = new AtomicBoolean();
    private final AtomicLong removed = new AtomicLong();
    private volatile TrashState state = TrashState.NOTHING;
    private volatile Bytes capacity = Bytes.ZERO;
    private int looks;

    /// `keep`: how long a deleted volume stays, where there is room. `promised`: the sum of what volumes may use.
    Purge(PoolAccess access, Traffic traffic, Duration keep, InstantSource clock, Supplier<Bytes> promised) {
        this.access = access;
        this.traffic = traffic;
        this.keep = keep;
        this.clock = clock;
        this.promised = promised;
    }

    /// What waits to be purged, when it was last looked at.
    TrashState state() {
        TrashState now = state;
        return new TrashState(now.volumes(), now.size(), Math.max(0, now.files() - removed.get()), now.purging());
    }

    /// One purge at a time: it removes all that is due. A delete while one runs has one more follow.
    void soon() {
        if (wanted.getAndSet(true)) {
            return;
        }
        Thread.ofVirtual().name("purge-" + access.pool().name()).start(() -> {
            running.lock();
            try {
                wanted.set(false);
                run();
            } finally {
                running.unlock();
            }
        });
    }

    /// Removes everything there is: see [PoolVolumeSet#clear]. Waits for a purge, which removes the same directories.
    void clear() {
        running.lock();
        try {
            var _ = access.work("removing its volumes", LONGEST, () -> {
                access.provisioning().clear(access.mount());
                return true;
            });
        } finally {
            running.unlock();
        }
    }

    /// Has volumes purged that have been kept long enough. To be called every 5 seconds, by one thread.
    void tend() {
        if (!keep.isZero() && access.caretaker() && ++looks % EVERY == 0) {
            soon();
        }
    }

    /// Has kept volumes purged where a new promise needs their space.
    void promised() {
        if (state.volumes() > 0 && promised.get().plus(state.size()).compareTo(capacity) > 0) {
            soon();
        }
    }

    private void run() {
        try {
            var _ = access.work("purging deleted volumes", LONGEST, () -> {
                purge();
                return true;
            });
        } catch (StorageException e) {
            LOG.atWarn()
                    .addKeyValue("pool", access.pool().name())
                    .addKeyValue("reason", e.getMessage())
                    .log("deleted volumes are not purged yet; it is tried again at the next delete, hour or start");
        } finally {
            removed.set(0);
            state = new TrashState(state.volumes(), state.size(), 0, false);
        }
    }

    private void purge() {
        PoolMount mount = access.mount();
        List<Deleted> all = new ArrayList<>();
        access.provisioning().deleted(mount, all::add);
        List<Deleted> kept = List.of();
        if (!keep.isZero()) {
            capacity = mount.usage().total();
            kept = kept(all);
        }
        Set<Path> stay = new HashSet<>();
        kept.forEach(deleted -> stay.add(deleted.volume().path()));
        long files = all.stream()
                .filter(deleted -> !stay.contains(deleted.volume().path()))
                .mapToLong(deleted -> files(mount, deleted))
                .sum();
        removed.set(0);
        state = new TrashState(all.size(), size(all), files, true);
        access.provisioning().purge(mount, new Provisioning.Purging() {
            @Override
            public boolean due(Deleted deleted) {
                return !stay.contains(deleted.volume().path());
            }

            @Override
            public void removing() {
                traffic.awaitCalm(MAKES_WAY);
                removed.incrementAndGet();
            }
        });
        state = new TrashState(kept.size(), size(kept), 0, false);
    }

    /// Those that are not due: the newest, as far as there is room for them.
    private List<Deleted> kept(List<Deleted> all) {
        Bytes room = capacity.minusOrZero(promised.get());
        List<Deleted> kept = new ArrayList<>();
        all.stream()
                .filter(deleted -> deleted.at().plus(keep).isAfter(clock.instant()))
                .sorted(Comparator.comparing(Deleted::at).reversed())
                .takeWhile(deleted -> size(kept).plus(deleted.volume().size()).compareTo(room) <= 0)
                .forEach(kept::add);
        return kept;
    }

    private static Bytes size(List<Deleted> all) {
        return all.stream().map(deleted -> deleted.volume().size()).reduce(Bytes.ZERO, Bytes::plus);
    }

    private long files(PoolMount mount, Deleted deleted) {
        if (!access.pool().quota()) {
            return 0;
        }
        try {
            return mount.usage(mount.root().resolve(deleted.volume().path())).usedInodes();
        } catch (StorageException e) {
            if (e.problem() == Problem.UNAVAILABLE) {
                throw e;
            }
            // it has no limit, or has gone meanwhile
            return 0;
        }
    }
}
