package io.sagara.agent.block;

import io.sagara.agent.posix.LoopDevice;
import io.sagara.agent.posix.MountInfo;
import io.sagara.agent.posix.Posix.MountFlag;
import io.sagara.spi.PoolName;
import io.sagara.spi.Volume;
import io.sagara.spi.VolumeName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// A block volume that is staged or published at one place of this node, or is just becoming so.
///
/// `file`: relative to the root of the pool. `loop`: empty until it is made; never changed afterwards.
record BlockUse(
        VolumeName volume,
        PoolName pool,
        Volume.Kind kind,
        Path file,
        Path target,
        Role role,
        Set<MountFlag> flags,
        Optional<Loop> loop) {
    /// What the volume is at the place for.
    enum Role {
        STAGED,
        PUBLISHED
    }

    /// A loop device. `sequence`: the kernel's number of its making, 0 where there is none. `client`: the device
    /// number of the pool's client that its file is reached through.
    record Loop(int number, long sequence, long client) {}

    BlockUse {
        flags = Set.copyOf(flags);
        if (file.isAbsolute() || !target.isAbsolute() || kind == Volume.Kind.SUBVOL || kind == Volume.Kind.SNAPSHOT) {
            throw new IllegalArgumentException("block volume " + file + " at " + target);
        }
    }

    BlockUse with(Loop made) {
        return new BlockUse(volume, pool, kind, file, target, role, flags, Optional.of(made));
    }

    /// Its loop device as long as that exists. One that someone else has made with the same number is another one.
    Optional<LoopDevice.State> present() throws IOException {
        if (loop.isEmpty()) {
            return Optional.empty();
        }
        return LoopDevice.state(loop.get().number())
                .filter(state -> state.sequence() == loop.get().sequence())
                .filter(state -> state.file().endsWith("/" + file));
    }

    /// Whether a mount at the place shows this volume.
    boolean shownBy(MountInfo.Mount mount) {
        return loop.filter(one -> switch (kind) {
                    case VIRTBLOCK -> mount.device() == LoopDevice.device(one.number());
                    // a device node of /dev, mounted on a file
                    case RAWBLOCK ->
                        mount.root().equals(Path.of("/loop" + one.number()))
                                && (mount.type().equals("devtmpfs")
                                        || mount.type().equals("tmpfs"));
                    case SUBVOL, SNAPSHOT -> false;
                })
                .isPresent();
    }

    /// As it is kept in a file.
    String text(String boot) {
        Map<String, String> fields = new TreeMap<>();
        fields.put("boot", boot);
        fields.put("volume", volume.value());
        fields.put("pool", pool.value());
        fields.put("kind", kind.name());
        fields.put("file", file.toString());
        fields.put("target", target.toString());
        fields.put("role", role.name());
        fields.put("flags", flags.stream().map(MountFlag::name).sorted().collect(Collectors.joining(",")));
        fields.put(
                "loop",
                loop.map(one -> one.number() + "," + one.sequence() + "," + one.client())
                        .orElse(""));
        return fields.entrySet().stream()
                .map(field -> field.getKey() + "=" + field.getValue() + "\n")
                .collect(Collectors.joining());
    }

    /// What [#text] has made in this boot. Throws [IllegalArgumentException] or a
    /// [io.sagara.spi.StorageException] where it is something else.
    static BlockUse parse(String text, String boot) {
        Map<String, String> fields = text.lines()
                .map(line -> line.split("=", 2))
                .filter(field -> field.length == 2)
                .collect(Collectors.toMap(field -> field[0], field -> field[1]));
        if (!boot.equals(fields.get("boot"))) {
            throw new IllegalArgumentException("of another boot");
        }
        return new BlockUse(
                new VolumeName(field(fields, "volume")),
                new PoolName(field(fields, "pool")),
                Volume.Kind.valueOf(field(fields, "kind")),
                Path.of(field(fields, "file")),
                Path.of(field(fields, "target")),
                Role.valueOf(field(fields, "role")),
                Arrays.stream(field(fields, "flags").split(",", -1))
                        .filter(flag -> !flag.isEmpty())
                        .map(MountFlag::valueOf)
                        .collect(Collectors.toSet()),
                loop(field(fields, "loop")));
    }

    private static Optional<Loop> loop(String text) {
        if (text.isEmpty()) {
            return Optional.empty();
        }
        String[] parts = text.split(",", -1);
        if (parts.length != 3) {
            throw new IllegalArgumentException("with a loop device '" + text + "'");
        }
        return Optional.of(new Loop(Integer.parseInt(parts[0]), Long.parseLong(parts[1]), Long.parseLong(parts[2])));
    }

    private static String field(Map<String, String> fields, String name) {
        String value = fields.get(name);
        if (value == null) {
            throw new IllegalArgumentException("without " + name);
        }
        return value;
    }
}
