package io.sagara.resource;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Paths that users write: whole ones only, and no way back up in them.
final class AbsolutePaths {
    // PATH_MAX of Linux with its terminating zero
    private static final int MAX_LENGTH = 4095;

    private AbsolutePaths() {}

    /// The path without doubled and trailing slashes, so that one directory has one name; nothing where it was
    /// refused.
    static Optional<String> checked(Fields fields, String name, String path) {
        String shown = "'" + Spelling.shown(path) + "'";
        List<String> parts = Arrays.stream(path.split("/"))
                .filter(part -> !part.isEmpty() && !part.equals("."))
                .toList();
        if (!path.startsWith("/")) {
            fields.fault(name, shown + " is relative; give the whole path, from '/'");
        } else if (parts.contains("..")) {
            fields.fault(name, shown + " contains '..'; give the path without it");
        } else if (parts.isEmpty()) {
            fields.fault(name, shown + " is the root of the machine; give a directory or device below it");
        } else if (path.length() > MAX_LENGTH) {
            fields.fault(name, shown + " is longer than " + MAX_LENGTH + " characters");
        } else {
            return Optional.of(parts.stream().collect(Collectors.joining("/", "/", "")));
        }
        return Optional.empty();
    }
}
