package io.sagara.volfile;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/// The bottom of a brick: a directory of a local file system.
///
/// `directory`: absolute; it must carry `volumeId` in the attribute `trusted.glusterfs.volume-id` or the brick
/// does not start. `sharedBrickCount`: how many bricks of the pool share the file system of this one; df
/// divides its size by it. `settings`: further options of storage/posix.
public record Posix(String name, Path directory, UUID volumeId, int sharedBrickCount, Map<String, String> settings)
        implements Translator {
    static final String TYPE = "storage/posix";
    private static final Set<String> OWN = Set.of("directory", "volume-id", "shared-brick-count");

    /// Refuses a relative directory and a count below 1.
    public Posix {
        name = Word.plain("the name of a translator", name);
        var _ = Word.value("the directory of '" + name + "'", directory.toString());
        if (!directory.isAbsolute()) {
            throw new VolfileException("the directory of '" + name + "' is '" + directory + "'; it must be absolute");
        }
        if (sharedBrickCount < 1) {
            throw new VolfileException("'" + name + "' shares its file system with " + sharedBrickCount
                    + " bricks; it counts itself, so 1 is the least");
        }
        settings = Word.settings(name, settings, OWN);
    }

    static Posix from(Parser.Stanza stanza) {
        return new Posix(
                stanza.name(),
                Path.of(stanza.option("directory")),
                UUID.fromString(stanza.option("volume-id")),
                stanza.number("shared-brick-count"),
                stanza.without(OWN));
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Map<String, String> options() {
        var derived = new LinkedHashMap<String, String>();
        derived.put("directory", directory.toString());
        derived.put("volume-id", volumeId.toString());
        derived.put("shared-brick-count", Integer.toString(sharedBrickCount));
        return Word.joined(derived, settings);
    }

    @Override
    public List<Translator> below() {
        return List.of();
    }
}
