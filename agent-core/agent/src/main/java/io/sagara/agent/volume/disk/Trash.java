package io.sagara.agent.volume.disk;

import io.sagara.spi.Provisioning.Deleted;
import io.sagara.spi.Provisioning.Purging;
import io.sagara.spi.StorageException;
import io.sagara.spi.Volume;
import io.sagara.spi.VolumeName;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Deleted volumes that are not purged yet, each as up to two files in `.sagara-trash`:
///
/// - `<name>-<uuid>`: the data.
/// - `<name>-<uuid>.json`: its info file. It comes first; alone it says that the data was meant to follow. It goes
///   first too: data without it is being purged, or is to be, and cannot come back.
/// - `<name>-<uuid>.back`: the info file while the volume comes back. Whoever renames or removes the info file has
///   the data, so a volume that is being purged never comes back, and the other way round.
final class Trash {
    private static final Path DIRECTORY = Path.of(".sagara-trash");
    private static final String BACK = ".back";

    private Trash() {}

    /// Moves a volume whose parts are at `info` and `data`, or what is there of it; whether there was anything.
    static boolean put(PoolDisk disk, VolumeName name, Path info, Path data, Instant now) throws IOException {
        String id = TrashId.of(name, now).text();
        if (move(disk, info, id + VolumeLayout.JSON)) {
            move(disk, data, id);
            return true;
        }
        return disk.exists(data) && (follow(disk, name, data) || move(disk, data, id));
    }

    /// Moves data here that is no volume's, to be purged.
    static void discard(PoolDisk disk, VolumeName name, Path data) throws IOException {
        if (disk.exists(data)) {
            move(disk, data, TrashId.of(name, Instant.EPOCH).text());
        }
    }

    /// Moves data to the info file that went before it; whether there was one.
    static boolean follow(PoolDisk disk, VolumeName name, Path data) throws IOException {
        Set<String> entries = entries(disk);
        Optional<String> info = ahead(entries)
                .filter(entry -> TrashId.ofInfo(entry).name().equals(Optional.of(name)))
                .max(Comparator.comparing(entry -> TrashId.ofInfo(entry).at()));
        if (info.isEmpty()) {
            return false;
        }
        move(disk, data, TrashId.ofInfo(info.get()).text());
        refuseBack(disk, info.get());
        return true;
    }

    /// A volume that did not come back is as it was before.
    private static void refuseBack(PoolDisk disk, String entry) throws IOException {
        if (entry.endsWith(BACK)) {
            disk.move(
                    DIRECTORY.resolve(entry),
                    DIRECTORY.resolve(TrashId.ofInfo(entry).text() + VolumeLayout.JSON));
        }
    }

    private static boolean move(PoolDisk disk, Path from, String entry) throws IOException {
        if (disk.move(from, DIRECTORY.resolve(entry))) {
            return true;
        }
        // either of the two was absent. Another delete may have made the trash just now, so that it is there already
        // tells nothing: an info file left in its place would be a volume whose data is gone
        disk.makeDirectory(DIRECTORY);
        return disk.move(from, DIRECTORY.resolve(entry));
    }

    /// Whether an info file of this name is here without its data.
    static boolean meant(PoolDisk disk, VolumeName name) throws IOException {
        return meant(disk).contains(name.value());
    }

    /// The names whose info file is here without its data: it was deleted and the data is to follow, or it was on its
    /// way back.
    static Set<String> meant(PoolDisk disk) throws IOException {
        return names(ahead(entries(disk)));
    }

    /// The names of volumes that are on their way back.
    static Set<String> comingBack(PoolDisk disk) throws IOException {
        return names(entries(disk).stream().filter(entry -> entry.endsWith(BACK)));
    }

    private static Set<String> names(Stream<String> entries) {
        return entries.flatMap(entry -> TrashId.ofInfo(entry).name().stream())
                .map(VolumeName::value)
                .collect(Collectors.toSet());
    }

    private static Stream<String> ahead(Set<String> entries) {
        return entries.stream()
                .filter(Trash::isInfo)
                .filter(entry -> !entries.contains(TrashId.ofInfo(entry).text()));
    }

