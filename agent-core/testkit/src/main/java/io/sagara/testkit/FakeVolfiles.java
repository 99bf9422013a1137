package io.sagara.testkit;

import io.sagara.spi.Brick;
import io.sagara.spi.Layout;
import io.sagara.spi.Pool;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import io.sagara.spi.Volfile;
import io.sagara.spi.Volfiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Small graphs in GlusterFS' syntax that name the right things and that no GlusterFS would serve. Knows the
/// option `performance.io-cache` alone.
public final class FakeVolfiles implements Volfiles {
    private static final String KNOWN_OPTION = "performance.io-cache";

    /// There is nothing to set.
    public FakeVolfiles() {}

    @Override
    public Volfile brick(Pool pool, Brick brick, Path directory, int sharing) {
        check(pool);
        return new Volfile(
                pool.name() + ".brick-" + brick.index(),
                translator(List.of(), pool.name() + "-posix", "storage/posix", "directory " + directory));
    }

    @Override
    public Volfile client(Pool pool) {
        check(pool);
        return new Volfile(pool.name().value(), clients(pool, pool.name().value(), "cluster/distribute"));
    }

    @Override
    public Optional<Volfile> selfHeal(Pool pool) {
        check(pool);
        return switch (pool.layout()) {
            case Layout.Replica1 _, Layout.External _ -> Optional.empty();
            case Layout.Replica2 _, Layout.Replica3 _, Layout.Arbiter _, Layout.Disperse _ ->
                Optional.of(new Volfile("shd/" + pool.name(), clients(pool, "shd", "debug/io-stats")));
        };
    }

    @Override
    public Optional<Volfile> quota(Pool pool) {
        check(pool);
        return pool.quota()
                ? Optional.of(new Volfile("quotad/" + pool.name(), clients(pool, "quotad", "features/quotad")))
                : Optional.empty();
    }

    private static String clients(Pool pool, String top, String type) {
        List<String> names = pool.bricks().stream().map(pool::clientName).toList();
        return pool.bricks().stream()
                        .map(brick -> translator(
                                List.of(),
                                pool.clientName(brick),
                                "protocol/client",
                                "remote-subvolume " + pool.brickName(brick)))
                        .collect(Collectors.joining())
                + translator(names, top, type, "count " + names.size());
    }

    private static String translator(List<String> below, String name, String type, String option) {
        String subvolumes = below.isEmpty() ? "" : "    subvolumes " + String.join(" ", below) + "\n";
        return "volume " + name + "\n    type " + type + "\n    option " + option + "\n" + subvolumes
                + "end-volume\n\n";
    }

    private static void check(Pool pool) {
        for (String option : pool.options().keySet()) {
            if (!option.equals(KNOWN_OPTION)) {
                throw new StorageException(
                        Problem.INVALID_ARGUMENT,
                        "pool " + pool.name() + ": unknown option '" + option + "'; known is " + KNOWN_OPTION);
            }
        }
    }
}
