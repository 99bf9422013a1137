package io.sagara.backend.device.plan;

import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import io.sagara.spi.StorageUnit;
import java.nio.file.Path;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

/// What the user set on a unit. `filesystem`: what a new one is made as. `wipe`: what may be destroyed.
public record UnitOptions(Filesystem filesystem, Wipe wipe) {
    /// The keys a unit may have.
    public static final Set<String> KEYS = Set.of("wipe", "filesystem");

    private static final Pattern ID =
            Pattern.compile("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");

    /// What may be destroyed on a device.
    public sealed interface Wipe {
        /// Nothing; the default.
        record Nothing() implements Wipe {}

        /// Whatever is there and not in use, except bricks.
        record AllButBricks() implements Wipe {}

        /// The bricks of one other pool and nothing else. Naming its volume id is the proof that it is meant.
        record BricksOf(UUID volumeId) implements Wipe {}
    }

    /// Reads a unit. Throws INVALID_ARGUMENT for an option value or source it cannot be.
    public static UnitOptions of(StorageUnit unit) {
        String source = unit.source();
        if (!Path.of(source).isAbsolute() || source.chars().anyMatch(Character::isISOControl)) {
            throw new StorageException(
                    Problem.INVALID_ARGUMENT,
                    "'" + source.replaceAll("\\p{Cntrl}", "?") + "' is no absolute path; name a block device such as"
                            + " /dev/disk/by-id/…, or a file");
        }
        String type = unit.options().getOrDefault("filesystem", "xfs");
        Filesystem filesystem = Filesystem.ofType(type)
                .orElseThrow(() -> new StorageException(
                        Problem.INVALID_ARGUMENT, "filesystem '" + type + "' is unknown; use 'xfs' or 'ext4'"));
        return new UnitOptions(filesystem, wipe(unit.options().getOrDefault("wipe", "false")));
    }

    private static Wipe wipe(String value) {
        return switch (value) {
            case "false" -> new Wipe.Nothing();
            case "true" -> new Wipe.AllButBricks();
            default -> {
                if (!ID.matcher(value).matches()) {
                    throw new StorageException(
                            Problem.INVALID_ARGUMENT,
                            "wipe '" + value + "' is unknown; use 'true', 'false', or the volume id of the pool whose"
                                    + " brick is to be destroyed");
                }
                yield new Wipe.BricksOf(UUID.fromString(value));
            }
        };
    }
}