    private static boolean isInfo(String entry) {
        return entry.endsWith(VolumeLayout.JSON) || entry.endsWith(BACK);
    }

    private static Set<String> entries(PoolDisk disk) throws IOException {
        return new HashSet<>(disk.names(DIRECTORY));
    }

    /// Hands over every volume that can come back.
    static void list(PoolDisk disk, Consumer<Deleted> each) throws IOException {
        for (TrashId id : complete(disk)) {
            deleted(disk, id).ifPresent(each);
        }
    }

    private static List<TrashId> complete(PoolDisk disk) throws IOException {
        Set<String> entries = entries(disk);
        return entries.stream()
                .filter(entry -> entry.endsWith(VolumeLayout.JSON))
                .map(TrashId::ofInfo)
                .filter(id -> entries.contains(id.text()))
                .toList();
    }

    /// The one of this name that was deleted last.
    static Optional<Deleted> last(PoolDisk disk, VolumeName name) throws IOException {
        Optional<TrashId> last = complete(disk).stream()
                .filter(id -> id.name().equals(Optional.of(name)))
                .max(Comparator.comparing(TrashId::at));
        return last.isPresent() ? deleted(disk, last.get()) : Optional.empty();
    }

    private static Optional<Deleted> deleted(PoolDisk disk, TrashId id) throws IOException {
        if (id.name().isEmpty()) {
            return Optional.empty();
        }
        try {
            Path data = DIRECTORY.resolve(id.text());
            return disk.info(info(id, VolumeLayout.JSON))
                    .map(info -> new Deleted(new Volume(id.name().get(), info.kind(), info.size(), data), id.at()));
        } catch (StorageException e) {
            // its info file is damaged: it cannot come back
            return Optional.empty();
        }
    }

    private static Path info(TrashId id, String suffix) {
        return DIRECTORY.resolve(id.text() + suffix);
    }

    /// Brings the volume back that was on its way, or else the one that was deleted last; empty where there is none.
    static Optional<Volume> back(PoolDisk disk, VolumeName name) throws IOException {
        Optional<TrashId> begun = entries(disk).stream()
                .filter(entry -> entry.endsWith(BACK))
                .map(TrashId::ofInfo)
                .filter(id -> id.name().equals(Optional.of(name)))
                .max(Comparator.comparing(TrashId::at));
        Optional<TrashId> id = begun.isPresent() ? begun : claim(disk, name);
        if (id.isEmpty()) {
            return Optional.empty();
        }
        InfoFile info = disk.info(info(id.get(), BACK)).orElseThrow(() -> PoolDisk.noneLeft(disk, name));
        Path data = VolumeLayout.data(info.kind(), name);
        disk.makeDirectory(data.getParent());
        if (!disk.move(DIRECTORY.resolve(id.get().text()), data) && !disk.exists(data)) {
            throw PoolDisk.noneLeft(disk, name);
        }
        if (info.contentKind() == Volume.Kind.SUBVOL) {
            disk.ensureLimit(data, info.size());
        }
        Path live = VolumeLayout.info(info.kind(), name);
        disk.makeDirectory(live.getParent());
        disk.move(info(id.get(), BACK), live);
        return Optional.of(new Volume(name, info.kind(), info.size(), data));
    }

    private static Optional<TrashId> claim(PoolDisk disk, VolumeName name) throws IOException {
        Optional<Deleted> last = last(disk, name);
        if (last.isEmpty()) {
            return Optional.empty();
        }
        disk.refuseOccupied(VolumeLayout.data(last.get().volume().kind(), name));
        TrashId id = TrashId.of(last.get().volume().path().getFileName().toString());
        return disk.move(info(id, VolumeLayout.JSON), info(id, BACK)) ? Optional.of(id) : Optional.empty();
    }

