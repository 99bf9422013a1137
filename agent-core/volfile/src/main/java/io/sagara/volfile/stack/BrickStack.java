package io.sagara.volfile.stack;

import static io.sagara.volfile.stack.Floor.always;
import static io.sagara.volfile.stack.Floor.pairs;
import static io.sagara.volfile.stack.Floor.when;

import io.sagara.volfile.Graph;
import io.sagara.volfile.Layer;
import io.sagara.volfile.Posix;
import io.sagara.volfile.Server;
import io.sagara.volfile.Translator;
import io.sagara.volfile.option.Role;
import java.util.List;
import java.util.Map;

/// The graph of glusterfsd, for a brick or a thin arbiter.
///
/// A pool without quota has neither marker nor quota in its bricks, rather than both and switched off: together
/// they make writes about twice as slow, and marker counts data that is already there late, so a pool cannot
/// start to have quota by an option anyway. Nor does a running brick take another graph: it goes on with the
/// old one. Whether a pool has quota is therefore decided when it is made, and never changes.
///
/// There is no features/barrier: only glusterd drives it, for its snapshots.
public final class BrickStack {
    private static final Map<String, String> SERVER = pairs(
            "transport.listen-backlog", "1024",
            "transport.socket.keepalive", "1",
            "transport.socket.keepalive-time", "20",
            "transport.socket.keepalive-interval", "2",
            "transport.socket.keepalive-count", "9",
            "event-threads", "2");

    /// What stands between posix and io-stats, from the bottom.
    private static final List<Floor<Site>> FLOORS = List.of(
            // drops the data of writes before posix sees them; everything above works as on any brick
            when(Site::arbiter, "arbiter", "features/arbiter", _ -> Map.of()),
            // as near to the files as can be: it caches their ACLs and must see every change
            always("access-control", "features/access-control", _ -> Map.of()),
            // keeps two clients' calls on one file apart, whatever thread they run in
            always("locks", "features/locks", _ -> Map.of()),
            // tells clients what others changed. Off, but always there: a running brick takes a changed option,
            // not another graph
            always("upcall", "features/upcall", _ -> pairs("cache-invalidation", "off")),
            // disks block: all below runs in these threads, so that the network ones stay free
            always("io-threads", "performance/io-threads", _ -> pairs("thread-count", "16")),
            // adds up sizes of directories. Above the threads, because it makes more calls of each write
            when(Site::quota, "marker", "features/marker", BrickStack::marker),
            // remembers which files a set must heal; above marker, whose attributes are no business of the set
            always("index", "features/index", BrickStack::index),
            // highest: a write above the limit is refused before anything has happened to it
            when(Site::quota, "quota", "features/quota", BrickStack::quota));

    /// The same for a thin arbiter, whose brick holds one small file for each set.
    private static final List<Floor<Site>> THIN_FLOORS = List.of(
            // lets nothing through but that file and its attributes
            always("thin-arbiter", "features/thin-arbiter", _ -> Map.of()),
            // tells a client that holds the lock on the file when another wants it
            always("locks", "features/locks", _ -> pairs("notify-contention", "on")),
            always("upcall", "features/upcall", _ -> pairs("cache-invalidation", "off")),
            always("io-threads", "performance/io-threads", _ -> pairs("thread-count", "16")),
            always("index", "features/index", BrickStack::thinIndex));

    private BrickStack() {}

    /// The graph that serves one of the pool's bricks from its directory. Throws
    /// [io.sagara.volfile.VolfileException] where its port is not chosen or the directory is relative.
    public static Graph brick(PoolShape pool, BrickAddress brick, BrickHome home) {
        return served(new Site(pool, brick, home), FLOORS);
    }

