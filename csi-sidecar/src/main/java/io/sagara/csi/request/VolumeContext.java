package io.sagara.csi.request;

import io.sagara.api.v1.Volume;
import io.sagara.api.v1.VolumeKind;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// What a PersistentVolume remembers of its volume, with Kadalu's keys. Volumes of Kadalu's time may lack any
/// of them.
public final class VolumeContext {
    private static final String POOL = "hostvol";
    private static final String KIND = "pvtype";
    private static final String PATH = "path";

    private VolumeContext() {}

    /// The context that a volume is handed out with.
    public static Map<String, String> of(Volume volume) {
        Map<String, String> context = new LinkedHashMap<>();
        context.put("type", LayoutName.of(volume.getLayout()));
        context.put(POOL, volume.getPool());
        context.put(KIND, kindName(volume.getKind()));
        context.put(PATH, volume.getPath());
        // of the file system of bricks and block volumes; a reader of Kadalu's wants the key
        context.put("fstype", "xfs");
        // as Kadalu's templates print a truth value
        context.put("single_pv_per_pool", volume.getSingleVolume() ? "True" : "False");
        return context;
    }

    /// The pool of the volume; empty where the context does not say.
    public static String pool(Map<String, String> context) {
        return context.getOrDefault(POOL, "");
    }

    /// Refuses an access that the kind of volume in the context contradicts.
    public static void check(Map<String, String> context, Access access) {
        String kind = context.getOrDefault(KIND, "");
        if (!kind.isEmpty() && kind.equals(kindName(VolumeKind.RAWBLOCK)) != access.block()) {
            throw new StorageException(
                    Problem.INVALID_ARGUMENT,
                    "a volume of type " + Text.shown(kind) + " cannot be used as a "
                            + (access.block() ? "block device" : "mounted directory")
                            + "; use the volumeMode it was made with");
        }
    }

    /// What `context` says of where the volume is or what it is and is not so; empty where all of that is so.
    /// The other keys change nothing.
    public static Optional<String> contradiction(Map<String, String> context, Volume volume) {
        Map<String, String> actual = of(volume);
        return Stream.of(POOL, KIND, PATH)
                .filter(key -> context.containsKey(key) && !context.get(key).equals(actual.get(key)))
                .map(key -> "volume_context " + key + " is '" + Text.shown(context.getOrDefault(key, ""))
                        + "', and the volume has '" + actual.get(key) + "'")
                .findFirst();
    }

    private static String kindName(VolumeKind kind) {
        return switch (kind) {
            case VOLUME_KIND_UNSPECIFIED, SUBVOL -> "subvol";
            case VIRTBLOCK, RAWBLOCK -> kind.name().toLowerCase(Locale.ROOT);
            case SNAPSHOT, UNRECOGNIZED -> "";
        };
    }
}
