package io.sagara.volfile.stack;

import io.sagara.volfile.Distribute;
import io.sagara.volfile.Graph;
import io.sagara.volfile.Layer;
import io.sagara.volfile.Translator;
import io.sagara.volfile.VolfileException;
import io.sagara.volfile.option.Role;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/// The graph of quotad, which tells bricks how much a directory holds on all bricks together.
///
/// Bricks find it at one fixed socket, so the bricks that share a `/var/run/gluster` share one quotad, and its
/// graph holds all of their pools. A running quotad does not take another graph: start it anew when this
/// changes.
public final class QuotaStack {
    private QuotaStack() {}

    /// The quotad of all of `pools` that have quota; empty where none has. Throws [VolfileException] for two
    /// pools of one name.
    public static Optional<Graph> graph(List<PoolShape> pools) {
        var options = new LinkedHashMap<String, String>();
        options.put("transport-type", "unix");
        var below = new ArrayList<Translator>();
        for (PoolShape pool : pools) {
            if (pool.quota()) {
                Distribute all = new Sets(pool, Role.QUOTA).distribute(top(pool));
                if (options.put(all.name() + ".volume-id", pool.name()) != null) {
                    throw new VolfileException("two pools are named '" + pool.name() + "'");
                }
                below.add(all);
            }
        }
        return below.isEmpty()
                ? Optional.empty()
                : Optional.of(new Graph(new Layer("quotad", "features/quotad", options, below)));
    }

    /// The dot keeps pools apart: none has one in its name, so pool `a-client-0` is not a client of pool `a`.
    private static String top(PoolShape pool) {
        return pool.name() + ".quota";
    }
}
