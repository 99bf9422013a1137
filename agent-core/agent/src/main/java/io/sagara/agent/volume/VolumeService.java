package io.sagara.agent.volume;

import io.sagara.spi.Bytes;
import io.sagara.spi.Pool;
import io.sagara.spi.PoolName;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import io.sagara.spi.Volume;
import io.sagara.spi.VolumeName;
import io.sagara.spi.VolumeUsage;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// Requests for volumes, over all pools of the node. Any number of threads may call; two requests for one
/// volume at the same time: the second is BUSY. A pool that cannot be used fails only what is about it.
public final class VolumeService {
    private final Map<PoolName, PoolVolumeSet> pools = new ConcurrentSkipListMap<>();
    private final Set<VolumeName> inProgress = ConcurrentHashMap.newKeySet();
    private final Predicate<VolumeName> published;

    /// `published`: whether a volume is in use on this node.
    public VolumeService(Predicate<VolumeName> published) {
        this.published = published;
    }

    /// A volume and the pool it is in.
    public record Placed(Volume volume, Pool pool) {}

    /// What was found, and sentences about what could not be read.
    public record Listing(List<Placed> volumes, Optional<VolumeName> next, List<String> problems) {}

    /// Makes a pool's volumes known.
    public void add(PoolVolumeSet pool) {
        pools.put(pool.pool().name(), pool);
    }

    /// Forgets a pool's volumes.
    public void remove(PoolName pool) {
        pools.remove(pool);
    }

    /// Makes a volume, or finds it made. Throws ALREADY_EXISTS (another size, kind or pool), NO_SPACE,
    /// NOT_FOUND (no such pool), UNAVAILABLE, BUSY.
    public Placed create(VolumeRequest request) {
        return alone(request.name(), () -> {
            Optional<Placed> present = present(request);
            if (present.isPresent()) {
                return same(request, Optional.empty(), present.get());
            }
            PoolChoice choice = new PoolChoice(pools);
            choice.refuseWhileUnread(request);
            try {
                return choice.create(request);
            } catch (StorageException e) {
                if (e.problem() != Problem.ALREADY_EXISTS) {
                    throw e;
                }
                // an agent of another node has made it, which is fine where it fits
                return same(request, Optional.empty(), findAny(request.name()).orElseThrow(() -> e));
            }
        });
    }

    /// Makes a volume with the content of the volume `source`, in its pool, or finds it made. Throws as [#create],
    /// NOT_FOUND also where there is no source, OUT_OF_RANGE where it is larger, IN_USE where it is a block volume
    /// that a node has, BUSY while it is being copied.
    public Placed copy(VolumeRequest request, VolumeName source) {
        return copy(request, source, () -> {
            Placed in = require(source);
            return new Origin(in, in.volume().kind());
        });
    }

    /// What a volume is a copy of. `content`: of what kind the volume is.
    record Origin(Placed placed, Volume.Kind content) {}

    /// As [#copy(VolumeRequest, VolumeName)], of a volume or snapshot. `origin`: looks it up; asked for only where
    /// there is no such volume yet.
    Placed copy(VolumeRequest request, VolumeName source, Supplier<Origin> origin) {
        return alone(request.name(), () -> {
            Optional<Placed> present = findAny(request.name());
            if (present.isPresent()) {
                Placed there = same(request, Optional.of(source), present.get());
                Bytes size = there.volume().size();
                return new Placed(set(there).copy(source, request.name(), size), there.pool());
            }
            Origin of = origin.get();
            Pool in = of.placed().pool();
            if (request.pool().map(pool -> !pool.equals(in.name())).orElse(false)) {
                throw new StorageException(
                        Problem.INVALID_ARGUMENT,
                        "volume " + request.name() + " cannot be a copy of " + source + " in another pool than "
                                + in.name() + "; leave storage_name away or name that pool");
            }
            if (of.content() != request.kind()) {
                throw new StorageException(
                        Problem.INVALID_ARGUMENT,
                        source + " is a " + of.content().directory()
                                + ", and so is a copy of it; ask for the same kind");
            }
            return new Placed(set(of.placed()).copy(source, request.name(), request.atLeast()), in);
        });
    }

