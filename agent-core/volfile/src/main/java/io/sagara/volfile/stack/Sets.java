package io.sagara.volfile.stack;

import static io.sagara.volfile.stack.Floor.pairs;

import io.sagara.volfile.Client;
import io.sagara.volfile.Disperse;
import io.sagara.volfile.Distribute;
import io.sagara.volfile.Layer;
import io.sagara.volfile.Replicate;
import io.sagara.volfile.Replicate.Tiebreaker;
import io.sagara.volfile.Translator;
import io.sagara.volfile.option.Role;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The lower half of every graph that connects to bricks: clients, the sets over them, distribute.
final class Sets {
    private static final Map<String, String> CLIENT = pairs(
            // seconds until a brick that does not answer is given up; GlusterFS' 42 hang applications too long
            "ping-timeout", "10",
            "frame-timeout", "1800",
            // a vanished host is noticed after 20 + 9 * 2 seconds where no call is under way
            "transport.socket.keepalive-time", "20",
            "transport.socket.keepalive-interval", "2",
            "transport.socket.keepalive-count", "9",
            "transport.socket.read-fail-log", "false",
            "send-gids", "true",
            "event-threads", "2",
            "filter-O_DIRECT", "off");
    private static final Map<String, String> DISTRIBUTE = pairs("lock-migration", "off", "force-migration", "off");
    private static final Map<String, String> REPLICATE =
            pairs("granular-entry-heal", "on", "use-anonymous-inode", "on");
    // without a majority a set of three stops instead of splitting
    private static final Map<String, String> REPLICATE_3 =
            pairs("granular-entry-heal", "on", "use-anonymous-inode", "on", "quorum-type", "auto");
    private static final Map<String, String> HEAL_REPLICAS = pairs(
            "iam-self-heal-daemon", "on",
            "self-heal-daemon", "on",
            "entry-self-heal", "on",
            "data-self-heal", "on",
            "metadata-self-heal", "on",
            // the daemon heals in its own threads, not behind lookups
            "background-self-heal-count", "0",
            // what could not be healed when its brick came back is tried again in a minute, not in GlusterFS' ten;
            // an index with nothing in it costs nothing to look at
            "heal-timeout", "60",
            "shd-max-threads", "4");
    private static final Map<String, String> HEAL_FRAGMENTS = pairs(
            "iam-self-heal-daemon", "on",
            "self-heal-daemon", "on",
            "background-heals", "8",
            "heal-timeout", "60",
            "shd-max-threads", "4");

    private final PoolShape pool;
    private final Role role;

    Sets(PoolShape pool, Role role) {
        this.pool = pool;
        this.role = role;
    }

    /// The numbers of the sets that these bricks make, in order.
    static List<Integer> numbers(List<BrickAddress> bricks, int size) {
        return bricks.stream().map(brick -> brick.index() / size).distinct().toList();
    }

    /// The sets of the pool, in order; for Replica1 the clients themselves. Each has the number it had from the
    /// beginning, whatever sets have left: it is part of names on disk.
    List<Translator> sets() {
        return List.copyOf(byNumber().values());
    }

    private Map<Integer, Translator> byNumber() {
        int size = pool.layout().setSize();
        var sets = new LinkedHashMap<Integer, Translator>();
        for (int k : numbers(pool.bricks(), size)) {
            sets.put(
                    k,
                    set(
                            k,
                            pool.bricks().stream()
                                    .filter(brick -> brick.index() / size == k)
                                    .toList()));
        }
        return sets;
    }

    /// Distribute over all sets, also where there is one: a pool that grows then keeps its graph. New files go
    /// to sets that stay, and a rebalance moves the others there.
    Distribute distribute(String name) {
        Map<Integer, Translator> sets = byNumber();
        List<String> leaving = sets.entrySet().stream()
                .filter(set -> pool.leaving().contains(set.getKey()))
                .map(set -> set.getValue().name())
                .toList();
        var options = new LinkedHashMap<>(pool.settings().over(DISTRIBUTE, role, "cluster/distribute"));
        if (!leaving.isEmpty()) {
            options.put("decommissioned-bricks", String.join(",", leaving));
        }
        return new Distribute(name, List.copyOf(sets.values()), Collections.unmodifiableMap(options));
    }

    /// The translator at the top of most graphs: counts calls, and sets the log level of the process.
    Layer ioStats(List<? extends Translator> below) {
        Map<String, String> options = pool.settings().over(pairs("log-level", "INFO"), role, "debug/io-stats");
        return new Layer(pool.name(), "debug/io-stats", options, List.copyOf(below));
    }

    private Translator set(int k, List<BrickAddress> bricks) {
        List<Translator> clients = bricks.stream().<Translator>map(this::client).toList();
        return switch (pool.layout()) {
            case SetLayout.Replica1 _ -> clients.getFirst();
            case SetLayout.Replica2 _ -> replicate(k, clients, new Tiebreaker.None(), REPLICATE);
            case SetLayout.Replica3 _ -> replicate(k, clients, new Tiebreaker.None(), REPLICATE_3);
            case SetLayout.Arbiter _ -> replicate(k, clients, new Tiebreaker.Arbiter(), REPLICATE_3);
            case SetLayout.ThinArbiter thin ->
                replicate(k, clients, new Tiebreaker.ThinArbiter(thinArbiter(k, thin)), REPLICATE);
            case SetLayout.Disperse(int data, int redundancy) -> disperse(k, clients, redundancy);
        };
    }

    private Client client(BrickAddress brick) {
        return new Client(pool.name("client-" + brick.index()), brick.host(), brick.port(), brick.name(), connection());
    }

    private Map<String, String> connection() {
        Map<String, String> plain = pool.settings().over(CLIENT, role, "protocol/client");
        Map<String, String> options = pool.tls().map(tls -> tls.with(plain)).orElse(plain);
        return pool.source()
                .map(address -> {
                    var from = new LinkedHashMap<>(options);
                    from.put("transport.socket.source-addr", address);
                    return Collections.unmodifiableMap(from);
                })
                .orElse(options);
    }

    /// One for each set although all reach the same brick: its name is that of the set's own file there. The
    /// number counts it as the last of its set, as glusterd does.
    private Client thinArbiter(int k, SetLayout.ThinArbiter thin) {
        return new Client(
                pool.name("ta-" + ((k + 1) * (thin.setSize() + 1) - 1)),
                thin.host(),
                thin.port(),
                thin.brick(),
                connection());
    }

    private Replicate replicate(int k, List<Translator> clients, Tiebreaker tiebreaker, Map<String, String> options) {
        return new Replicate(
                pool.name("replicate-" + k),
                pool.volumeId(),
                clients,
                tiebreaker,
                pool.settings().over(healing(options, HEAL_REPLICAS), role, "cluster/replicate"));
    }

    private Disperse disperse(int k, List<Translator> clients, int redundancy) {
        return new Disperse(
                pool.name("disperse-" + k),
                redundancy,
                clients,
                pool.settings().over(healing(Map.of(), HEAL_FRAGMENTS), role, "cluster/disperse"));
    }

    private Map<String, String> healing(Map<String, String> options, Map<String, String> more) {
        if (role != Role.HEAL) {
            return options;
        }
        var all = new ArrayList<String>();
        options.forEach((key, value) -> all.addAll(List.of(key, value)));
        more.forEach((key, value) -> all.addAll(List.of(key, value)));
        return pairs(all.toArray(String[]::new));
    }
}
