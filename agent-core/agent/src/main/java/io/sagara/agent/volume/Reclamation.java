package io.sagara.agent.volume;

import io.sagara.agent.account.Ledger;
import io.sagara.agent.account.LedgerEntry;
import io.sagara.spi.Bytes;
import io.sagara.spi.PoolMount;
import io.sagara.spi.Problem;
import io.sagara.spi.Provisioning;
import io.sagara.spi.StorageException;
import io.sagara.spi.Volume;
import io.sagara.spi.VolumeName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What becomes of volumes of one pool after they were archived or deleted. Space is counted before the disk is
/// touched and given back after, as everywhere, and the row bears this agent's mark meanwhile (decision 0011).
final class Reclamation {
    private final PoolAccess access;
    private final Settlement settlement;

    Reclamation(PoolAccess access, Settlement settlement) {
        this.access = access;
        this.settlement = settlement;
    }

    /// See [Provisioning#restore]. Throws NO_SPACE where the volume is promised none any more and there is none.
    Volume restore(Ledger account, VolumeName name) {
        return settlement.change("bringing back", name, () -> {
            PoolMount mount = access.mount();
            Provisioning disk = access.provisioning();
            boolean promised = false;
            if (disk.find(mount, name).isEmpty()) {
                promised = reserve(account, mount, name);
            }
            try {
                return disk.restore(mount, name);
            } catch (StorageException e) {
                if (promised && e.problem() != Problem.UNAVAILABLE) {
                    account.withdraw(name);
                }
                settlement.doubt(name);
                throw e;
            }
        });
    }

    /// Promises the volume its space; whether that is new. Where there is nothing to bring back there is no row.
    private boolean reserve(Ledger account, PoolMount mount, VolumeName name) {
        Optional<Volume> archived = access.provisioning().findArchived(mount, name);
        Optional<Volume> wanted = archived.or(() -> access.provisioning().findDeleted(mount, name));
        if (wanted.isEmpty()) {
            return false;
        }
        Bytes size = wanted.get().size();
        Optional<LedgerEntry> row = account.find(name);
        if (row.isPresent() && archived.isPresent()) {
            // it has its space already; the row is this agent's from now on
            account.correct(name, size);
            return false;
        }
        row.ifPresent(known -> settlement.refuseOthers(account, known));
        Bytes capacity = mount.usage().total();
        if (row.isPresent()) {
            var _ = account.resize(name, size, capacity);
            return false;
        }
        return account.reserve(name, size, capacity).fresh();
    }

    /// Takes the archived volume away that had this name; whether there was one.
    boolean purgeArchived(Ledger account, VolumeName name) {
        return settlement.change("purging archived", name, () -> {
            PoolMount mount = access.mount();
            Optional<Volume> archived = access.provisioning().findArchived(mount, name);
            if (archived.isPresent() && account.find(name).isPresent()) {
                // so that this agent settles it, should it die in between
                var _ = account.resize(
                        name, archived.get().size(), mount.usage().total());
            }
            try {
                access.provisioning().deleteArchived(mount, name);
                if (archived.isPresent()
                        && access.provisioning().find(mount, name).isEmpty()) {
                    account.release(name);
                }
            } catch (StorageException e) {
                settlement.doubt(name);
                throw e;
            }
            return archived.isPresent();
        });
    }

    /// All that can come back, in the order of names; the last deleted first.
    List<Kept> kept(List<Volume> archived) {
        List<Kept> deleted = access.work("listing deleted volumes", PoolVolumeSet.REQUEST, () -> {
            List<Kept> found = new ArrayList<>();
            access.provisioning()
                    .deleted(
                            access.mount(),
                            it -> found.add(new Kept(it.volume(), access.pool().name(), Optional.of(it.at()))));
            return found;
        });
        return Stream.concat(
                        archived.stream()
                                .map(volume -> new Kept(volume, access.pool().name(), Optional.empty())),
                        deleted.stream())
                .sorted((a, b) -> {
                    int names = a.volume().name().compareTo(b.volume().name());
                    return names != 0
                            ? names
                            : b.deletedAt()
                                    .flatMap(at -> a.deletedAt().map(at::compareTo))
                                    .orElse(0);
                })
                .toList();
    }
}
