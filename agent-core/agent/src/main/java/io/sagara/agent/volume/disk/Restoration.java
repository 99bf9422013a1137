package io.sagara.agent.volume.disk;

import io.sagara.spi.Problem;
import io.sagara.spi.Volume;
import io.sagara.spi.VolumeName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// Sets a volume aside, and brings back one that was archived or deleted. What comes back is
/// moved with its data first and its info file last: it is a volume from the
/// moment its info file has its name, and cut short it is archived, or deleted, as before.
final class Restoration {
    private final PoolDisk disk;
    private final VolumeName name;

    Restoration(PoolDisk disk, VolumeName name) {
        this.disk = disk;
        this.name = name;
    }

    /// The archived volume that had this name.
    static Optional<Volume> archived(PoolDisk disk, VolumeName name) throws IOException {
        for (Volume.Kind kind : Volume.Kind.values()) {
            Optional<InfoFile> info = disk.info(VolumeLayout.archivedInfo(kind, name));
            if (info.isPresent()) {
                return Optional.of(new Volume(name, kind, info.get().size(), VolumeLayout.archivedData(kind, name)));
            }
        }
        return Optional.empty();
    }

    /// Sets the volume aside: its info file first, because that says that the data is to follow.
    static void archive(PoolDisk disk, VolumeName name) throws IOException {
        for (Volume.Kind kind : Volume.Kind.values()) {
            Path info = VolumeLayout.info(kind, name);
            Path archived = VolumeLayout.archivedInfo(kind, name);
            if (disk.exists(info) && disk.exists(archived)) {
                throw disk.problem(
                        Problem.ALREADY_EXISTS,
                        "volume " + name + ": another one is archived as archived-" + name + "; purge that first");
            }
            if (disk.move(info, archived) || disk.exists(archived)) {
                disk.move(VolumeLayout.data(kind, name), VolumeLayout.archivedData(kind, name));
                return;
            }
        }
    }

    Volume run() throws IOException {
        Optional<PoolDisk.Found> there = disk.find(name);
        Optional<Volume> archived = archived(disk, name);
        if (there.isPresent()) {
            if (archived.isPresent() || Trash.last(disk, name).isPresent()) {
                throw disk.problem(
                        Problem.ALREADY_EXISTS,
                        "volume " + name + " exists, so the one that was archived or deleted under this name cannot"
                                + " come back; delete the one that exists first");
            }
            return there.get().volume();
        }
        return archived.isPresent()
                ? unarchive(archived.get())
                : Trash.back(disk, name).orElseThrow(() -> PoolDisk.noneLeft(disk, name));
    }

    private Volume unarchive(Volume archived) throws IOException {
        Path data = VolumeLayout.data(archived.kind(), name);
        if (disk.exists(archived.path())) {
            disk.refuseOccupied(data);
            disk.move(archived.path(), data);
        } else if (!disk.exists(data)) {
            throw disk.problem(Problem.INTERNAL, PoolDisk.lost(archived.path()));
        }
        if (archived.kind() == Volume.Kind.SUBVOL) {
            disk.ensureLimit(data, archived.size());
        }
        disk.move(VolumeLayout.archivedInfo(archived.kind(), name), VolumeLayout.info(archived.kind(), name));
        return new Volume(name, archived.kind(), archived.size(), data);
    }
}
