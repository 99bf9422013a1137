package io.sagara.backend.device.plan;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// What is on a device, by its signatures.
public sealed interface Content {
    /// No signature of anything.
    record Blank() implements Content {}

    /// A file system that may hold a brick.
    record Formatted(Filesystem filesystem, UUID id) implements Content {}

    /// Anything else that was recognised; `what` is for people: `swap space`, `an LVM physical volume`.
    record Other(String what) implements Content {}

    /// Signatures of several things at once.
    record Ambivalent() implements Content {}

    /// Reads what `blkid -p -o export` printed on exit 0. A blank partition prints `PART_ENTRY_…` lines about
    /// its place; anything further is content, known to us or not.
    static Content of(String export) {
        Map<String, String> tags = new LinkedHashMap<>();
        export.lines().forEach(line -> {
            int equals = line.indexOf('=');
            if (equals > 0 && !line.startsWith("DEVNAME=") && !line.startsWith("PART_ENTRY_")) {
                tags.put(line.substring(0, equals), line.substring(equals + 1));
            }
        });
        if (tags.isEmpty()) {
            return new Blank();
        }
        String type = tags.getOrDefault("TYPE", "");
        Optional<UUID> id = id(tags.getOrDefault("UUID", ""));
        return Filesystem.ofType(type)
                .filter(_ -> !tags.containsKey("PTTYPE"))
                .flatMap(filesystem -> id.<Content>map(uuid -> new Formatted(filesystem, uuid)))
                .orElseGet(() -> new Other(describe(tags)));
    }

    private static Optional<UUID> id(String text) {
        try {
            return Optional.of(UUID.fromString(text));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private static String describe(Map<String, String> tags) {
        String type = tags.getOrDefault("TYPE", "");
        String what =
                switch (type) {
                    case "" ->
                        tags.containsKey("PTTYPE") ? "a partition table (" + tags.get("PTTYPE") + ")" : tags.toString();
                    case "swap" -> "swap space";
                    case "LVM2_member" -> "an LVM physical volume";
                    case "linux_raid_member" -> "a member of a RAID array";
                    case "crypto_LUKS" -> "a LUKS container";
                    default ->
                        tags.getOrDefault("USAGE", "").equals("filesystem") ? "a file system (" + type + ")" : type;
                };
        String label = tags.getOrDefault("LABEL", "");
        return label.isEmpty() ? what : what + " labelled '" + label + "'";
    }

    /// For people: what the device holds.
    default String inWords() {
        return switch (this) {
            case Blank() -> "nothing";
            case Formatted(Filesystem filesystem, UUID id) ->
                "a file system (" + filesystem.type() + ", UUID " + id + ")";
            case Other(String what) -> what;
            case Ambivalent() -> "signatures of several things at once";
        };
    }
}
