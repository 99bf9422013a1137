package io.sagara.agent.volume;

import io.sagara.agent.account.Ledger;
import io.sagara.agent.account.Reservation;
import io.sagara.spi.Bytes;
import io.sagara.spi.PoolMount;
import io.sagara.spi.Problem;
import io.sagara.spi.Provisioning.Snapshot;
import io.sagara.spi.StorageException;
import io.sagara.spi.Volume;
import io.sagara.spi.VolumeName;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;

/// How volumes and snapshots of one pool come to be: their space is reserved, then they are made, then they are known.
/// Any number of threads may call.
final class Making {
    /// Below [Settlement#GRACE].
    private static final Duration LONG_COPY = Duration.ofHours(5);

    private final PoolAccess access;
    private final Settlement settlement;
    private final KnownVolumes known;
    private final Runnable promised;
    private final Copies copies = new Copies();

    /// `promised`: called after something was made that takes space.
    Making(PoolAccess access, Settlement settlement, KnownVolumes known, Runnable promised) {
        this.access = access;
        this.settlement = settlement;
        this.known = known;
        this.promised = promised;
    }

    Volume create(Ledger account, VolumeName name, Volume.Kind kind, Bytes size) {
        copies.refuse(name);
        refuseASecond(name);
        Volume made = settlement.change("creating", name, () -> {
            PoolMount mount = access.mount();
            return make(
                    account,
                    name,
                    size,
                    () -> refuseOtherKind(mount, name, kind),
                    granted -> access.provisioning().create(mount, name, kind, size, granted));
        });
        made(made);
        return made;
    }

    /// Throws BUSY while it is being copied, which goes on by itself; to be repeated.
    Volume copy(Ledger account, VolumeName source, VolumeName name, Bytes size) {
        refuseASecond(name);
        return copies.copy(name, "a copy of " + source + " with " + size, Volume.class, () -> {
            Volume made = settlement.longChange("copying " + source + " to", name, LONG_COPY, () -> {
                PoolMount mount = access.mount();
                return make(
                        account,
                        name,
                        size,
                        () -> {},
                        granted -> access.provisioning().copy(mount, source, name, size, granted));
            });
            made(made);
            return made;
        });
    }

    /// As [#copy]. `size`: that of the source.
    Snapshot snapshot(Ledger account, VolumeName source, VolumeName name, Bytes size) {
        refuseASecond(name);
        return copies.copy(name, "a snapshot of volume " + source, Snapshot.class, () -> {
            Snapshot made = settlement.longChange("copying " + source + " to", name, LONG_COPY, () -> {
                PoolMount mount = access.mount();
                return make(
                        account,
                        name,
                        size,
                        () -> {},
                        granted -> access.provisioning().snapshot(mount, source, name, size, granted));
            });
            made(made.volume());
            return made;
        });
    }

    private void made(Volume made) {
        known.put(made);
        promised.run();
    }

    /// Gives up making it as a copy. Throws BUSY until that has ended.
    void giveUp(VolumeName name) {
        copies.giveUp(name);
    }

    /// Reserves the space and makes it. On a thread of the pool. `before`: run where the space was reserved before.
    private <T> T make(Ledger account, VolumeName name, Bytes size, Runnable before, Function<Runnable, T> making) {
        // the backend waits for it before there is a volume, and does meanwhile what it can
        Supplier<Reservation> reservation = account.reserving(name, size, PoolVolumeSet.capacity(access.mount()));
        Runnable granted = granted(account, reservation, before);
        if (!access.alone()) {
            // no agent may touch a name on the disk before its row says so: decision 0011
            granted.run();
        }
        try {
            return making.apply(granted);
        } catch (StorageException e) {
            if (e.problem() != Problem.UNAVAILABLE && fresh(reservation)) {
                // nothing was made and nothing can be: give the space back. After UNAVAILABLE something may have
                // been made, so the space stays taken until a repeated request or the settlement decides.
                account.withdraw(name);
            }
            settlement.doubt(name);
            throw e;
        }
    }

    /// A pool without limits is for one volume.
    private void refuseASecond(VolumeName name) {
        known.all().stream()
                .filter(other -> !access.pool().quota() && !other.name().equals(name))
                .findFirst()
                .ifPresent(other -> {
                    throw new StorageException(
                            Problem.NO_SPACE,
                            "pool " + access.pool().name() + " is for one volume (single_pv_per_pool) and has volume "
                                    + other.name() + "; delete that, or use another pool for " + name);
                });
    }

    /// Returns when the space is reserved for this agent. May be run several times.
    private Runnable granted(Ledger account, Supplier<Reservation> reservation, Runnable before) {
        AtomicBoolean ours = new AtomicBoolean();
        return () -> {
            Reservation reserved = reservation.get();
            if (!reserved.fresh() && !ours.get()) {
                settlement.refuseOthers(account, reserved.entry());
                before.run();
            }
            ours.set(true);
        };
    }

    /// One name is one volume or one snapshot; where the row was there, another agent may have made the other.
    private void refuseOtherKind(PoolMount mount, VolumeName name, Volume.Kind kind) {
        access.provisioning()
                .find(mount, name)
                .filter(there -> there.kind() != kind)
                .ifPresent(there -> {
                    throw new StorageException(
                            Problem.ALREADY_EXISTS,
                            name + " exists as " + there.kind().directory() + " and not as " + kind.directory()
                                    + "; choose another name");
                });
    }

    /// Whether this request, and no earlier one, was promised the space.
    private static boolean fresh(Supplier<Reservation> reservation) {
        try {
            return reservation.get().fresh();
        } catch (StorageException e) {
            // refused: which the caller is told, or something that it met before
            return false;
        }
    }
}
