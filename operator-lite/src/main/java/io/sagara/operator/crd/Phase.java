package io.sagara.operator.crd;

/// How a pool is, in one word.
public enum Phase {
    /// Something outside of it is missing; it goes on by itself when that is there.
    PENDING("Pending"),
    /// Nodes are taking it up.
    STARTING("Starting"),
    /// All of it works on every node.
    READY("Ready"),
    /// It can be used, but something needs attention.
    DEGRADED("Degraded"),
    /// It cannot be used, or its description is wrong.
    FAILED("Failed"),
    /// Its deletion was asked for.
    DELETING("Deleting");

    private final String word;

    Phase(String word) {
        this.word = word;
    }

    /// As the status says it.
    public String word() {
        return word;
    }

    static Phase of(String word) {
        for (Phase phase : values()) {
            if (phase.word.equals(word)) {
                return phase;
            }
        }
        return PENDING;
    }
}
