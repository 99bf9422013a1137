package io.sagara.agent.mount;

import io.sagara.spi.Layout;
import java.util.Map;

/// Which bricks a client is connected to, by their index.
record Connections(Map<Integer, Boolean> bricks) {
    /// Copies the map.
    Connections {
        bricks = Map.copyOf(bricks);
    }

    int connected() {
        return Math.toIntExact(bricks.values().stream().filter(up -> up).count());
    }

    /// Whether every set has as many bricks as it needs, so that nothing is missing from what the mount shows.
    boolean complete(Layout layout) {
        return layout.enough(bricks);
    }
}
