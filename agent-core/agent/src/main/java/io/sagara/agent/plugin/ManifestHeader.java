package io.sagara.agent.plugin;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// A header of an OSGi manifest: clauses parted by commas, each of paths and attributes parted by semicolons,
/// where quoted text may hold both.
record ManifestHeader(List<Clause> clauses) {
    /// `paths`: such as package names. `attributes`: such as `version`, without quotes.
    record Clause(List<String> paths, Map<String, String> attributes) {}

    static ManifestHeader parse(String text) {
        List<Clause> clauses = new ArrayList<>();
        for (String clause : split(text, ',')) {
            List<String> paths = new ArrayList<>();
            Map<String, String> attributes = new TreeMap<>();
            for (String part : split(clause, ';')) {
                int equals = part.indexOf('=');
                if (equals < 0) {
                    paths.add(part);
                } else {
                    attributes.put(part.substring(0, equals).strip(), unquoted(part.substring(equals + 1)));
                }
            }
            clauses.add(new Clause(paths, attributes));
        }
        return new ManifestHeader(clauses);
    }

    /// The clause that names `path`.
    Optional<Clause> find(String path) {
        return clauses.stream().filter(c -> c.paths().contains(path)).findFirst();
    }

    private static List<String> split(String text, char separator) {
        List<String> parts = new ArrayList<>();
        boolean quoted = false;
        int from = 0;
        for (int i = 0; i <= text.length(); i++) {
            if (i == text.length() || (text.charAt(i) == separator && !quoted)) {
                String part = text.substring(from, i).strip();
                if (!part.isEmpty()) {
                    parts.add(part);
                }
                from = i + 1;
            } else if (text.charAt(i) == '"') {
                quoted = !quoted;
            }
        }
        return parts;
    }

    private static String unquoted(String text) {
        String value = text.strip();
        boolean quoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
        return quoted ? value.substring(1, value.length() - 1) : value;
    }
}
