package io.sagara.volfile.option;

import static io.sagara.volfile.option.UserOption.SWITCH;

import io.sagara.volfile.option.ValueKind.Choice;
import io.sagara.volfile.option.ValueKind.Only;
import io.sagara.volfile.option.ValueKind.Percent;
import io.sagara.volfile.option.ValueKind.PercentOrSize;
import io.sagara.volfile.option.ValueKind.Size;
import io.sagara.volfile.option.ValueKind.Whole;
import java.util.List;
import java.util.Set;

/// `cluster.*` and `disperse.*`: how files are spread, kept in copies or fragments, and healed.
final class ClusterOptions {
    private static final String DISTRIBUTE = "cluster/distribute";
    private static final String REPLICATE = "cluster/replicate";
    private static final String DISPERSE = "cluster/disperse";
    private static final Set<Role> MOVERS = Set.of(Role.REBALANCE);

    private static final ValueKind BLOCKS = new Whole(1, 1_024);
    private static final ValueKind THREADS = new Whole(1, 64);
    private static final ValueKind AT_ONCE = new Whole(0, 256);
    // cluster/replicate takes 5 and more, cluster/disperse 60 and more; one option is for both
    private static final ValueKind HEAL_SECONDS = new Whole(60, Integer.MAX_VALUE);

