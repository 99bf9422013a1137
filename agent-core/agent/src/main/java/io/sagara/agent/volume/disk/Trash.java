package io.sagara.agent.volume.disk;

import io.sagara.spi.Volume;
import io.sagara.spi.VolumeName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// Deleted volumes that are not purged yet: `.sagara-trash/<name>-<uuid>` with the data and
/// `.sagara-trash/<name>-<uuid>.json`, its info file. The info file comes first: alone it says that the data was
/// meant to follow.
final class Trash {
    private static final Path DIRECTORY = Path.of(".sagara-trash");
    private static final int UUID_LENGTH = 36;

    private Trash() {}

    /// Moves a volume, or what is there of it; whether there was anything.
    static boolean put(PoolDisk disk, VolumeName name, Volume.Kind kind) throws IOException {
        String id = name + "-" + UUID.randomUUID();
        boolean info = move(disk, VolumeLayout.info(kind, name), id + VolumeLayout.JSON);
        boolean data = move(disk, VolumeLayout.data(kind, name), id);
        return info || data;
    }

    private static boolean move(PoolDisk disk, Path from, String id) throws IOException {
        if (disk.move(from, DIRECTORY.resolve(id))) {
            return true;
        }
        // either of the two was absent. Another delete may have made the trash just now, so that it is there already
        // tells nothing: an info file left in its place would be a volume whose data is gone
        disk.makeDirectory(DIRECTORY);
        return disk.move(from, DIRECTORY.resolve(id));
    }

    /// Whether a deletion of this name has moved the info file but not the data.
    static boolean meant(PoolDisk disk, VolumeName name) throws IOException {
        return meant(disk).contains(name.value());
    }

    /// The names whose deletion has moved the info file but not the data.
    static Set<String> meant(PoolDisk disk) throws IOException {
        Set<String> entries = entries(disk);
        Set<String> names = new HashSet<>();
        for (String entry : entries) {
            if (entry.endsWith(VolumeLayout.JSON) && !entries.contains(id(entry))) {
                name(entry).ifPresent(name -> names.add(name.value()));
            }
        }
        return names;
    }

    private static String id(String json) {
        return json.substring(0, json.length() - VolumeLayout.JSON.length());
    }

    private static Optional<VolumeName> name(String json) {
        int end = id(json).length() - UUID_LENGTH - 1;
        return end > 0 ? VolumeLayout.parse(json.substring(0, end)) : Optional.empty();
    }

    private static Set<String> entries(PoolDisk disk) throws IOException {
        return new HashSet<>(disk.names(DIRECTORY));
    }

    /// Removes the data in the trash, and then the info files of it. Ends early when the thread is interrupted.
    static void purge(PoolDisk disk) throws IOException {
        if (!disk.exists(DIRECTORY)) {
            return;
        }
        new TreeRemoval(disk.absolute(DIRECTORY)).removeAll(name -> !name.endsWith(VolumeLayout.JSON));
        Set<String> entries = entries(disk);
        // looked at after the entries, so that what one of them is about lies in one of these
        List<Volume.Kind> kinds = kinds(disk);
        for (String entry : entries) {
            if (Thread.currentThread().isInterrupted()) {
                return;
            }
            if (entry.endsWith(VolumeLayout.JSON) && !dataElsewhere(disk, entry, kinds)) {
                disk.remove(DIRECTORY.resolve(entry));
                removeBuckets(disk, entry, kinds);
            }
        }
    }

    /// The kinds of which the pool has, or had, a volume.
    private static List<Volume.Kind> kinds(PoolDisk disk) throws IOException {
        List<String> names = disk.names(Path.of(""));
        return Arrays.stream(Volume.Kind.values())
                .filter(kind -> names.contains(kind.directory()))
                .toList();
    }

    /// Whether the data has not followed its info file, or has done so since it was looked for.
    private static boolean dataElsewhere(PoolDisk disk, String json, List<Volume.Kind> kinds) throws IOException {
        Optional<VolumeName> name = name(json);
        if (name.isPresent()) {
            for (Volume.Kind kind : kinds) {
                // with an info file it is another volume of that name, made since: this one says no more that it is
                // deleted
                if (disk.exists(VolumeLayout.data(kind, name.get()))
                        && !disk.exists(VolumeLayout.info(kind, name.get()))) {
                    return true;
                }
            }
        }
        return disk.exists(DIRECTORY.resolve(id(json)));
    }

    /// The directories that the volume's hash gave, where it was the last in them.
    private static void removeBuckets(PoolDisk disk, String json, List<Volume.Kind> kinds) throws IOException {
        Optional<VolumeName> name = name(json);
        if (name.isEmpty()) {
            return;
        }
        for (Volume.Kind kind : kinds) {
            Path bucket = VolumeLayout.bucket(kind, name.get());
            for (Path top : List.of(Path.of(""), Path.of(VolumeLayout.INFO))) {
                disk.remove(top.resolve(bucket));
                disk.remove(top.resolve(bucket).resolveSibling(""));
            }
        }
    }
}
