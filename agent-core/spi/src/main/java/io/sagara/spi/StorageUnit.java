package io.sagara.spi;

import java.util.Map;

/// One entry of the list of storage a user gives to a pool: on this node, from that backend, this thing.
///
/// `node`: the node the unit is attached to. `type`: which backend, [BackendProvider#type]. `source`: what that
/// backend finds it by, such as a directory or a device. `options`: further settings of the unit; the agent has
/// refused keys that the backend does not declare, the backend checks the values.
public record StorageUnit(String node, String type, String source, Map<String, String> options) {
    /// Copies the options and refuses a unit that names nothing.
    public StorageUnit {
        options = Map.copyOf(options);
        if (node.isBlank() || type.isBlank() || source.isBlank()) {
            throw new StorageException(
                    Problem.INVALID_ARGUMENT,
                    "a storage unit needs a node, a kind and a source; got node '" + node + "', kind '" + type
                            + "', source '" + source + "'");
        }
    }

    @Override
    public String toString() {
        return type + " " + source + " on " + node;
    }
}
