package io.sagara.backend.device.plan;

import io.sagara.spi.Bytes;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/// What this node remembers about a brick: which file system is its own. Written before anything is done to
/// the device, so that a crash at any point leaves a record of what may be half-done.
///
/// `pool`, `volumeId`, `index`: which brick. `source`: what the user named when it was written. `stableId`: the
/// hardware it was on. `filesystem`, `filesystemId`: the file system and the UUID we chose or found. `stage`:
/// how far it got. `deviceSize`: of the device when the file system last filled it; zero where unknown.
public record BrickRecord(
        String pool,
        UUID volumeId,
        int index,
        String source,
        Optional<String> stableId,
        Filesystem filesystem,
        UUID filesystemId,
        Stage stage,
        Bytes deviceSize) {
    /// How far a brick got.
    public enum Stage {
        /// The device may be wiped, half-formatted, or formatted; nothing of value is on it.
        FORMATTING,
        /// The file system is whole and has never been served.
        FORMATTED,
        /// The brick directory carries the volume id, and data may be in it.
        READY
    }

    /// The same brick at another stage.
    public BrickRecord at(Stage next) {
        return new BrickRecord(pool, volumeId, index, source, stableId, filesystem, filesystemId, next, deviceSize);
    }

    /// The same brick, which the user calls otherwise now.
    public BrickRecord named(String newSource) {
        return new BrickRecord(pool, volumeId, index, newSource, stableId, filesystem, filesystemId, stage, deviceSize);
    }

    /// The same brick on a device that its file system fills.
    public BrickRecord filling(Bytes size) {
        return new BrickRecord(pool, volumeId, index, source, stableId, filesystem, filesystemId, stage, size);
    }

    /// As kept on disk: one `key=value` a line.
    public String text() {
        return "pool=" + pool + "\nvolume-id=" + volumeId + "\nindex=" + index + "\nsource=" + source
                + stableId.map(id -> "\nstable-id=" + id).orElse("")
                + "\nfilesystem=" + filesystem.type() + "\nfilesystem-id=" + filesystemId + "\nstage="
                + stage.name().toLowerCase(Locale.ROOT) + "\ndevice-size=" + deviceSize.value() + "\n";
    }

    /// Reads [#text]. Throws [IllegalArgumentException] where it is not one.
    public static BrickRecord of(String text) {
        Map<String, String> fields = new HashMap<>();
        text.lines()
                .map(line -> line.split("=", 2))
                .filter(pair -> pair.length == 2)
                .forEach(pair -> fields.put(pair[0], pair[1]));
        try {
            return new BrickRecord(
                    field(fields, "pool"),
                    UUID.fromString(field(fields, "volume-id")),
                    Integer.parseInt(field(fields, "index")),
                    field(fields, "source"),
                    Optional.ofNullable(fields.get("stable-id")),
                    Filesystem.ofType(field(fields, "filesystem")).orElseThrow(IllegalArgumentException::new),
                    UUID.fromString(field(fields, "filesystem-id")),
                    Stage.valueOf(field(fields, "stage").toUpperCase(Locale.ROOT)),
                    new Bytes(Long.parseLong(field(fields, "device-size"))));
        } catch (NullPointerException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private static String field(Map<String, String> fields, String name) {
        return Objects.requireNonNull(fields.get(name), "no field " + name);
    }
}
