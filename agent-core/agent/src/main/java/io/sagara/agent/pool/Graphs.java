package io.sagara.agent.pool;

import io.sagara.agent.volfileserver.VolfileServer;
import io.sagara.spi.Brick;
import io.sagara.spi.Cluster;
import io.sagara.spi.Pool;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import io.sagara.spi.Volfile;
import io.sagara.spi.Volfiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The graphs of one pool that this node serves to its own processes. Used by the pool's worker only, but for
/// [#warnings], which any thread may ask.
final class Graphs {
    private final VolfileServer server;
    private final Backends backends;
    private final LocalTiebreaker tiebreaker;
    private final Set<String> published = new HashSet<>();
    private volatile List<String> warnings = List.of();

    Graphs(VolfileServer server, Backends backends, LocalTiebreaker tiebreaker) {
        this.server = server;
        this.backends = backends;
        this.tiebreaker = tiebreaker;
    }

    /// Learns what the graphs depend on besides the pool. `changed`: see [Cluster#refresh].
    void refresh(Pool pool, Runnable changed) {
        warnings = cluster(pool).refresh(pool, changed);
    }

    /// What was not as it should be when they were refreshed: sentences, empty where all is well.
    String warnings() {
        return String.join("; ", warnings);
    }

    /// Learns and publishes what has changed; where that fails, all stays as it is and the reason becomes a
    /// warning.
    void renew(Pool pool, Map<Integer, Path> directories, Runnable changed) {
        try {
            refresh(pool, changed);
            publish(pool, directories);
        } catch (StorageException e) {
            warnings = List.of(String.valueOf(e.getMessage()));
        }
    }

    /// Why clients cannot connect: sentences, empty where that is not known.
    String explain(Pool pool) {
        return String.join("; ", cluster(pool).explain(pool));
    }

    /// What a client failed with, and why.
    StorageException explained(Pool pool, StorageException failure) {
        String reasons = failure.problem() == Problem.UNAVAILABLE ? explain(pool) : "";
        return reasons.isEmpty()
                ? failure
                : new StorageException(failure.problem(), failure.getMessage() + "; " + reasons, failure);
    }

    private Cluster cluster(Pool pool) {
        return backends.of(pool.backend()).cluster();
    }

    /// Makes all graphs first, so that an option that is refused changes nothing, and then serves them.
    /// Processes that run with an older one are told. `directories`: of the local bricks, by index.
    void publish(Pool described, Map<Integer, Path> directories) {
        Pool pool = described.withTiebreakerAway(tiebreaker.away());
        List<Volfile> made = bricks(pool, directories);
        Volfiles whole = volfiles(pool.backend());
        tiebreaker.directory().ifPresent(directory -> made.add(tiebreaker(pool, directory)));
        whole.quota(pool).ifPresent(made::add);
        if (!directories.isEmpty()) {
            whole.selfHeal(pool).ifPresent(made::add);
        }
        made.add(whole.client(pool));
        made.add(whole.management(pool));
        serve(made);
    }

    /// Publishes the graph of the tiebreaker that this node runs.
    void publishTiebreaker(Pool pool, Path directory) {
        serve(List.of(tiebreaker(pool, directory)));
    }

    private Volfile tiebreaker(Pool pool, Path directory) {
        return volfiles(pool.backend()).tiebreaker(pool, directory).orElseThrow(() -> noTiebreaker(pool));
    }

    private static StorageException noTiebreaker(Pool pool) {
        return new StorageException(
                Problem.UNSUPPORTED,
                "pool " + pool.name() + ": its storage backend knows no tiebreakers; leave 'tiebreaker' out");
    }

    /// The same of bricks alone: clients do not hear of them yet.
    void publishBricks(Pool pool, Map<Integer, Path> directories) {
        serve(bricks(pool, directories));
    }

    private List<Volfile> bricks(Pool pool, Map<Integer, Path> directories) {
        List<Volfile> made = new ArrayList<>();
        SharedFilesystems sharing = SharedFilesystems.of(pool, directories.values());
        for (Brick brick : pool.bricks()) {
            Path directory = directories.get(brick.index());
            if (directory != null) {
                made.add(volfiles(brick.unit().type()).brick(pool, brick, directory, sharing.of(directory)));
            }
        }
        return made;
    }

    private void serve(List<Volfile> made) {
        for (Volfile volfile : made) {
            boolean _ = server.publish(volfile.id(), volfile.text());
            published.add(volfile.id());
        }
    }

    /// The graph of a process that moves files; empty where they cannot be moved.
    Optional<String> rebalance(Pool pool) {
        return volfiles(pool.backend()).rebalance(pool).map(Volfile::text);
    }

    /// The graph of a client.
    String client(Pool pool) {
        return volfiles(pool.backend()).client(pool).text();
    }

    /// Refuses, as [#publish] would, options that no graph can be made of.
    void check(Pool pool) {
        var _ = volfiles(pool.backend()).client(pool);
        var _ = volfiles(pool.backend()).quota(pool);
    }

    void withdraw(Pool pool) {
        cluster(pool).forget(pool);
        published.forEach(server::withdraw);
        published.clear();
    }

    private Volfiles volfiles(String type) {
        return backends.of(type).volfiles();
    }
}
