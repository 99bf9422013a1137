package io.sagara.agent.volume.disk;

import io.sagara.spi.Provisioning.Findings;
import io.sagara.spi.Provisioning.Purging;
import io.sagara.spi.Volume;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/// Takes all volumes out of a pool whose storage is someone else's, and what was kept about them. What is no
/// volume stays, also where it lies among them.
final class Clearance {
    private static final String ACCOUNT = "stat.db";

    private final PoolDisk disk;
    private final InstantSource clock;

    Clearance(PoolDisk disk, InstantSource clock) {
        this.disk = disk;
        this.clock = clock;
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
            discard(
                    volume,
                    VolumeLayout.info(volume.kind(), volume.name()),
                    VolumeLayout.data(volume.kind(), volume.name()));
        }
        for (Volume volume : archived) {
            discard(
                    volume,
                    VolumeLayout.archivedInfo(volume.kind(), volume.name()),
                    VolumeLayout.archivedData(volume.kind(), volume.name()));
        }
        Trash.purge(disk, new Purging() {});
        removeEmpty();
    }

    private void discard(Volume volume, Path info, Path data) throws IOException {
        boolean _ = Trash.put(disk, volume.name(), info, data, clock.instant());
    }

    /// Directories of ours that nothing is in any more, and the account.
    private void removeEmpty() throws IOException {
        for (Volume.Kind kind : Volume.Kind.values()) {
            for (Path top : List.of(VolumeLayout.infoTop(kind), Path.of(""))) {
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
        for (Volume.Kind kind : Volume.Kind.values()) {
            disk.remove(VolumeLayout.infoTop(kind));
        }
        Trash.removeEmpty(disk);
        for (String name : disk.names(Path.of(""))) {
            if (name.equals(ACCOUNT) || name.startsWith(ACCOUNT + "-") || name.startsWith(ACCOUNT + ".corrupt-")) {
                disk.remove(Path.of(name));
            }
        }
    }
}
