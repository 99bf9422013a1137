package io.sagara.spi;

import java.util.Map;

/// One entry of the list of storage a user gives to a pool: on this node, from that backend, this thing.
///
/// `node`: the node the unit is attached to; empty while it is on none, which only happens to one that moves
/// from node to node. `type`: which backend, [BackendProvider#type]. `source`: what that backend finds it by,
/// such as a directory or a device. `options`: further settings of the unit; the agent has refused keys that
/// the backend does not declare, the backend checks the values.
public record StorageUnit(String node, String type, String source, Map<String, String> options) {
    /// The option of a unit that may move from node to node, such as a claim of Kubernetes: who holds it on its
    /// node, under a name that never comes again. Whoever plans the pool sets it. The agent gives such a unit
    /// back as soon as its node or its holder is another one, and never takes it again from a holder that it
    /// gave it back to.
    public static final String HOLDER = "holder";

    /// The option, in the same case, that says that there has been a brick of the pool on the unit: `true`.
    public static final String MADE = "made";

    /// The option of a unit that is on no node: the node that had it last.
    public static final String LEFT = "left";

    /// Copies the options and refuses a unit that names nothing.
    public StorageUnit {
        options = Map.copyOf(options);
        boolean moves = options.containsKey(HOLDER);
        if ((node.isBlank() && !moves) || type.isBlank() || source.isBlank()) {
            throw new StorageException(
                    Problem.INVALID_ARGUMENT,
                    "a storage unit needs a node, a kind and a source; got node '" + node + "', kind '" + type
                            + "', source '" + source + "'");
        }
    }

    @Override
    public String toString() {
        return type + " " + source + " on " + (node.isBlank() ? "no node" : node);
    }
}
