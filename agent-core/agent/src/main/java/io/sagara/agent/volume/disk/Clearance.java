package io.sagara.agent.volume.disk;

import io.sagara.spi.Provisioning.Findings;
import io.sagara.spi.Volume;
import io.sagara.spi.VolumeName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Takes all volumes out of a pool whose storage is someone else's, and what was kept about them. What is no
/// volume stays, also where it lies among them.
final class Clearance {
    private static final String ACCOUNT = "stat.db";

    private final PoolDisk disk;

    Clearance(PoolDisk disk) {
        this.disk = disk;
    }

    /// May be cut short and repeated: volumes go through the trash, the account goes last.
    void run() throws IOException {
        List<Volume> volumes = new ArrayList<>();
        List<Volume> archived = new ArrayList<>();
        new Inspection(disk, new Findings() {
                    @Override
                    public void volume(Volume volume) {
                        volumes.add(volume);
                    }

                    @Override
                    public void archived(Volume volume) {
                        archived.add(volume);
                    }

                    @Override
                    public void broken(String sentence) {
                        // no volume that is known, so it stays
                    }
                })
                .run();
        for (Volume volume : volumes) {
            Trash.put(disk, volume.name(), volume.kind());
        }
        for (Volume volume : archived) {
            bringBack(volume.kind(), volume.name());
            Trash.put(disk, volume.name(), volume.kind());
        }
        Trash.purge(disk);
        removeEmpty();
    }

    private void bringBack(Volume.Kind kind, VolumeName name) throws IOException {
        disk.move(VolumeLayout.archivedData(kind, name), VolumeLayout.data(kind, name));
        disk.move(VolumeLayout.archivedInfo(kind, name), VolumeLayout.info(kind, name));
    }

    /// Directories of ours that nothing is in any more, and the account.
    private void removeEmpty() throws IOException {
        for (Path top : List.of(Path.of(VolumeLayout.INFO), Path.of(""))) {
            for (Volume.Kind kind : Volume.Kind.values()) {
                Path directory = top.resolve(kind.directory());
                for (String first : disk.names(directory)) {
                    for (String second : disk.names(directory.resolve(first))) {
                        disk.remove(directory.resolve(first).resolve(second));
                    }
                    disk.remove(directory.resolve(first));
                }
                disk.remove(directory);
            }
        }
        disk.remove(Path.of(VolumeLayout.INFO));
        Trash.removeEmpty(disk);
        for (String name : disk.names(Path.of(""))) {
            if (name.equals(ACCOUNT) || name.startsWith(ACCOUNT + "-") || name.startsWith(ACCOUNT + ".corrupt-")) {
                disk.remove(Path.of(name));
            }
        }
    }
}
