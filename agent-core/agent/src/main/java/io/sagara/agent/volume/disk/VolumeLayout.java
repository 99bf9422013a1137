package io.sagara.agent.volume.disk;

import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import io.sagara.spi.Volume;
import io.sagara.spi.VolumeName;
import java.nio.file.Path;
import java.util.Optional;

/// Where the parts of a volume are in its pool. Pure. All paths are relative to the root of the pool:
///
/// ```
/// subvol/<h[0:2]>/<h[2:4]>/<name>              the volume; virtblock/… and rawblock/… for the other kinds
/// info/subvol/<h[0:2]>/<h[2:4]>/<name>.json    its info file
/// snapshot/<h[0:2]>/<h[2:4]>/<name>            a snapshot
/// .sagara-info/snapshot/…/<name>.json          its info file: all that is in info/ is a volume to Kadalu's tools
/// ```
///
/// h is the lower-case hexadecimal xxh64 (seed 0) of the name. An archived volume is called `archived-<name>`
/// and stays where it was, in the directory that the hash of its former name gives.
public final class VolumeLayout {
    /// The attribute of a block volume's file that names the node which has it.
    public static final String HOLDER = "trusted.sagara.holder";

    private static final Path INFO = Path.of("info");
    private static final Path SNAPSHOT_INFO = Path.of(".sagara-info");
    static final String JSON = ".json";

    private static final String ARCHIVED = "archived-";
    private static final int HASH_PART = 2;

    private VolumeLayout() {}

    /// The hash of the name: 16 lower-case hexadecimal digits.
    public static String hash(VolumeName name) {
        return XxHash64.hex(name.value());
    }

    /// The directory or file of the volume.
    public static Path data(Volume.Kind kind, VolumeName name) {
        return bucket(kind, name).resolve(name.value());
    }

    /// The info file of the volume.
    static Path info(Volume.Kind kind, VolumeName name) {
        return infoTop(kind).resolve(bucket(kind, name)).resolve(name.value() + JSON);
    }

    /// The directory below which the info files of the kind are, in the directories their data is in.
    static Path infoTop(Volume.Kind kind) {
        return kind == Volume.Kind.SNAPSHOT ? SNAPSHOT_INFO : INFO;
    }

    /// What the info file calls `path_prefix`.
    static Path bucket(Volume.Kind kind, VolumeName name) {
        String hash = hash(name);
        return Path.of(kind.directory(), hash.substring(0, HASH_PART), hash.substring(HASH_PART, 2 * HASH_PART));
    }

    /// The directory or file of the volume when it is archived.
    static Path archivedData(Volume.Kind kind, VolumeName name) {
        return bucket(kind, name).resolve(ARCHIVED + name);
    }

    /// The info file of the volume when it is archived.
    static Path archivedInfo(Volume.Kind kind, VolumeName name) {
        return infoTop(kind).resolve(bucket(kind, name)).resolve(ARCHIVED + name + JSON);
    }

    /// Whose data a file name in a bucket is: the volume of this name where the name belongs into the bucket,
    /// or an archived one where the rest of its name does. Empty where it is neither.
    static Optional<Owner> owner(Volume.Kind kind, Path bucket, String fileName) {
        Optional<VolumeName> whole = parse(fileName);
        if (whole.isPresent() && bucket(kind, whole.get()).equals(bucket)) {
            return Optional.of(new Owner(kind, whole.get(), false));
        }
        if (!fileName.startsWith(ARCHIVED)) {
            return Optional.empty();
        }
        return parse(fileName.substring(ARCHIVED.length()))
                .filter(former -> bucket(kind, former).equals(bucket))
                .map(former -> new Owner(kind, former, true));
    }

    /// The name, where it can be a volume's.
    static Optional<VolumeName> parse(String text) {
        try {
            return Optional.of(new VolumeName(text));
        } catch (StorageException e) {
            if (e.problem() == Problem.INVALID_ARGUMENT) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /// The volume a file belongs to. `name`: without `archived-`.
    record Owner(Volume.Kind kind, VolumeName name, boolean archived) {}
}
