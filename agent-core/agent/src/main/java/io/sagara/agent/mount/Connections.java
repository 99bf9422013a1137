package io.sagara.agent.mount;

import io.sagara.spi.Tiebreaker;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/// Which bricks a client is connected to, by their index. `tiebreaker`: the same of the pool's tiebreaker, where the
/// client knows one.
record Connections(Map<Integer, Boolean> bricks, Optional<Boolean> tiebreaker) {
    /// Of a pool without tiebreaker.
    Connections(Map<Integer, Boolean> bricks) {
        this(bricks, Optional.empty());
    }

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
        Map<Integer, Boolean> all = new HashMap<>(bricks);
        tiebreaker.ifPresent(connected -> all.put(Tiebreaker.INDEX, connected));
        return enough.test(all);
    }
}
