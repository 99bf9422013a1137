package io.sagara.resource;

import io.sagara.api.v1.PoolSpec;
import java.util.List;

/// What came of a text: the pools it describes, or all that is wrong with it.
public sealed interface Checked {
    /// At least one pool, in the order of the text, each ready for the agent. `notes`: what was left out, if
    /// anything.
    record Pools(List<PoolSpec> pools, List<Finding> notes) implements Checked {
        /// Copies the lists.
        public Pools {
            pools = List.copyOf(pools);
            notes = List.copyOf(notes);
        }
    }

    /// At least one mistake, in the order of the text. Nothing of the text may be used.
    record Refused(List<Finding> findings) implements Checked {
        /// Copies the list.
        public Refused {
            findings = List.copyOf(findings);
        }
    }
}
