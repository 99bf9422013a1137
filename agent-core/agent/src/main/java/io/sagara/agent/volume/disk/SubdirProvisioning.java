package io.sagara.agent.volume.disk;

import io.sagara.agent.file.FileChanges;
import io.sagara.agent.process.ProcessCommands;
import io.sagara.spi.Bytes;
import io.sagara.spi.PoolMount;
import io.sagara.spi.Problem;
import io.sagara.spi.Provisioning;
import io.sagara.spi.Volume;
import io.sagara.spi.VolumeName;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;

/// Volumes as directories with a limit; block volumes, which are files, are made by [BlockFiles].
///
/// A volume exists from the moment its info file has its name until that file loses it; each is one rename.
/// What is done before the first and after the second may be cut short by a crash; [#inspect] finds it and
/// [#recover] ends it:
///
/// - **create**: directory, limit, info file. Cut short, an empty directory is left, which is removed. The
///   space may be reserved while directory and limit are made; the info file waits for it. So a crash leaves an
///   empty directory, or a reservation, or both, and never a volume whose space is not reserved.
/// - **copy**, **snapshot**: a mark, then as create, with the content before the info file ([VolumeCopy]). Cut short,
///   the mark is left, which says that the directory goes to the trash.
/// - **expand**: info file, then the limit: a volume may hold less than it is counted for, but never more. Cut
///   short, repeating it sets the limit.
/// - **delete**: the info file into the trash, then the directory. Cut short, the directory follows, because
///   the info file in the trash says that it was meant. A directory with files but without either is never
///   touched.
/// - **archive**: the info file gets its new name, then the directory.
/// - **restore**: the directory gets its name back, then the info file. Cut short, it is undone; see [Trash] for
///   what keeps it apart from a purge.
///
/// A directory in the trash keeps its limit until it is purged, so that a client that still writes into it
/// cannot fill the pool.
///
/// Volumes belong to root and have mode 0755. Kadalu makes them world-writable when it publishes them, which
/// lets every user of every pod that mounts one write; here a pod that does not run as root gets access through
/// `fsGroup`, as for any other volume. The mode of volumes that exist is not changed.
public final class SubdirProvisioning implements Provisioning {
    private final FileChanges changes;
    private final InstantSource clock;
    private final BlockFiles blocks;

    /// The real one.
    public SubdirProvisioning() {
        this(InstantSource.system());
    }

    /// `clock`: tells when volumes are deleted.
    public SubdirProvisioning(InstantSource clock) {
        this(FileChanges.onGlusterFs(), clock);
    }

    SubdirProvisioning(FileChanges changes) {
        this(changes, InstantSource.system());
    }

    private SubdirProvisioning(FileChanges changes, InstantSource clock) {
        this.changes = changes;
        this.clock = clock;
        this.blocks = new BlockFiles(new ProcessCommands());
    }

    @Override
    public Volume create(PoolMount mount, VolumeName name, Volume.Kind kind, Bytes size) {
        return create(mount, name, kind, size, () -> {});
    }

    @Override
    public Volume create(PoolMount mount, VolumeName name, Volume.Kind kind, Bytes size, Runnable granted) {
        PoolDisk disk = new PoolDisk(mount, changes);
        Volume wanted = new Volume(name, kind, size, VolumeLayout.data(kind, name));
        return disk.attempt("volume " + name + " cannot be made", () -> switch (kind) {
            case SUBVOL -> new SubdirCreation(disk, wanted).run(granted);
            case VIRTBLOCK, RAWBLOCK -> blocks.create(disk, wanted, granted);
            case SNAPSHOT ->
                throw disk.problem(
                        Problem.INVALID_ARGUMENT, "snapshot " + name + " cannot begin empty; make it of a volume");
        });
    }

    static String archived(VolumeName name) {
        return "volume " + name + " is archived as archived-" + name + "; purge that, or choose another name";
    }

    static String foreign(Path data) {
        return data + " holds files but has no info file; move it away, or write its info file";
    }

    @Override
    public Volume copy(PoolMount mount, VolumeName source, VolumeName name, Bytes size, Runnable granted) {
        PoolDisk disk = new PoolDisk(mount, changes);
        return disk.attempt(
                "volume " + name + " cannot be made as a copy of volume " + source,
                () -> new VolumeCopy(disk, new ProcessCommands(), clock, source).to(name, size, granted));
    }

    @Override
    public Snapshot snapshot(PoolMount mount, VolumeName source, VolumeName name, Bytes size, Runnable granted) {
        PoolDisk disk = new PoolDisk(mount, changes);
        return disk.attempt(
                "snapshot " + name + " of volume " + source + " cannot be made",
                () -> new VolumeCopy(disk, new ProcessCommands(), clock, source).snapshot(name, size, granted));
    }

    @Override
    public Optional<Snapshot> findSnapshot(PoolMount mount, VolumeName name) {
        PoolDisk disk = new PoolDisk(mount, changes);
        return disk.attempt("snapshot " + name + " cannot be looked up", () -> Snapshots.find(disk, name));
    }

    @Override
    public Optional<VolumeName> source(PoolMount mount, VolumeName name) {
        PoolDisk disk = new PoolDisk(mount, changes);
        return disk.attempt(
                "volume " + name + " cannot be looked up",
                () -> disk.find(name).flatMap(found -> found.info().source()).flatMap(VolumeLayout::parse));
    }

