package io.sagara.backend.external;

import io.sagara.spi.BackendHost;
import io.sagara.spi.Brick;
import io.sagara.spi.Cluster;
import io.sagara.spi.ExternalVolume;
import io.sagara.spi.Layout;
import io.sagara.spi.Pool;
import io.sagara.spi.PoolName;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import io.sagara.spi.Volfile;
import io.sagara.spi.Volfiles;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Roles 1 and 4: the graphs that the cluster hands out, and what becomes of them on the way.
final class ExternalCluster implements Cluster, Volfiles {
    private final BackendHost host;
    private final Remembered remembered;
    private final InstantSource clock;
    private final Map<PoolName, ServedVolume> volumes = new ConcurrentHashMap<>();
    private volatile @Nullable GlusterVersion version;

    ExternalCluster(BackendHost host, InstantSource clock) {
        this.host = host;
        this.remembered = new Remembered(host.stateDirectory());
        this.clock = clock;
    }

    @Override
    public List<String> refresh(Pool pool, Runnable changed) {
        ServedVolume volume = served(pool);
        volume.refresh(pool, version(), changed);
        List<String> warnings = new ArrayList<>(volume.warnings());
        LimitRule.of(pool).warning(pool, volume).ifPresent(warnings::add);
        SshAccess.of(pool).flatMap(SshAccess::missing).ifPresent(warnings::add);
        return warnings;
    }

    private GlusterVersion version() {
        GlusterVersion known = version;
        if (known == null) {
            known = GlusterVersion.of(host.commands());
            version = known;
        }
        return known;
    }

    /// What is known of the pool's volume; nothing where its description is another than before.
    private ServedVolume served(Pool pool) {
        check(pool);
        ExternalVolume wanted = volume(pool);
        ServedVolume known = volumes.get(pool.name());
        if (known == null || !known.volume().equals(wanted) || !known.tls().equals(pool.tls())) {
            ServedVolume next = named(pool, () -> new ServedVolume(wanted, pool.tls(), remembered, clock));
            volumes.put(pool.name(), next);
            if (known != null) {
                known.close();
            }
            known = next;
        }
        return known;
    }

    private static ServedVolume named(Pool pool, Supplier<ServedVolume> made) {
        try {
            return made.get();
        } catch (StorageException e) {
            throw new StorageException(e.problem(), "pool " + pool.name() + ": " + e.getMessage(), e);
        }
    }

    private static ExternalVolume volume(Pool pool) {
        if (pool.layout() instanceof Layout.External(ExternalVolume volume)) {
            return volume;
        }
        throw new StorageException(
                Problem.INVALID_ARGUMENT,
                "pool " + pool.name() + " has bricks of its own; the backend '" + Layout.External.BACKEND
                        + "' is for type External, and has no storage units");
    }

    /// A typo must not be silence. The cluster's own options are its owner's.
    private static void check(Pool pool) {
        var _ = LimitRule.of(pool);
        var _ = SshAccess.of(pool);
        TreeSet<String> unknown = new TreeSet<>(pool.options().keySet());
        unknown.remove(LimitRule.OPTION);
        unknown.removeAll(SshAccess.OPTIONS);
        if (!unknown.isEmpty()) {
            throw new StorageException(
                    Problem.INVALID_ARGUMENT,
                    "pool " + pool.name() + ": options " + unknown + " are set by the owner of the cluster, with"
                            + " 'gluster volume set'; an External pool knows the options '" + LimitRule.OPTION + "', '"
                            + String.join("', '", SshAccess.OPTIONS) + "'");
        }
    }

    Optional<ServedVolume> find(Pool pool) {
        return Optional.ofNullable(volumes.get(pool.name()));
    }

    private Graph graph(Pool pool) {
        check(pool);
        return find(pool)
                .flatMap(ServedVolume::graph)
                .orElseThrow(() -> new StorageException(
                        Problem.UNAVAILABLE,
                        "pool " + pool.name() + ": its cluster was not asked for the graph yet; repeat the request"));
    }

    @Override
    public boolean enough(Pool pool, Map<Integer, Boolean> connected) {
        return find(pool)
                .flatMap(ServedVolume::graph)
                .map(graph -> graph.sets().stream().allMatch(set -> set.enough(connected)))
                .orElseGet(() -> pool.layout().enough(connected));
    }

    @Override
    public List<String> mountArguments(Pool pool) {
        return served(pool).options().arguments();
    }

    @Override
    public List<String> explain(Pool pool) {
        return find(pool)
                .flatMap(served -> served.graph()
                        .map(graph -> new Diagnosis(volume(pool), graph, served.identity())
                                .look()
                                .sentences()))
                .orElse(List.of());
    }

    @Override
    public void forget(Pool pool) {
        ServedVolume known = volumes.remove(pool.name());
        if (known != null) {
            known.close();
        }
    }

    @Override
    public Volfile brick(Pool pool, Brick brick, Path directory, int sharing) {
        throw new StorageException(
                Problem.UNSUPPORTED, "pool " + pool.name() + ": its bricks are run by its cluster, not from here");
    }

    @Override
    public Volfile client(Pool pool) {
        return new Volfile(pool.name().value(), graph(pool).forMounts().text());
    }

    @Override
    public Volfile management(Pool pool) {
        return new Volfile(pool.name() + ".management", graph(pool).forgetful().text());
    }

    @Override
    public Optional<Volfile> selfHeal(Pool pool) {
        return Optional.empty();
    }

    @Override
    public Optional<Volfile> quota(Pool pool) {
        return Optional.empty();
    }
}
