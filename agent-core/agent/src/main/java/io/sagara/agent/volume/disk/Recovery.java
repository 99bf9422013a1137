package io.sagara.agent.volume.disk;

import io.sagara.agent.file.AtomicFile;
import io.sagara.spi.Volume;
import io.sagara.spi.VolumeName;
import java.io.IOException;
import java.nio.file.Path;

/// Finishes or undoes what a crash has cut short for one name. A directory with files is moved only where an info
/// file says where it belongs.
final class Recovery {
    private final PoolDisk disk;
    private final VolumeName name;

    Recovery(PoolDisk disk, VolumeName name) {
        this.disk = disk;
        this.name = name;
    }

    void run() throws IOException {
        for (Volume.Kind kind : Volume.Kind.values()) {
            disk.remove(AtomicFile.temporary(VolumeLayout.info(kind, name)));
            if (!disk.exists(VolumeLayout.info(kind, name))) {
                recover(kind);
            }
        }
    }

    private void recover(Volume.Kind kind) throws IOException {
        Path data = VolumeLayout.data(kind, name);
        Path archived = VolumeLayout.archivedData(kind, name);
        boolean archive = disk.exists(VolumeLayout.archivedInfo(kind, name));
        Trash.takeBack(disk, name, data);
        if (disk.exists(data)) {
            if (archive && !disk.exists(archived)) {
                disk.move(data, archived);
            } else if (!Trash.follow(disk, name, data) && disk.empty(data)) {
                disk.remove(data);
            }
        }
        if (!archive && disk.exists(archived)) {
            // deleted; or something of which only a person can say what it is, and then it stays
            var _ = Trash.follow(disk, name, archived);
        }
    }
}
