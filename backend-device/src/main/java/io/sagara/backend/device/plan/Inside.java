package io.sagara.backend.device.plan;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// What a look into a file system found.
public sealed interface Inside {
    /// The name of the brick directory at the root of the file system; Kadalu's, too.
    String BRICK = "brick";

    /// It could not be mounted or read; `why` is what the tools said.
    record Unreadable(String why) implements Inside {}

    /// `volumeIds`: of which pools there are bricks, by the path from the root (empty for the root itself).
    /// `mark`: what an earlier attach noted about it.
    record Contents(Map<String, UUID> volumeIds, Optional<Mark> mark) implements Inside {
        /// Copies the map.
        public Contents {
            volumeIds = Map.copyOf(volumeIds);
        }

        /// The pool of the brick at the place where ours are.
        Optional<UUID> brick() {
            return Optional.ofNullable(volumeIds.get(BRICK));
        }

        /// Whose bricks there are anywhere.
        Set<UUID> owners() {
            return new HashSet<>(volumeIds.values());
        }
    }

    /// Which brick a file system was made or taken over for; kept beside the brick directory so that disks of
    /// one pool are not mixed up on a node that has no record of them.
    record Mark(UUID volumeId, int index) {
        /// The name of its file at the root of the file system.
        public static final String FILE = ".sagara-brick";

        /// As written to the file.
        public String text() {
            return "volume-id=" + volumeId + "\nindex=" + index + "\n";
        }

        /// Reads the file; empty where it is not one of ours.
        public static Optional<Mark> of(String text) {
            Map<String, String> fields = new HashMap<>();
            text.lines()
                    .map(line -> line.split("=", 2))
                    .filter(pair -> pair.length == 2)
                    .forEach(pair -> fields.put(pair[0], pair[1]));
            try {
                return Optional.of(new Mark(
                        UUID.fromString(fields.getOrDefault("volume-id", "")),
                        Integer.parseInt(fields.getOrDefault("index", ""))));
            } catch (IllegalArgumentException _) {
                return Optional.empty();
            }
        }
    }
}