    /// Where the pool is named, making the volume there finds it as well, and costs nothing more.
    private Optional<Placed> present(VolumeRequest request) {
        boolean known = pools.values().stream()
                .anyMatch(pool -> pool.known(request.name()).isPresent());
        boolean looked = request.pool().isPresent() || pools.size() == 1;
        return looked && !known ? Optional.empty() : findAny(request.name());
    }

    /// `source`: what it shall be a copy of. A snapshot is never the same.
    private Placed same(VolumeRequest request, Optional<VolumeName> source, Placed present) {
        Volume volume = present.volume();
        boolean sizeFits = volume.size().compareTo(request.atLeast()) >= 0
                && request.atMost()
                        .map(most -> volume.size().compareTo(most) <= 0)
                        .orElse(volume.size().equals(request.atLeast()));
        boolean poolFits = request.pool().map(present.pool().name()::equals).orElse(true);
        if (sizeFits && poolFits && volume.kind() == request.kind()) {
            refuseOtherContent(request.name(), source, set(present).source(request.name()));
            return present;
        }
        throw new StorageException(
                Problem.ALREADY_EXISTS,
                "volume " + request.name() + " exists in pool " + present.pool().name() + " with " + volume.size()
                        + " as " + volume.kind().directory() + " and was asked for differently; choose another name");
    }

    private static void refuseOtherContent(VolumeName name, Optional<VolumeName> wanted, Optional<VolumeName> source) {
        if (!source.equals(wanted)) {
            throw new StorageException(
                    Problem.ALREADY_EXISTS,
                    "volume " + name + " exists as " + content(source) + " and was asked for as " + content(wanted)
                            + "; choose another name");
        }
    }

    private static String content(Optional<VolumeName> source) {
        return source.map(name -> "a copy of " + name).orElse("a volume that began empty");
    }

    /// Raises the size to `size`, never lowers it. Throws NOT_FOUND, NO_SPACE, OUT_OF_RANGE, UNAVAILABLE, BUSY.
    public Placed expand(VolumeName name, Bytes size, Optional<Bytes> atMost) {
        return alone(name, () -> {
            Placed present = require(name);
            Bytes larger = size.compareTo(present.volume().size()) > 0
                    ? size
                    : present.volume().size();
            if (atMost.isPresent() && atMost.get().compareTo(larger) < 0) {
                throw new StorageException(
                        Problem.OUT_OF_RANGE,
                        "volume " + name + " would have " + larger + ", more than the limit of " + atMost.get()
                                + "; volumes do not shrink, raise the limit");
            }
            return new Placed(set(present).expand(name, larger), present.pool());
        });
    }

    /// Deletes the volume. Deleting an absent one succeeds. Throws IN_USE while it is published here,
    /// UNAVAILABLE where it may be in a pool that cannot be read, BUSY.
    public void delete(VolumeName name) {
        var _ = alone(name, () -> {
            giveUpCopying(name);
            Optional<Placed> present = find(name);
            if (present.isEmpty()) {
                refuseWhileClosed(name);
                return name;
            }
            if (published.test(name)) {
                throw new StorageException(
                        Problem.IN_USE,
                        "volume " + name + " is published on this node; unpublish it before it is deleted");
            }
            set(present.get()).delete(name);
            return name;
        });
    }

    /// Ends making it as a copy. Throws BUSY where it had to.
    void giveUpCopying(VolumeName name) {
        pools.values().forEach(pool -> pool.giveUpCopying(name));
    }

    void refuseWhileClosed(VolumeName name) {
        pools.values().stream().filter(pool -> !pool.isOpen()).findFirst().ifPresent(pool -> {
            throw new StorageException(
                    Problem.UNAVAILABLE,
                    name + " is in no pool that can be read, and pool "
                            + pool.pool().name() + " cannot be read; repeat the request when it is back");
        });
    }

    PoolVolumeSet set(Placed placed) {
        return pool(placed.pool().name());
    }

    /// The volumes of the pool of this name; NOT_FOUND where there is none.
    PoolVolumeSet pool(PoolName name) {
        PoolVolumeSet set = pools.get(name);
        if (set == null) {
            throw new StorageException(
                    Problem.NOT_FOUND, "no pool '" + name + "' on this node; there are " + pools.keySet());
        }
        return set;
    }

    /// The volume; empty where no open pool has it. Throws UNAVAILABLE where one cannot be asked and no other
    /// has it.
    public Optional<Placed> find(VolumeName name) {
        return findAny(name).filter(VolumeService::isVolume);
    }

