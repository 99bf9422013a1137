package io.sagara.agent.mount;

import java.util.Map;
import java.util.function.Predicate;

/// Which bricks a client is connected to, by their index.
record Connections(Map<Integer, Boolean> bricks) {
    /// Copies the map.
    Connections {
        bricks = Map.copyOf(bricks);
    }

    int connected() {
        return Math.toIntExact(bricks.values().stream().filter(up -> up).count());
    }

    /// Whether every set has as many bricks as it needs, so that nothing is missing from what the mount
    /// shows. `enough`: whether these do.
    boolean complete(Predicate<Map<Integer, Boolean>> enough) {
        return enough.test(bricks);
    }
}
