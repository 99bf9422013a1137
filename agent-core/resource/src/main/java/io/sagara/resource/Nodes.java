package io.sagara.resource;

import java.util.List;
import java.util.Locale;

/// Which nodes storage may be on.
public sealed interface Nodes {
    /// Any: a cluster is served, and whoever plans it knows its nodes.
    record Any() implements Nodes {}

    /// This machine only. Users may call it `name` or one of `aliases`, such as its host name; letter case does
    /// not matter.
    record Only(String name, List<String> aliases) implements Nodes {
        /// Copies the list.
        public Only {
            aliases = List.copyOf(aliases);
        }

        boolean means(String node) {
            String plain = node.toLowerCase(Locale.ROOT);
            return plain.equals(name.toLowerCase(Locale.ROOT))
                    || aliases.stream().anyMatch(alias -> plain.equals(alias.toLowerCase(Locale.ROOT)));
        }
    }
}
