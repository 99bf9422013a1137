package io.sagara.agent.volume.disk;

import com.google.gson.JsonParseException;
import io.sagara.spi.Provisioning.Findings;
import io.sagara.spi.StorageException;
import io.sagara.spi.Volume;
import io.sagara.spi.VolumeName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/// One look at everything in a pool: info files first, then the data beside them. What comes or goes meanwhile
/// may be reported as unfinished, never as broken.
final class Inspection {
    /// Each file takes several calls to the bricks, which wait for the network and not for this processor.
    private static final int THREADS = 8;

    private static final String TEMPORARY = ".tmp";

    private final PoolDisk disk;
    private final Findings findings;
    // the data that an info file stands for, readable or not; complete before other threads read it
    private final Map<Path, VolumeLayout.Owner> known = new HashMap<>();
    private final Set<Path> seen = new HashSet<>();

    Inspection(PoolDisk disk, Findings findings) {
        this.disk = disk;
        this.findings = findings;
    }

    void run() throws IOException {
        Set<String> meant = Trash.meant(disk);
        for (String name : Trash.comingBack(disk)) {
            findings.leftover(new VolumeName(name));
        }
        Set<String> unfinished = BlockFiles.unfinished(disk);
        meant.addAll(unfinished);
        unfinished.stream().flatMap(name -> VolumeLayout.parse(name).stream()).forEach(findings::leftover);
        try (ExecutorService threads = Executors.newFixedThreadPool(
                THREADS, Thread.ofPlatform().daemon().name("inspection-", 0).factory())) {
            for (Volume.Kind kind : Volume.Kind.values()) {
                buckets(threads, VolumeLayout.infoTop(kind), kind, this::infoBucket);
            }
            for (Volume.Kind kind : Volume.Kind.values()) {
                buckets(threads, Path.of(""), kind, (of, bucket) -> dataBucket(of, bucket, meant));
            }
            for (Map.Entry<Path, VolumeLayout.Owner> volume : known.entrySet()) {
                if (!seen.contains(volume.getKey())) {
                    unseen(volume.getKey(), volume.getValue());
                }
            }
        }
    }

