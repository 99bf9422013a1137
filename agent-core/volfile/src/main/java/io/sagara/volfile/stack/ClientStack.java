package io.sagara.volfile.stack;

import static io.sagara.volfile.stack.Floor.pairs;
import static io.sagara.volfile.stack.Floor.when;

import io.sagara.volfile.Graph;
import io.sagara.volfile.Translator;
import io.sagara.volfile.option.Role;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The graph of a mount: all bricks of the pool, and the layers that make it fast. glfsheal reads the same.
public final class ClientStack {
    /// What stands between distribute and io-stats, from the bottom. Users put layers in and out by options.
    private static final List<Floor<PoolShape>> FLOORS = List.of(
            // stamps each call with the client's time, before any cache has answered, so that bricks agree
            on("utime", "features/utime", "noatime", "on"),
            // lowest of the fast ones: it alone knows what is not written yet, and corrects what comes up
            on("write-behind", "performance/write-behind", "cache-size", "4MB", "flush-behind", "on"),
            // above write-behind, whose pending writes a read must see
            off("read-ahead", "performance/read-ahead"),
            // likewise: write-behind takes stale sizes out of listings
            on("readdir-ahead", "performance/readdir-ahead"),
            // above read-ahead, and so keeps what was fetched ahead
            off("io-cache", "performance/io-cache"),
            // opens only when something below needs the file to be open, so below quick-read
            on("open-behind", "performance/open-behind"),
            // small files come with the lookup; their reads go no further down
            on("quick-read", "performance/quick-read", "cache-size", "16MB"),
            // highest cache: attributes that any layer below returns stay in it. One second, because other nodes
            // write too and do not tell
            on("md-cache", "performance/md-cache", "cache-invalidation", "off", "md-cache-timeout", "1"),
            // more than one thread for all of the above
            off("io-threads", "performance/io-threads", "thread-count", "16"));

    /// Layers that answer from what they have read before.
    private static final Set<String> REMEMBERING =
            Set.of("performance/read-ahead", "performance/io-cache", "performance/quick-read", "performance/md-cache");

    private ClientStack() {}

    /// The graph of a mount of the whole pool. Its top bears the pool's name. Throws
    /// [io.sagara.volfile.VolfileException] while the port of a brick is not chosen.
    public static Graph graph(PoolShape pool) {
        return graph(pool, FLOORS);
    }

    /// The same without the layers that remember, whatever the user chose: what another node has written and
    /// synced is what the next read returns. Databases that nodes share need that: SQLite takes a page from a
    /// second ago for damage, or writes it back.
    public static Graph forgetful(PoolShape pool) {
        return graph(
                pool,
                FLOORS.stream()
                        .filter(floor -> !REMEMBERING.contains(floor.type()))
                        .toList());
    }

    private static Graph graph(PoolShape pool, List<Floor<PoolShape>> floors) {
        var sets = new Sets(pool, Role.CLIENT);
        Translator top = sets.distribute(pool.name("dht"));
        for (Floor<PoolShape> floor : floors) {
            top = floor.on(top, pool, pool, Role.CLIENT);
        }
        return new Graph(sets.ioStats(List.of(top)));
    }

    private static Floor<PoolShape> on(String suffix, String type, String... options) {
        return layer(true, suffix, type, options);
    }

    private static Floor<PoolShape> off(String suffix, String type, String... options) {
        return layer(false, suffix, type, options);
    }

    private static Floor<PoolShape> layer(boolean byDefault, String suffix, String type, String... options) {
        Map<String, String> pairs = pairs(options);
        return when(pool -> pool.settings().layer(type).orElse(byDefault), suffix, type, _ -> pairs);
    }
}
