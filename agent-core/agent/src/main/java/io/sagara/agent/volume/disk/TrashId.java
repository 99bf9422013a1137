package io.sagara.agent.volume.disk;

import io.sagara.spi.VolumeName;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/// What an entry of the trash is called: `<name>-<uuid>`. The UUID is one of version 7, which tells when the volume
/// was deleted, by the clock of the node that did it. Older entries have random ones, and are as old as can be.
///
/// `name`: empty where the entry is no volume's.
record TrashId(String text, Optional<VolumeName> name, Instant at) {
    private static final int UUID_LENGTH = 36;
    private static final long TIME_VERSION = 7;
    private static final int VERSION_SHIFT = 12;
    private static final int TIME_SHIFT = 16;
    private static final long RANDOM_BITS = 0xfff;

    /// A new one.
    static TrashId of(VolumeName name, Instant now) {
        UUID random = UUID.randomUUID();
        long high = (now.toEpochMilli() << TIME_SHIFT)
                | (TIME_VERSION << VERSION_SHIFT)
                | (random.getMostSignificantBits() & RANDOM_BITS);
        UUID id = new UUID(high, random.getLeastSignificantBits());
        return new TrashId(name + "-" + id, Optional.of(name), now);
    }

    /// That of the entry.
    static TrashId of(String text) {
        int end = text.length() - UUID_LENGTH - 1;
        Optional<VolumeName> name = end > 0 ? VolumeLayout.parse(text.substring(0, end)) : Optional.empty();
        return new TrashId(text, name, name.isPresent() ? time(text.substring(end + 1)) : Instant.EPOCH);
    }

    private static Instant time(String uuid) {
        try {
            UUID parsed = UUID.fromString(uuid);
            return parsed.version() == TIME_VERSION
                    ? Instant.ofEpochMilli(parsed.getMostSignificantBits() >>> TIME_SHIFT)
                    : Instant.EPOCH;
        } catch (IllegalArgumentException e) {
            return Instant.EPOCH;
        }
    }

    /// That of the entry a file belongs to: the file's name without what follows the last dot.
    static TrashId ofInfo(String file) {
        return of(file.substring(0, file.lastIndexOf('.')));
    }
}