    /// The graph that serves the pool's thin arbiter. Throws [IllegalArgumentException] for a pool without one.
    public static Graph thinArbiter(PoolShape pool, BrickHome home) {
        if (!(pool.layout() instanceof SetLayout.ThinArbiter(String name, String host, int port, boolean _))) {
            throw new IllegalArgumentException("pool " + pool.name() + " has no thin arbiter");
        }
        return served(new Site(pool, new BrickAddress(0, name, host, port), home), THIN_FLOORS);
    }

    private static Graph served(Site site, List<Floor<Site>> floors) {
        PoolShape pool = site.pool();
        Translator top = posix(site);
        for (Floor<Site> floor : floors) {
            top = floor.on(top, site, pool, Role.BRICK);
        }
        Map<String, String> plain = pool.settings().over(SERVER, Role.BRICK, "protocol/server");
        Map<String, String> options =
                pool.tls().map(tls -> tls.with(plain, site.brick().name())).orElse(plain);
        return new Graph(new Server(
                pool.name("server"),
                site.home().bindAddress(),
                site.brick().port(),
                site.home().allowed(),
                ioStats(top, site),
                options));
    }

    private static Translator posix(Site site) {
        Map<String, String> options = site.quota()
                // quota finds the parents of a file by it
                ? pairs("fips-mode-rchecksum", "on", "health-check-interval", "30", "update-link-count-parent", "on")
                : pairs("fips-mode-rchecksum", "on", "health-check-interval", "30");
        return new Posix(
                site.pool().name("posix"),
                site.home().directory(),
                site.pool().volumeId(),
                site.home().sharedBrickCount(),
                site.pool().settings().over(options, Role.BRICK, "storage/posix"));
    }

    /// Bears the name that clients ask for.
    private static Translator ioStats(Translator below, Site site) {
        Map<String, String> options = pairs(
                "log-level", "INFO",
                "unique-id", site.brick().name(),
                "volume-id", site.pool().volumeId().toString());
        return new Layer(
                site.brick().name(),
                "debug/io-stats",
                site.pool().settings().over(options, Role.BRICK, "debug/io-stats"),
                List.of(below));
    }

    private static Map<String, String> marker(Site site) {
        return pairs(
                "volume-uuid", site.pool().volumeId().toString(),
                "timestamp-file", site.hidden("marker.tstamp"),
                "quota-version", "1",
                "xtime", "off",
                "gsync-force-xtime", "off",
                "quota", "on",
                "inode-quota", "on");
    }

    private static Map<String, String> index(Site site) {
        String base = site.hidden("indices");
        if (site.pool().layout() instanceof SetLayout.Disperse) {
            return pairs("index-base", base, "xattrop64-watchlist", "trusted.ec.dirty");
        }
        // Replica1 too: it may get copies later, and a running brick does not take other watch lists
        return pairs(
                "index-base",
                base,
                "xattrop-dirty-watchlist",
                "trusted.afr.dirty",
                "xattrop-pending-watchlist",
                "trusted.afr." + site.pool().name(""));
    }

    private static Map<String, String> thinIndex(Site site) {
        return pairs(
                "index-base", site.hidden("indices"),
                "xattrop-dirty-watchlist", "trusted.afr.dirty",
                "xattrop-pending-watchlist", "trusted.afr.ta-");
    }

    private static Map<String, String> quota(Site site) {
        return pairs(
                // quotad finds the pool by it
                "volume-uuid", site.pool().name(),
                "server-quota", "on",
                "deem-statfs", "on",
                // ask for the size at every write: with GlusterFS' 5 and 60 seconds there is no limit at all
                "hard-timeout", "0",
                "soft-timeout", "0",
                "default-soft-limit", "80%");
    }

    /// One brick, for the floors.
    private record Site(PoolShape pool, BrickAddress brick, BrickHome home) {
        boolean quota() {
            return pool.quota();
        }

        boolean arbiter() {
            int set = pool.layout().setSize();
            return pool.layout() instanceof SetLayout.Arbiter && brick.index() % set == set - 1;
        }

        String hidden(String file) {
            return home.directory().resolve(".glusterfs").resolve(file).toString();
        }
    }
}
