package io.sagara.agent.volume;

import io.sagara.agent.account.Ledger;
import io.sagara.agent.account.LedgerEntry;
import io.sagara.agent.volume.Difference.Kind;
import io.sagara.spi.Bytes;
import io.sagara.spi.PoolMount;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import io.sagara.spi.Volume;
import io.sagara.spi.VolumeName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Compares everything a pool knows of its volumes: the rows of the account, info files, directories and limits.
///
/// What seems to differ is looked at a second time inside a transaction of the account, where no call can begin; so
/// what comes and goes meanwhile is not reported. A repair is what [Settlement] does anyway, with the same regard
/// for agents of other nodes, and limits of volumes whose row and info file agree. Data is never touched.
final class PoolCheck {
    private static final Duration LOOK = Duration.ofMinutes(30);
    private static final String REPAIR = "repeat the check with --repair";

    private final PoolAccess access;
    private final Ledger ledger;
    private final Settlement settlement;
    private final Supplier<PoolContents> look;

    /// `look`: reads what is there.
    PoolCheck(PoolAccess access, Ledger ledger, Settlement settlement, Supplier<PoolContents> look) {
        this.access = access;
        this.ledger = ledger;
        this.settlement = settlement;
        this.look = look;
    }

    CheckReport run(boolean repair, Consumer<String> progress) {
        progress.accept("reading the account and the volumes");
        List<LedgerEntry> rows = ledger.entries();
        PoolContents found = look.get();
        List<Difference> differences = new ArrayList<>(damagedAccounts());
        suspects(rows, found).forEach(name -> counted(name, repair).ifPresent(differences::add));
        differences.addAll(unfinished(found, repair));
        if (access.pool().quota()) {
            progress.accept("comparing limits");
            differences.addAll(limits(found, repair));
        }
        found.broken().forEach(sentence -> differences.add(Difference.of(Kind.BROKEN, sentence)));
        return new CheckReport(
                List.copyOf(differences),
                found.volumes().size(),
                found.archived().size());
    }

    private List<Difference> damagedAccounts() {
        return access.work("looking for damaged accounts", LOOK, () -> Ledger.setAside(access.account())).stream()
                .map(file -> new Difference(
                        Kind.ACCOUNT_SET_ASIDE,
                        file + " is an account that was damaged and set aside; it was rebuilt from the volumes",
                        "remove the file when nobody needs it any more",
                        false))
                .toList();
    }

    private Path root() {
        return access.mount().root();
    }

    /// The names that are counted with another size than they have.
    static List<VolumeName> suspects(List<LedgerEntry> rows, PoolContents found) {
        Map<VolumeName, Bytes> counted = rows.stream().collect(Collectors.toMap(LedgerEntry::name, LedgerEntry::size));
        Map<VolumeName, Bytes> sizes = found.sizes();
        Set<VolumeName> names = new HashSet<>(counted.keySet());
        names.addAll(sizes.keySet());
        return names.stream()
                .filter(name -> !Optional.ofNullable(counted.get(name)).equals(Optional.ofNullable(sizes.get(name))))
                .sorted()
                .toList();
    }

    private Optional<Difference> counted(VolumeName name, boolean repair) {
        Optional<Difference> before = judge(name);
        if (before.isEmpty() || !repair) {
            return before;
        }
        settlement.settle(ledger, List.of(name));
        return judge(name).or(() -> before.map(Difference::asRepaired));
    }

    /// How the row of the name and its volume differ now.
    private Optional<Difference> judge(VolumeName name) {
        if (settlement.works(name)) {
            return Optional.empty();
        }
        AtomicReference<Optional<Difference>> judged = new AtomicReference<>(Optional.empty());
        try {
            var _ = ledger.settle(name, row -> {
                Optional<Bytes> size = access.provisioning()
                        .find(access.mount(), name)
                        .or(() -> access.provisioning().findArchived(access.mount(), name))
                        .map(Volume::size);
                judged.set(difference(name, row, size));
                return row.map(LedgerEntry::size);
            });
        } catch (StorageException e) {
            // it cannot be read, which is among what is broken; its row stays
            refuseUnreachable(e);
        }
        return Objects.requireNonNull(judged.get());
    }

    private static void refuseUnreachable(StorageException e) {
        if (e.problem() == Problem.UNAVAILABLE) {
            throw e;
        }
    }

