package io.sagara.agent.pool;

import io.sagara.agent.volfileserver.VolfileServer;
import io.sagara.spi.Brick;
import io.sagara.spi.Pool;
import io.sagara.spi.Volfile;
import io.sagara.spi.Volfiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The graphs of one pool that this node serves to its own processes. Used by the pool's worker only.
final class Graphs {
    private final VolfileServer server;
    private final Backends backends;
    private final List<String> published = new ArrayList<>();

    Graphs(VolfileServer server, Backends backends) {
        this.server = server;
        this.backends = backends;
    }

    /// Who makes what concerns the pool as a whole: the backend of its first unit.
    static String leading(Pool pool) {
        return pool.bricks().getFirst().unit().type();
    }

    /// Makes all graphs first, so that an option that is refused changes nothing, and then serves them.
    /// Processes that run with an older one are told. `directories`: of the local bricks, by index.
    void publish(Pool pool, Map<Integer, Path> directories) {
        List<Volfile> made = bricks(pool, directories);
        Volfiles whole = volfiles(leading(pool));
        whole.quota(pool).ifPresent(made::add);
        if (!directories.isEmpty()) {
            whole.selfHeal(pool).ifPresent(made::add);
        }
        made.add(whole.client(pool));
        made.add(whole.management(pool));
        serve(made);
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
        return volfiles(leading(pool)).rebalance(pool).map(Volfile::text);
    }

    /// The graph of a client.
    String client(Pool pool) {
        return volfiles(leading(pool)).client(pool).text();
    }

    /// Refuses, as [#publish] would, options that no graph can be made of.
    void check(Pool pool) {
        var _ = volfiles(leading(pool)).client(pool);
        var _ = volfiles(leading(pool)).quota(pool);
    }

    void withdraw() {
        published.forEach(server::withdraw);
        published.clear();
    }

    private Volfiles volfiles(String type) {
        return backends.of(type).volfiles();
    }
}
