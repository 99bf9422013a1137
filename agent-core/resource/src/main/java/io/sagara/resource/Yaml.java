package io.sagara.resource;

import java.util.List;
import java.util.Map;

/// A YAML value with the line it begins on. Aliases are resolved, so one value may stand in several places;
/// never walk a whole value, and never print or compare it, because a small text can describe a huge one.
sealed interface Yaml {
    /// The line, counted from 1.
    int line();

    /// A text, number, boolean or null, as it is written; `plain` where it is not quoted.
    record Scalar(int line, String text, boolean plain) implements Yaml {
        boolean isNull() {
            return plain
                    && (text.isEmpty()
                            || text.equals("~")
                            || text.equals("null")
                            || text.equals("Null")
                            || text.equals("NULL"));
        }
    }

    /// A list.
    record Sequence(int line, List<Yaml> items) implements Yaml {}

    /// Fields in the order they are written.
    record Mapping(int line, Map<String, Yaml> fields) implements Yaml {}
}