    private Optional<Difference> difference(VolumeName name, Optional<LedgerEntry> row, Optional<Bytes> size) {
        if (row.map(LedgerEntry::size).equals(size)) {
            return Optional.empty();
        }
        if (row.isEmpty()) {
            return Optional.of(new Difference(
                    Kind.NOT_COUNTED,
                    "volume " + name + " has " + size.orElseThrow() + " and is not counted in stat.db",
                    REPAIR + "; where other nodes serve the pool too, it is counted 5 seconds later",
                    false));
        }
        LedgerEntry counted = row.get();
        boolean less = size.map(has -> has.compareTo(counted.size()) < 0).orElse(true);
        String advice = !less || settlement.ours(counted)
                ? REPAIR
                : "leave it: a call may be under way on another node; it is settled when that node's agent is back, or"
                        + " by itself after 6 hours";
        return Optional.of(
                size.isEmpty()
                        ? new Difference(
                                Kind.NO_VOLUME,
                                "stat.db counts " + counted.size() + " for volume " + name + ", which is not there",
                                advice,
                                false)
                        : new Difference(
                                Kind.OTHER_SIZE,
                                "volume " + name + " has " + size.get() + ", but stat.db counts " + counted.size(),
                                advice,
                                false));
    }

    private List<Difference> unfinished(PoolContents found, boolean repair) {
        List<VolumeName> names = found.leftovers().stream()
                .filter(name -> !settlement.works(name))
                .sorted()
                .toList();
        Set<VolumeName> still = new HashSet<>(names);
        if (repair && !names.isEmpty()) {
            settlement.settle(ledger, names);
            still.retainAll(look.get().leftovers());
        }
        return names.stream()
                .map(name -> repair && !still.contains(name) ? interrupted(name).asRepaired() : interrupted(name))
                .toList();
    }

    private static Difference interrupted(VolumeName name) {
        return new Difference(
                Kind.UNFINISHED,
                "volume " + name + ": a call was cut short or is under way, and a part of it is on the disk",
                REPAIR + "; what another node's agent has begun is left to it",
                false);
    }

    private List<Difference> limits(PoolContents found, boolean repair) {
        List<Volume> volumes = Stream.concat(found.volumes().values().stream(), found.archived().values().stream())
                .filter(volume -> volume.kind() == Volume.Kind.SUBVOL)
                .toList();
        List<Volume> wrong = access.work(
                "comparing limits",
                LOOK,
                () -> volumes.stream().filter(volume -> !limited(volume)).toList());
        return wrong.stream()
                .sorted((a, b) -> a.name().compareTo(b.name()))
                .flatMap(volume -> limit(volume.name(), repair).stream())
                .toList();
    }

    private boolean limited(Volume volume) {
        try {
            return access.mount().limit(root().resolve(volume.path())).equals(Optional.of(volume.size()));
        } catch (StorageException e) {
            // gone since it was seen
            refuseUnreachable(e);
            return true;
        }
    }

    /// A second look at the limit, and its repair. Not while the row says another size than the info file: a call
    /// is in between then, and sets the limit itself.
    private Optional<Difference> limit(VolumeName name, boolean repair) {
        AtomicReference<Optional<Difference>> judged = new AtomicReference<>(Optional.empty());
        try {
            var _ = ledger.settle(name, row -> {
                Optional<Volume> volume = access.provisioning()
                        .find(access.mount(), name)
                        .or(() -> access.provisioning().findArchived(access.mount(), name))
                        .filter(it -> row.map(LedgerEntry::size).equals(Optional.of(it.size())));
                judged.set(volume.filter(it -> !settlement.works(name)).flatMap(it -> limit(it, repair)));
                return row.map(LedgerEntry::size);
            });
        } catch (StorageException e) {
            refuseUnreachable(e);
        }
        return Objects.requireNonNull(judged.get());
    }

    private Optional<Difference> limit(Volume volume, boolean repair) {
        PoolMount mount = access.mount();
        Path directory = root().resolve(volume.path());
        Optional<Bytes> limit = mount.limit(directory);
        if (limit.equals(Optional.of(volume.size()))) {
            return Optional.empty();
        }
        Difference difference = limit.isEmpty()
                ? new Difference(
                        Kind.NO_LIMIT,
                        "volume " + volume.name() + " has " + volume.size() + ", and its directory no limit",
                        REPAIR,
                        false)
                : new Difference(
                        Kind.OTHER_LIMIT,
                        "volume " + volume.name() + " has " + volume.size() + ", but a limit of " + limit.get(),
                        REPAIR,
                        false);
        if (!repair) {
            return Optional.of(difference);
        }
        mount.limit(directory, volume.size());
        return Optional.of(difference.asRepaired());
    }
}