    static final List<UserOption> ALL = List.of(
            // distribute
            UserOption.of(
                    "cluster.lookup-optimize",
                    new Only(SWITCH, "off", "files vanish by name while a grown pool's layout is being fixed")),
            UserOption.of("cluster.lock-migration", new Only(SWITCH, "off", "moving locked files is not safe")),
            UserOption.of("cluster.force-migration", new Only(SWITCH, "off", "moving files in use can corrupt them")),
            distribute("cluster.lookup-unhashed", new Choice(List.of("on", "off", "auto")), "lookup-unhashed"),
            distribute("cluster.min-free-disk", new PercentOrSize(), "min-free-disk"),
            distribute("cluster.min-free-inodes", new Percent(), "min-free-inodes"),
            distribute("cluster.readdir-optimize", SWITCH, "readdir-optimize"),
            distribute("cluster.weighted-rebalance", SWITCH, "weighted-rebalance"),
            distribute("dht.force-readdirp", SWITCH, "use-readdirp"),
            UserOption.of("cluster.rebalance-stats", SWITCH).sets(MOVERS, DISTRIBUTE, "rebalance-stats"),
            UserOption.of("cluster.rebal-throttle", new Choice(List.of("lazy", "normal", "aggressive")))
                    .sets(MOVERS, DISTRIBUTE, "rebal-throttle"),
            UserOption.of("rebalance.ensure-durability", SWITCH).sets(MOVERS, DISTRIBUTE, "ensure-durability"),
            // replicate: reads and writes
            replicate("cluster.quorum-type", new Choice(List.of("none", "auto", "fixed")), "quorum-type"),
            replicate("cluster.quorum-count", new Whole(1, Integer.MAX_VALUE), "quorum-count"),
            replicate("cluster.quorum-reads", SWITCH, "quorum-reads"),
            replicate("cluster.read-hash-mode", new Whole(0, 5), "read-hash-mode"),
            replicate("cluster.read-subvolume-index", new Whole(-1, 1_023), "read-subvolume-index"),
            replicate("cluster.choose-local", SWITCH, "choose-local"),
            replicate("cluster.consistent-metadata", SWITCH, "consistent-metadata"),
            replicate("cluster.eager-lock", SWITCH, "eager-lock"),
            replicate("cluster.post-op-delay-secs", new Whole(0, 3_600), "post-op-delay-secs"),
            replicate("cluster.optimistic-change-log", SWITCH, "optimistic-change-log"),
            replicate("cluster.locking-scheme", new Choice(List.of("full", "granular")), "locking-scheme"),
            replicate("cluster.granular-entry-heal", SWITCH, "granular-entry-heal"),
            replicate("cluster.use-anonymous-inode", SWITCH, "use-anonymous-inode"),
            replicate("cluster.self-heal-readdir-size", new Size(1_024, 131_072), "self-heal-readdir-size"),
            replicate("cluster.self-heal-window-size", BLOCKS, "data-self-heal-window-size"),
            replicate(
                    "cluster.data-self-heal-algorithm",
                    new Choice(List.of("diff", "full")),
                    "data-self-heal-algorithm"),
            replicate(
                    "cluster.favorite-child-policy",
                    new Choice(List.of("none", "size", "ctime", "mtime", "majority")),
                    "favorite-child-policy"),
            // replicate: healing by clients; the daemon has its own, always on
            mount("cluster.data-self-heal", SWITCH, "data-self-heal"),
            mount("cluster.metadata-self-heal", SWITCH, "metadata-self-heal"),
            mount("cluster.entry-self-heal", SWITCH, "entry-self-heal"),
            mount("cluster.background-self-heal-count", AT_ONCE, "background-self-heal-count"),
            mount("cluster.heal-wait-queue-length", new Whole(0, 10_000), "heal-wait-queue-length"),
            // the self-heal daemon
            daemon("cluster.self-heal-daemon", SWITCH, REPLICATE, "self-heal-daemon"),
            daemon("cluster.disperse-self-heal-daemon", SWITCH, DISPERSE, "self-heal-daemon"),
            daemon("cluster.heal-timeout", HEAL_SECONDS, REPLICATE, "heal-timeout")
                    .sets(Role.HEALERS, DISPERSE, "heal-timeout"),
            daemon("cluster.shd-max-threads", THREADS, REPLICATE, "shd-max-threads"),
            daemon("cluster.shd-wait-qlength", new Whole(1, 655_536), REPLICATE, "shd-wait-qlength"),
            daemon("disperse.shd-max-threads", THREADS, DISPERSE, "shd-max-threads"),
            daemon("disperse.shd-wait-qlength", new Whole(1, 65_536), DISPERSE, "shd-wait-qlength"),
            // disperse
            disperse("disperse.eager-lock", SWITCH, "eager-lock"),
            disperse("disperse.other-eager-lock", SWITCH, "other-eager-lock"),
            disperse("disperse.eager-lock-timeout", new Whole(1, 60), "eager-lock-timeout"),
            disperse("disperse.other-eager-lock-timeout", new Whole(1, 60), "other-eager-lock-timeout"),
            disperse("disperse.background-heals", AT_ONCE, "background-heals"),
            disperse("disperse.heal-wait-qlength", new Whole(0, 65_536), "heal-wait-qlength"),
            disperse("disperse.self-heal-window-size", BLOCKS, "self-heal-window-size"),
            disperse("disperse.read-policy", new Choice(List.of("round-robin", "gfid-hash")), "read-policy"),
            disperse(
                    "disperse.cpu-extensions",
                    new Choice(List.of("none", "auto", "x64", "sse", "avx")),
                    "cpu-extensions"),
            disperse("disperse.optimistic-change-log", SWITCH, "optimistic-change-log"),
            disperse("disperse.parallel-writes", SWITCH, "parallel-writes"),
            disperse("disperse.stripe-cache", new Whole(0, 10), "stripe-cache"),
            disperse("disperse.quorum-count", new Whole(0, 1_023), "quorum-count"));

    private ClusterOptions() {}

    private static UserOption distribute(String key, ValueKind kind, String option) {
        return UserOption.of(key, kind).sets(Role.CONNECTING, DISTRIBUTE, option);
    }

    private static UserOption replicate(String key, ValueKind kind, String option) {
        return UserOption.of(key, kind).sets(Role.CONNECTING, REPLICATE, option);
    }

    private static UserOption disperse(String key, ValueKind kind, String option) {
        return UserOption.of(key, kind).sets(Role.CONNECTING, DISPERSE, option);
    }

    private static UserOption mount(String key, ValueKind kind, String option) {
        return UserOption.of(key, kind).sets(Role.CLIENTS, REPLICATE, option);
    }

    private static UserOption daemon(String key, ValueKind kind, String type, String option) {
        return UserOption.of(key, kind).sets(Role.HEALERS, type, option);
    }
}
