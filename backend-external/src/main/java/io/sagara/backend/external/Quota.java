package io.sagara.backend.external;

import java.util.Optional;

/// What the cluster's owner has decided about limits of directories, as the graph of a brick tells: clients'
/// graphs say nothing of it.
enum Quota {
    /// Limits hold at once.
    ENFORCED,
    /// Limits hold, but bricks count only now and then, and much can be written beyond a limit meanwhile.
    LATE,
    /// Limits mean nothing.
    OFF,
    /// glusterd gives no graph of a brick to this node.
    UNKNOWN;

    static Quota of(Graph brick) {
        Optional<Translator> quota = brick.first("features/quota");
        boolean on = quota.map(each -> each.option("server-quota", "off").equals("on"))
                .orElse(false);
        if (!on) {
            return OFF;
        }
        boolean atOnce = quota.map(
                        each -> zero(each.option("soft-timeout", "60")) && zero(each.option("hard-timeout", "5")))
                .orElse(false);
        return atOnce ? ENFORCED : LATE;
    }

    private static boolean zero(String timeout) {
        // glusterd keeps what the owner has typed: 0, 0s, 0sec
        return timeout.matches("0+([a-z]+)?");
    }
}
