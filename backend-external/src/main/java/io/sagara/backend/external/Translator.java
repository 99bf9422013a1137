package io.sagara.backend.external;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// One translator of a graph. `below`: the names of those it stands on.
record Translator(String name, String type, Map<String, String> options, List<String> below) {
    private static final Pattern BRICK_CLIENT = Pattern.compile(".*-client-([0-9]{1,9})");

    /// Copies the collections; the order of options stays.
    Translator {
        options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
        below = List.copyOf(below);
    }

    Translator standingOn(List<String> others) {
        return new Translator(name, type, options, others);
    }

    /// With an option that its owner has not set.
    Translator withDefault(String option, String value) {
        return options.containsKey(option) ? this : with(option, value);
    }

    /// With an option in place of what its owner has set.
    Translator with(String option, String value) {
        Map<String, String> more = new LinkedHashMap<>(options);
        more.put(option, value);
        return new Translator(name, type, more, below);
    }

    String option(String option, String otherwise) {
        return options.getOrDefault(option, otherwise);
    }

    /// The place of the brick in its volume, where this is the client of one.
    OptionalInt brick() {
        Matcher named = BRICK_CLIENT.matcher(name);
        return type.equals("protocol/client") && named.matches()
                ? OptionalInt.of(Integer.parseInt(named.group(1)))
                : OptionalInt.empty();
    }

    void write(StringBuilder text) {
        text.append("volume ").append(name).append("\n    type ").append(type).append('\n');
        options.forEach((option, value) -> text.append("    option ")
                .append(option)
                .append(' ')
                .append(value)
                .append('\n'));
        if (!below.isEmpty()) {
            text.append("    subvolumes ").append(String.join(" ", below)).append('\n');
        }
        text.append("end-volume\n\n");
    }
}
