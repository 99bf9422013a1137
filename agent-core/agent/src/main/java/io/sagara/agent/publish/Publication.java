package io.sagara.agent.publish;

import io.sagara.agent.posix.MountInfo;
import io.sagara.agent.posix.Posix.MountFlag;
import io.sagara.spi.PoolName;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import io.sagara.spi.VolumeName;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// A volume that is staged or published, or is just becoming so, at one place of this node.
///
/// `root`: its directory, from the root of the pool. `target`: where it is. `devices`: of the clients it was bound
/// from, as far as someone may still have it from there; the present one is among them.
record Publication(VolumeName volume, PoolName pool, Path root, Path target, Set<MountFlag> flags, Set<Long> devices) {
    private static final String CLIENT_TYPE = "fuse.glusterfs";
    private static final int SHOWN = 40;

    Publication {
        flags = Set.copyOf(flags);
        devices = Set.copyOf(devices);
        if (!root.isAbsolute() || !target.isAbsolute()) {
            throw new IllegalArgumentException("publication of " + root + " at " + target);
        }
    }

    /// The flags that mount options ask for. INVALID_ARGUMENT for an option that is none of a bind mount.
    static Set<MountFlag> flags(List<String> options, boolean readonly) {
        Set<MountFlag> flags = EnumSet.noneOf(MountFlag.class);
        for (String option : options) {
            if (!option.equals("rw")) {
                flags.add(flag(option));
            }
        }
        if (readonly) {
            flags.add(MountFlag.READONLY);
        }
        return flags;
    }

    private static MountFlag flag(String option) {
        return Arrays.stream(MountFlag.values())
                .filter(flag -> flag.option().equals(option))
                .findFirst()
                .orElseThrow(() -> new StorageException(
                        Problem.INVALID_ARGUMENT,
                        "mount flag '" + shown(option) + "' is not known; use rw, "
                                + Arrays.stream(MountFlag.values())
                                        .map(MountFlag::option)
                                        .collect(Collectors.joining(", "))));
    }

    private static String shown(String option) {
        String plain = option.replaceAll("\\p{Cntrl}", "?");
        return plain.length() <= SHOWN ? plain : plain.substring(0, SHOWN) + "…";
    }

    Publication with(Collection<Long> others) {
        return new Publication(volume, pool, root, target, flags, Set.copyOf(others));
    }

    Publication alsoFrom(long device) {
        Set<Long> all = new HashSet<>(devices);
        all.add(device);
        return with(all);
    }

    /// Whether a mount, wherever it is, shows this volume or a part of it, from a client that we had.
    boolean shownBy(MountInfo.Mount mount) {
        return mount.type().equals(CLIENT_TYPE)
                && mount.source().equals(pool.value())
                && devices.contains(mount.device())
                && mount.root().startsWith(root);
    }

    /// As it is kept in a file.
    String text(String boot) {
        var fields = new TreeMap<String, String>();
        fields.put("boot", boot);
        fields.put("volume", volume.value());
        fields.put("pool", pool.value());
        fields.put("root", root.toString());
        fields.put("target", target.toString());
        fields.put("flags", flags.stream().map(MountFlag::name).sorted().collect(Collectors.joining(",")));
        fields.put("devices", devices.stream().sorted().map(String::valueOf).collect(Collectors.joining(",")));
        // one line each: no name has a line feed, and the rules for targets allow no control character either
        return fields.entrySet().stream()
                .map(field -> field.getKey() + "=" + field.getValue() + "\n")
                .collect(Collectors.joining());
    }

    /// What [#text] has made in this boot. Throws [IllegalArgumentException] or a [StorageException] where it is
    /// something else.
    static Publication parse(String text, String boot) {
        Map<String, String> fields = text.lines()
                .map(line -> line.split("=", 2))
                .filter(field -> field.length == 2)
                .collect(Collectors.toMap(field -> field[0], field -> field[1]));
        if (!boot.equals(fields.get("boot"))) {
            throw new IllegalArgumentException("of another boot");
        }
        return new Publication(
                new VolumeName(field(fields, "volume")),
                new PoolName(field(fields, "pool")),
                Path.of(field(fields, "root")),
                Path.of(field(fields, "target")),
                list(field(fields, "flags")).stream().map(MountFlag::valueOf).collect(Collectors.toSet()),
                list(field(fields, "devices")).stream().map(Long::valueOf).collect(Collectors.toSet()));
    }

    private static String field(Map<String, String> fields, String name) {
        String value = fields.get(name);
        if (value == null) {
            throw new IllegalArgumentException("without " + name);
        }
        return value;
    }

    private static Collection<String> list(String joined) {
        return joined.isEmpty() ? Set.of() : Arrays.asList(joined.split(",", -1));
    }
}
