package io.sagara.volfile;

import java.util.List;
import java.util.Map;
import java.util.Set;

/// A translator without rules of its own: it differs from others only by type and options.
public record Layer(String name, String type, Map<String, String> options, List<Translator> below)
        implements Translator {
    private static final Set<String> TYPES_WITH_RULES =
            Set.of(Posix.TYPE, Client.TYPE, Server.TYPE, Replicate.TYPE, Disperse.TYPE, Distribute.TYPE);

    /// Copies the collections. Refuses a type that has a record with rules, because a layer would go round
    /// them, and a layer with neither options nor anything below, which GlusterFS cannot parse.
    public Layer {
        name = Word.plain("the name of a translator", name);
        type = Word.plain("the type of '" + name + "'", type);
        options = Word.options(name, options);
        below = List.copyOf(below);
        if (TYPES_WITH_RULES.contains(type)) {
            throw new VolfileException("'" + name + "' is a " + type + ", which has rules; use its own record");
        }
        if (options.isEmpty() && below.isEmpty()) {
            throw new VolfileException(
                    "'" + name + "' has neither options nor subvolumes; GlusterFS needs one of them");
        }
    }
}
