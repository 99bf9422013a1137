package io.sagara.agent.heal;

import io.sagara.agent.operation.DaemonSocket;
import io.sagara.agent.operation.DaemonSocket.Operation;
import io.sagara.spi.Layout;
import io.sagara.spi.Pool;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The self-heal daemon of one pool on this node, which heals from the bricks of this node.
public final class SelfHeal {
    // GF_SHD_OP_HEAL_INDEX and GF_SHD_OP_HEAL_FULL of GlusterFS
    private static final String INDEX = "1";
    private static final String FULL = "2";
    private static final Pattern STATUS = Pattern.compile("(\\d+)-(\\d+)-status");

    private final DaemonSocket daemon;

    /// `daemon`: the socket it listens at.
    public SelfHeal(DaemonSocket daemon) {
        this.daemon = daemon;
    }

    /// Has it look at what waits to be healed now, and not only at its next round. `full`: at every file, also
    /// those that nobody knows to be different. Returns at once, for each brick what the daemon says to it.
    /// Throws UNSUPPORTED for a pool without copies and UNAVAILABLE where the daemon does not answer.
    public Map<Integer, String> start(Pool pool, boolean full) {
        Map<String, String> order = order(pool, full);
        try {
            Map<Integer, String> said = new TreeMap<>();
            daemon.call(Operation.TRANSLATORS, "", order).forEach((key, value) -> {
                Matcher status = STATUS.matcher(key);
                if (status.matches()) {
                    int set = Integer.parseInt(status.group(1));
                    int member = Integer.parseInt(status.group(2));
                    said.put(set * pool.layout().setSize() + member, value);
                }
            });
            return said;
        } catch (IOException e) {
            throw new StorageException(
                    Problem.UNAVAILABLE,
                    "pool " + pool.name() + ": its self-heal daemon on this node does not answer (" + e.getMessage()
                            + "); look at 'sagara status', then repeat it",
                    e);
        }
    }

    private static Map<String, String> order(Pool pool, boolean full) {
        String kind =
                switch (pool.layout()) {
                    case Layout.Replica2 _, Layout.Replica3 _, Layout.Arbiter _ -> "replicate";
                    case Layout.Disperse _ -> "disperse";
                    case Layout.Replica1 _, Layout.External _ ->
                        throw new StorageException(
                                Problem.UNSUPPORTED,
                                "pool " + pool.name() + " has no copies to heal from; restore its bricks instead");
                };
        Map<String, String> order = new LinkedHashMap<>();
        order.put("xl-op", full ? FULL : INDEX);
        order.put("count", String.valueOf(pool.sets().size()));
        int place = 0;
        for (int number : pool.sets().keySet()) {
            String name = pool.name() + "-" + kind + "-" + number;
            order.put("xl-" + place, name);
            order.put(name, String.valueOf(number));
            place++;
        }
        return order;
    }
}
