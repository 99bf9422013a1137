package io.sagara.operator.plan;

/// A pod that holds a claim for a pool.
///
/// `name`: the same for a pool and a claim at all times, so that the API server lets there be one only. `node`:
/// where it was scheduled to; empty before. `running`: its container runs, so the claim is mounted on that
/// node. `ending`: its deletion was asked for, or it has failed; it runs no more when it is gone. `trouble`:
/// why it does not run; empty where it does, or where nobody knows.
public record HolderPod(
        String name,
        String uid,
        String pool,
        String claim,
        String node,
        boolean running,
        boolean ending,
        String trouble) {
    /// The type of units that are held so.
    public static final String TYPE = "pvc";

    /// For people.
    String inWords() {
        String where = node.isEmpty() ? "" : " on node " + node;
        if (ending) {
            return "pod " + name + where + " is ending";
        }
        if (running) {
            return "pod " + name + " holds it" + where;
        }
        return "pod " + name + where + " does not run yet" + (trouble.isEmpty() ? "" : ": " + trouble);
    }
}