    /// Looks at all buckets below `top` and hands over what each tells, on this thread.
    private void buckets(ExecutorService threads, Path top, Volume.Kind kind, Look look) throws IOException {
        List<Future<List<Consumer<Inspection>>>> looks = new ArrayList<>();
        Path kindDirectory = Path.of(kind.directory());
        for (String first : disk.names(top.resolve(kindDirectory))) {
            looks.add(threads.submit(() -> {
                List<Consumer<Inspection>> told = new ArrayList<>();
                Path half = kindDirectory.resolve(first);
                for (String second : disk.names(top.resolve(half))) {
                    told.addAll(look.at(kind, half.resolve(second)));
                }
                return told;
            }));
        }
        try {
            for (Future<List<Consumer<Inspection>>> done : looks) {
                done.get().forEach(tell -> tell.accept(this));
            }
        } catch (ExecutionException e) {
            looks.forEach(rest -> rest.cancel(true));
            switch (e.getCause()) {
                case IOException io -> throw io;
                case StorageException problem -> throw problem;
                case null, default -> throw new IOException("it was not looked at: " + e.getCause(), e);
            }
        } catch (InterruptedException e) {
            looks.forEach(rest -> rest.cancel(true));
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private List<Consumer<Inspection>> infoBucket(Volume.Kind kind, Path bucket) throws IOException {
        List<Consumer<Inspection>> told = new ArrayList<>();
        for (String file : disk.names(VolumeLayout.infoTop(kind).resolve(bucket))) {
            told.add(info(kind, bucket, file));
        }
        return told;
    }

    private Consumer<Inspection> info(Volume.Kind kind, Path bucket, String file) throws IOException {
        Path path = VolumeLayout.infoTop(kind).resolve(bucket).resolve(file);
        if (file.endsWith(TEMPORARY)) {
            return temporary(kind, bucket, file);
        }
        String name =
                file.endsWith(VolumeLayout.JSON) ? file.substring(0, file.length() - VolumeLayout.JSON.length()) : "";
        Optional<VolumeLayout.Owner> owner = VolumeLayout.owner(kind, bucket, name);
        if (owner.isEmpty()) {
            return it -> it.findings.broken(path + " is no info file of a volume that belongs there; move it away");
        }
        Path data = bucket.resolve(name);
        try {
            Optional<InfoFile> info = Optional.of(InfoFile.parse(Files.readAllBytes(disk.absolute(path))));
            Volume volume = new Volume(owner.get().name(), kind, info.get().size(), data);
            return it -> it.found(volume, owner.get());
        } catch (NoSuchFileException e) {
            return it -> {};
        } catch (JsonParseException e) {
            return it -> it.unreadable(data, owner.get(), PoolDisk.damaged(path, e));
        } catch (IOException e) {
            refuseDeadMount(kind, e);
            return it -> it.unreadable(data, owner.get(), path + " cannot be read: " + e.getMessage());
        }
    }

    private static Consumer<Inspection> temporary(Volume.Kind kind, Path bucket, String file) {
        String written = file.substring(1, file.length() - TEMPORARY.length());
        String name = written.endsWith(VolumeLayout.JSON)
                ? written.substring(0, written.length() - VolumeLayout.JSON.length())
                : "";
        return VolumeLayout.owner(kind, bucket, name)
                .filter(owner -> !owner.archived())
                .<Consumer<Inspection>>map(owner -> it -> it.findings.leftover(owner.name()))
                .orElse(it -> {});
    }

    /// One file that cannot be read costs one volume, a dead mount the whole look.
    private void refuseDeadMount(Volume.Kind kind, IOException reason) throws IOException {
        try {
            disk.names(VolumeLayout.infoTop(kind));
        } catch (IOException e) {
            e.addSuppressed(reason);
            throw e;
        }
    }

    private void found(Volume volume, VolumeLayout.Owner owner) {
        known.put(volume.path(), owner);
        if (owner.archived()) {
            findings.archived(volume);
        } else {
            findings.volume(volume);
        }
    }

    private void unreadable(Path data, VolumeLayout.Owner owner, String sentence) {
        known.put(data, owner);
        findings.broken(sentence);
    }

    /// An info file without its data: gone meanwhile, an archive that was cut short, or a loss.
    private void unseen(Path data, VolumeLayout.Owner owner) throws IOException {
        Path info =
                VolumeLayout.infoTop(owner.kind()).resolve(data.resolveSibling(data.getFileName() + VolumeLayout.JSON));
        boolean cutShort =
                owner.archived() && disk.exists(data.resolveSibling(owner.name().value()));
        if (!cutShort && disk.exists(info) && !disk.exists(data)) {
            findings.broken(PoolDisk.lost(data));
        }
    }

    private List<Consumer<Inspection>> dataBucket(Volume.Kind kind, Path bucket, Set<String> meant) throws IOException {
        List<Consumer<Inspection>> told = new ArrayList<>();
        for (String name : disk.names(bucket)) {
            Path data = bucket.resolve(name);
            if (known.containsKey(data)) {
                told.add(it -> it.seen.add(data));
            } else {
                told.add(stray(kind, bucket, name, meant));
            }
        }
        return told;
    }

    private Consumer<Inspection> stray(Volume.Kind kind, Path bucket, String name, Set<String> meant)
            throws IOException {
        Path data = bucket.resolve(name);
        Optional<VolumeLayout.Owner> owner = VolumeLayout.owner(kind, bucket, name);
        if (owner.isEmpty()) {
            return it -> it.findings.broken(data + " is no volume that belongs there; move it away");
        }
        VolumeName volume = owner.get().name();
        boolean unfinished = meant.contains(volume.value())
                || (!owner.get().archived()
                        && (disk.empty(data) || disk.exists(VolumeLayout.archivedInfo(kind, volume))));
        if (unfinished || disk.exists(VolumeLayout.info(kind, volume))) {
            return it -> it.findings.leftover(volume);
        }
        // deleted, or begun to be made, since the trash was looked at
        if (Trash.meant(disk, volume) || BlockFiles.unfinished(disk, volume) || !disk.exists(data)) {
            return it -> it.findings.leftover(volume);
        }
        return it -> it.findings.broken(SubdirProvisioning.foreign(data));
    }

    /// What one bucket has to tell, told later and on one thread.
    private interface Look {
        List<Consumer<Inspection>> at(Volume.Kind kind, Path bucket) throws IOException;
    }
}
