package io.sagara.agent.volume;

import io.sagara.agent.volume.VolumeService.Placed;
import io.sagara.spi.PoolName;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import io.sagara.spi.VolumeName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/// What pools have, in pages that are stable while things come and go. For one thread.
final class PoolListing {
    private final Collection<PoolVolumeSet> pools;
    private final List<String> problems = new ArrayList<>();

    PoolListing(Collection<PoolVolumeSet> pools) {
        this.pools = pools;
    }

    /// All that is `chosen`, of one pool or of all, in no order.
    List<Placed> of(Optional<PoolName> of, Predicate<Placed> chosen) {
        List<Placed> found = new ArrayList<>();
        pools.stream()
                .filter(pool -> of.map(pool.pool().name()::equals).orElse(true))
                .forEach(pool -> {
                    refresh(pool);
                    pool.all().stream()
                            .map(volume -> new Placed(volume, pool.pool()))
                            .filter(chosen)
                            .forEach(found::add);
                    problems.addAll(pool.broken());
                    if (!pool.isOpen()) {
                        problems.add(
                                "pool " + pool.pool().name() + " cannot be read now; its volumes are missing here");
                    }
                });
        return found;
    }

    private void refresh(PoolVolumeSet pool) {
        try {
            pool.refresh();
        } catch (StorageException e) {
            problems.add(e.getMessage() + "; what other nodes have changed is missing here");
        }
    }

    /// Sentences about what could not be read.
    List<String> problems() {
        return List.copyOf(problems);
    }

    /// `next`: the name after which the next page begins; empty after the last one.
    record Page<T>(List<T> entries, Optional<VolumeName> next) {}

    /// At most `most` (0 = all) after `after`, in the order of names. Throws INVALID_ARGUMENT where `most` is negative.
    static <T> Page<T> page(List<T> all, Function<T, VolumeName> name, Optional<VolumeName> after, int most) {
        if (most < 0) {
            throw new StorageException(
                    Problem.INVALID_ARGUMENT,
                    "a list cannot have " + most + " entries; ask for 0, which are all of them, or for more");
        }
        List<T> ordered = all.stream()
                .filter(each ->
                        after.map(last -> name.apply(each).compareTo(last) > 0).orElse(true))
                .sorted(Comparator.comparing(name))
                .toList();
        if (most == 0 || ordered.size() <= most) {
            return new Page<>(ordered, Optional.empty());
        }
        List<T> page = ordered.subList(0, most);
        return new Page<>(page, Optional.of(name.apply(page.getLast())));
    }
}