    @Override
    public Optional<String> signOfLife(PoolMount mount, VolumeName name) {
        PoolDisk disk = new PoolDisk(mount, changes);
        return disk.attempt("the copying of volume " + name + " cannot be looked at", () -> CopyMark.read(disk, name));
    }

    @Override
    public Volume expand(PoolMount mount, VolumeName name, Bytes size) {
        PoolDisk disk = new PoolDisk(mount, changes);
        return disk.attempt("volume " + name + " cannot be expanded", () -> {
            PoolDisk.Found found =
                    disk.find(name).orElseThrow(() -> disk.problem(Problem.NOT_FOUND, "there is no volume " + name));
            Volume old = found.volume();
            if (old.kind() != Volume.Kind.SUBVOL) {
                return blocks.expand(disk, found, size);
            }
            Bytes larger = size.compareTo(old.size()) > 0 ? size : old.size();
            if (!larger.equals(old.size())) {
                disk.write(VolumeLayout.info(old.kind(), name), found.info().withSize(larger));
            }
            disk.ensureLimit(old.path(), larger);
            return new Volume(name, old.kind(), larger, old.path());
        });
    }

    @Override
    public void delete(PoolMount mount, VolumeName name) {
        PoolDisk disk = new PoolDisk(mount, changes);
        disk.attempt("volume " + name + " cannot be deleted", () -> {
            for (Volume.Kind kind : Volume.Kind.values()) {
                Path info = VolumeLayout.info(kind, name);
                if (Trash.put(disk, name, info, VolumeLayout.data(kind, name), clock.instant())) {
                    return name;
                }
            }
            return name;
        });
    }

    @Override
    public void deleteArchived(PoolMount mount, VolumeName name) {
        PoolDisk disk = new PoolDisk(mount, changes);
        disk.attempt("volume archived-" + name + " cannot be deleted", () -> {
            for (Volume.Kind kind : Volume.Kind.values()) {
                Path info = VolumeLayout.archivedInfo(kind, name);
                if (Trash.put(disk, name, info, VolumeLayout.archivedData(kind, name), clock.instant())) {
                    return name;
                }
            }
            return name;
        });
    }

    @Override
    public Volume restore(PoolMount mount, VolumeName name) {
        PoolDisk disk = new PoolDisk(mount, changes);
        return disk.attempt("volume " + name + " cannot be brought back", new Restoration(disk, name)::run);
    }

    @Override
    public void deleted(PoolMount mount, Consumer<Deleted> each) {
        PoolDisk disk = new PoolDisk(mount, changes);
        disk.attempt("its deleted volumes cannot be listed", () -> {
            Trash.list(disk, each);
            return disk;
        });
    }

    @Override
    public Optional<Volume> findDeleted(PoolMount mount, VolumeName name) {
        PoolDisk disk = new PoolDisk(mount, changes);
        return disk.attempt(
                "deleted volume " + name + " cannot be looked up",
                () -> Trash.last(disk, name).map(Deleted::volume));
    }

    @Override
    public void archive(PoolMount mount, VolumeName name) {
        PoolDisk disk = new PoolDisk(mount, changes);
        disk.attempt("volume " + name + " cannot be archived", () -> {
            Restoration.archive(disk, name);
            return name;
        });
    }

    @Override
    public void recover(PoolMount mount, VolumeName name) {
        PoolDisk disk = new PoolDisk(mount, changes);
        disk.attempt("what is left of volume " + name + " cannot be put right", () -> {
            for (Volume.Kind kind : Volume.Kind.values()) {
                BlockFiles.undo(disk, name, kind);
            }
            new Recovery(disk, name).run();
            return name;
        });
    }

    @Override
    public void purge(PoolMount mount) {
        purge(mount, new Purging() {});
    }

    @Override
    public void purge(PoolMount mount, Purging purging) {
        PoolDisk disk = new PoolDisk(mount, changes);
        disk.attempt("the trash cannot be purged", () -> {
            Trash.purge(disk, purging);
            return disk;
        });
    }

    @Override
    public void clear(PoolMount mount) {
        PoolDisk disk = new PoolDisk(mount, changes);
        disk.attempt("its volumes cannot be removed", () -> {
            new Clearance(disk, clock).run();
            return disk;
        });
    }

    @Override
    public Optional<Volume> find(PoolMount mount, VolumeName name) {
        PoolDisk disk = new PoolDisk(mount, changes);
        return disk.attempt(
                "volume " + name + " cannot be looked up", () -> disk.find(name).map(PoolDisk.Found::volume));
    }

    @Override
    public Optional<Volume> findArchived(PoolMount mount, VolumeName name) {
        PoolDisk disk = new PoolDisk(mount, changes);
        return disk.attempt("volume archived-" + name + " cannot be looked up", () -> Restoration.archived(disk, name));
    }

    @Override
    public void list(PoolMount mount, Consumer<Volume> each, Consumer<String> broken) {
        inspect(mount, new Findings() {
            @Override
            public void volume(Volume volume) {
                each.accept(volume);
            }

            @Override
            public void broken(String sentence) {
                broken.accept(sentence);
            }
        });
    }

    @Override
    public void inspect(PoolMount mount, Findings findings) {
        PoolDisk disk = new PoolDisk(mount, changes);
        disk.attempt("its volumes cannot be listed", () -> {
            new Inspection(disk, findings).run();
            return disk;
        });
    }
}
