package io.sagara.agent.volume.disk;

import io.sagara.spi.Problem;
import io.sagara.spi.Volume;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// Makes one volume that is an empty directory with a limit, or finds it made.
final class SubdirCreation {
    private final PoolDisk disk;
    private final Volume wanted;
    private final Path info;

    SubdirCreation(PoolDisk disk, Volume wanted) {
        this.disk = disk;
        this.wanted = wanted;
        this.info = VolumeLayout.info(wanted.kind(), wanted.name());
    }

    /// As [io.sagara.spi.Provisioning#create].
    Volume run(Runnable granted) throws IOException {
        Path data = wanted.path();
        boolean fresh = disk.makeLeaf(data);
        try {
            Optional<Volume> existing = claim(fresh);
            if (existing.isEmpty()) {
                disk.limit(data, wanted.size());
            }
            // last before the info file: without one the directory is no volume, takes no space, and is undone
            granted.run();
            if (existing.isPresent()) {
                return existing.get();
            }
        } catch (IOException | RuntimeException e) {
            // one who was given up may have been replaced, and the directory be another's by now
            if (fresh && !Thread.currentThread().isInterrupted()) {
                removeQuietly(e);
            }
            throw e;
        }
        disk.write(info, InfoFile.of(wanted.size(), VolumeLayout.bucket(wanted.kind(), wanted.name())));
        return wanted;
    }

    /// Makes sure that the directory is that of a new volume of this name, or finds the volume.
    private Optional<Volume> claim(boolean fresh) throws IOException {
        Path data = wanted.path();
        boolean known = !disk.makeDirectory(info.getParent());
        Optional<InfoFile> there = known ? disk.info(info) : Optional.empty();
        if (there.isPresent()) {
            if (fresh) {
                throw disk.problem(Problem.INTERNAL, "volume " + wanted.name() + ": " + PoolDisk.lost(data));
            }
            return Optional.of(existing(there.get()));
        }
        if (known && disk.exists(VolumeLayout.archivedInfo(wanted.kind(), wanted.name()))) {
            throw disk.problem(Problem.ALREADY_EXISTS, SubdirProvisioning.archived(wanted.name()));
        }
        if (!fresh && !disk.empty(data)) {
            if (!Trash.follow(disk, wanted.name(), data)) {
                throw disk.problem(Problem.ALREADY_EXISTS, SubdirProvisioning.foreign(data));
            }
            disk.makeLeaf(data);
        }
        return Optional.empty();
    }

    private Volume existing(InfoFile there) {
        there.source().ifPresent(source -> {
            throw disk.problem(
                    Problem.ALREADY_EXISTS,
                    "volume " + wanted.name() + " exists as a copy of " + source + "; choose another name");
        });
        if (!there.size().equals(wanted.size())) {
            throw disk.problem(
                    Problem.ALREADY_EXISTS,
                    "volume " + wanted.name() + " has " + there.size() + " and cannot be made again with "
                            + wanted.size() + "; choose another name, or expand it");
        }
        disk.ensureLimit(wanted.path(), wanted.size());
        return wanted;
    }

    private void removeQuietly(Exception reason) {
        try {
            disk.remove(wanted.path());
        } catch (IOException e) {
            reason.addSuppressed(e);
        }
    }
}
