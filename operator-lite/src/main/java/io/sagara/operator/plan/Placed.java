package io.sagara.operator.plan;

import io.sagara.api.v1.BrickSpec;

/// Whether a brick has a place in the cluster.
sealed interface Placed {
    /// With id, address and port.
    record At(BrickSpec brick) implements Placed {}

    /// Something is missing.
    record Nowhere(String reason, String message) implements Placed {}

    static Placed noNode(int index, BrickSpec asked, boolean known, Surroundings around) {
        String unit = "storage[" + index + "]";
        if (known) {
            return new Nowhere("NoAddress", unit + ": node " + asked.getNode() + " has no InternalIP yet");
        }
        return new Nowhere(
                "NoNode",
                unit + ".node: there is no node '" + asked.getNode() + "'; there are: "
                        + String.join(", ", around.nodes().keySet()));
    }

    static Placed noHolder(String pool, int index, BrickSpec asked, Surroundings around) {
        return new Nowhere(
                Verdict.HOLDER_NEEDED, "storage[" + index + "]: " + ClaimBrick.absence(pool, index, asked, around));
    }
}