    private static boolean isVolume(Placed placed) {
        return placed.volume().kind() != Volume.Kind.SNAPSHOT;
    }

    /// As [#find], but a snapshot too.
    Optional<Placed> findAny(VolumeName name) {
        List<PoolVolumeSet> likelyFirst = pools.values().stream()
                .sorted(Comparator.comparing(pool -> pool.known(name).isEmpty()))
                .toList();
        StorageException failure = null;
        for (PoolVolumeSet pool : likelyFirst) {
            try {
                Optional<Volume> volume = pool.find(name);
                if (volume.isPresent()) {
                    return Optional.of(new Placed(volume.get(), pool.pool()));
                }
            } catch (StorageException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
        return Optional.empty();
    }

    /// Where the volume is, or was when this agent last had to do with it; asks pools only where none knows it.
    /// Throws as [#require].
    public Placed locate(VolumeName name) {
        return pools.values().stream()
                .flatMap(pool -> pool.known(name).map(volume -> new Placed(volume, pool.pool())).stream())
                .filter(VolumeService::isVolume)
                .findFirst()
                .orElseGet(() -> require(name));
    }

    /// What the users of a volume should know although it works.
    public Optional<String> caveat(PoolName pool, VolumeName name) {
        return Optional.ofNullable(pools.get(pool)).flatMap(set -> set.caveat(name));
    }

    /// What a volume holds, where a look at its file system does not say so.
    public Optional<VolumeUsage> counted(PoolName pool, VolumeName name) {
        return Optional.ofNullable(pools.get(pool)).flatMap(set -> set.counted(name));
    }

    /// The volume; NOT_FOUND where no open pool has it, UNAVAILABLE where it may be in one that is not open.
    public Placed require(VolumeName name) {
        return find(name).orElseThrow(() -> {
            refuseWhileClosed(name);
            return new StorageException(
                    Problem.NOT_FOUND, "no volume '" + name + "' in any pool of this node (" + pools.keySet() + ")");
        });
    }

    /// Takes `pool` as that volume, where it is a pool that is one volume, is open and is none so far: what Kadalu
    /// has used of such pools nobody has written down. Changes nothing otherwise. Throws NO_SPACE where it is
    /// another one.
    public void adopt(VolumeName name, PoolName pool) {
        PoolVolumeSet set = pools.get(pool);
        if (set != null && set.isOpen()) {
            set.adopt(name);
        }
    }

    /// At most `most` volumes (0 = all) after `after`, in the order of names, of one pool or of all. Throws
    /// INVALID_ARGUMENT where `most` is negative.
    public Listing list(Optional<PoolName> of, Optional<VolumeName> after, int most) {
        PoolListing listing = new PoolListing(pools.values());
        List<Placed> found = listing.of(of, VolumeService::isVolume);
        PoolListing.Page<Placed> page =
                PoolListing.page(found, placed -> placed.volume().name(), after, most);
        return new Listing(page.entries(), page.next(), listing.problems());
    }

    /// All snapshots of one pool or of all; `problems` is told what could not be read.
    List<Placed> snapshots(Optional<PoolName> of, Consumer<String> problems) {
        PoolListing listing = new PoolListing(pools.values());
        List<Placed> found = listing.of(of, placed -> !isVolume(placed));
        listing.problems().forEach(problems);
        return found;
    }

    /// What may still be promised: in all fitting pools together, and in the roomiest of them.
    public record Capacity(Bytes together, Bytes largest) {}

    /// The room there is. Pools that cannot be used have none.
    public Capacity capacity(Optional<PoolName> of, Predicate<Pool> fitting) {
        Bytes together = Bytes.ZERO;
        Bytes largest = Bytes.ZERO;
        for (PoolVolumeSet pool : pools.values()) {
            if (of.map(pool.pool().name()::equals).orElse(true) && fitting.test(pool.pool())) {
                Bytes room = pool.available();
                together = together.plus(room);
                largest = room.compareTo(largest) > 0 ? room : largest;
            }
        }
        return new Capacity(together, largest);
    }

    <T> T alone(VolumeName name, Supplier<T> task) {
        if (!inProgress.add(name)) {
            throw new StorageException(
                    Problem.BUSY, "volume " + name + " is being worked on right now; repeat the request later");
        }
        try {
            return task.get();
        } finally {
            inProgress.remove(name);
        }
    }
}