    /// Undoes a [#back] that was cut short. `data`: where the volume would be.
    static void takeBack(PoolDisk disk, VolumeName name, Path data) throws IOException {
        for (String entry : entries(disk)) {
            if (entry.endsWith(BACK) && TrashId.ofInfo(entry).name().equals(Optional.of(name))) {
                Path here = DIRECTORY.resolve(TrashId.ofInfo(entry).text());
                if (disk.exists(here) || disk.move(data, here)) {
                    refuseBack(disk, entry);
                }
            }
        }
    }

    /// Removes what is due. Ends early when the thread is interrupted.
    static void purge(PoolDisk disk, Purging purging) throws IOException {
        Set<String> entries = entries(disk);
        if (entries.isEmpty()) {
            return;
        }
        // looked at after the entries, so that what one of them is about lies in one of these
        List<Volume.Kind> kinds = kinds(disk);
        TreeRemoval removal = new TreeRemoval(disk.absolute(DIRECTORY), purging::removing);
        for (String entry : entries) {
            if (Thread.currentThread().isInterrupted()) {
                return;
            }
            if (isInfo(entry)) {
                tidy(disk, entry, kinds);
            } else if (choose(disk, entry, purging)) {
                removal.remove(entry);
                removeBuckets(disk, TrashId.of(entry), kinds);
            }
        }
    }

    /// Removes the trash itself where nothing is in it.
    static void removeEmpty(PoolDisk disk) throws IOException {
        disk.remove(DIRECTORY);
    }

    /// Whether the data may be removed, which it can be by nobody else then, nor come back: its info file is gone.
    private static boolean choose(PoolDisk disk, String entry, Purging purging) throws IOException {
        TrashId id = TrashId.of(entry);
        if (!disk.exists(info(id, VolumeLayout.JSON))) {
            return !disk.exists(info(id, BACK));
        }
        Optional<Deleted> deleted = deleted(disk, id);
        return (deleted.isEmpty() || purging.due(deleted.get())) && disk.removeFile(info(id, VolumeLayout.JSON));
    }

    /// Removes an info file of which there is no data anywhere. One whose volume was made anew while it came back
    /// is put back.
    private static void tidy(PoolDisk disk, String entry, List<Volume.Kind> kinds) throws IOException {
        TrashId id = TrashId.ofInfo(entry);
        boolean data = disk.exists(DIRECTORY.resolve(id.text()));
        boolean elsewhere = false;
        boolean anew = false;
        if (id.name().isPresent()) {
            for (Volume.Kind kind : kinds) {
                boolean live = disk.exists(VolumeLayout.info(kind, id.name().get()));
                // with an info file it is another volume of that name, made since: this one says no more that it is
                // deleted
                elsewhere |=
                        disk.exists(VolumeLayout.archivedData(kind, id.name().get()));
                elsewhere |=
                        !live && disk.exists(VolumeLayout.data(kind, id.name().get()));
                anew |= live;
            }
        }
        if (entry.endsWith(BACK) && data && anew) {
            refuseBack(disk, entry);
        } else if (entry.endsWith(VolumeLayout.JSON)
                && !data
                && !elsewhere
                && !disk.exists(DIRECTORY.resolve(id.text()))) {
            disk.remove(DIRECTORY.resolve(entry));
            removeBuckets(disk, id, kinds);
        }
    }

    /// The kinds of which the pool has, or had, a volume.
    private static List<Volume.Kind> kinds(PoolDisk disk) throws IOException {
        List<String> names = disk.names(Path.of(""));
        return Arrays.stream(Volume.Kind.values())
                .filter(kind -> names.contains(kind.directory()))
                .toList();
    }

    /// The directories that the volume's hash gave, where it was the last in them.
    private static void removeBuckets(PoolDisk disk, TrashId id, List<Volume.Kind> kinds) throws IOException {
        if (id.name().isEmpty()) {
            return;
        }
        for (Volume.Kind kind : kinds) {
            Path bucket = VolumeLayout.bucket(kind, id.name().get());
            for (Path top : List.of(Path.of(""), VolumeLayout.infoTop(kind))) {
                disk.remove(top.resolve(bucket));
                disk.remove(top.resolve(bucket).resolveSibling(""));
            }
        }
    }
}
