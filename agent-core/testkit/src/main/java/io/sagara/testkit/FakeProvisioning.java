package io.sagara.testkit;

import io.sagara.spi.Bytes;
import io.sagara.spi.PoolMount;
import io.sagara.spi.Problem;
import io.sagara.spi.Provisioning;
import io.sagara.spi.StorageException;
import io.sagara.spi.Volume;
import io.sagara.spi.VolumeName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// Volumes as directories `<kind>/<name>` of the pool, each with its size in a file `sizes/<kind>/<name>`. It
/// keeps the promises of [Provisioning] except that it is slow on large pools and survives no crash; deleting
/// removes the data at once, archiving moves both into directories of their own.
public final class FakeProvisioning implements Provisioning {
    private static final Path SIZES = Path.of("sizes");
    private static final Path ARCHIVED = Path.of("archived");
    private static final Path ARCHIVED_SIZES = Path.of("archived-sizes");

    /// There is nothing to set.
    public FakeProvisioning() {}

    @Override
    public Volume create(PoolMount mount, VolumeName name, Volume.Kind kind, Bytes size) {
        return onMount(mount, () -> {
            Volume volume = new Volume(name, kind, size, Path.of(kind.directory(), name.value()));
            Files.createDirectories(mount.root().resolve(volume.path()));
            write(mount, volume);
            return volume;
        });
    }

    @Override
    public Volume expand(PoolMount mount, VolumeName name, Bytes size) {
        return onMount(mount, () -> {
            Volume volume = find(mount, name)
                    .orElseThrow(() -> new StorageException(
                            Problem.NOT_FOUND,
                            "pool " + mount.pool().name() + " has no volume " + name + "; list its volumes"));
            if (size.compareTo(volume.size()) <= 0) {
                return volume;
            }
            Volume larger = new Volume(name, volume.kind(), size, volume.path());
            write(mount, larger);
            return larger;
        });
    }

    /// Limits first, so that a volume without its limit is never found.
    private static void write(PoolMount mount, Volume volume) throws IOException {
        if (mount.pool().quota()) {
            mount.limit(mount.root().resolve(volume.path()), volume.size());
        }
        Path info = mount.root().resolve(SIZES).resolve(volume.path());
        Files.createDirectories(info.getParent());
        Files.writeString(info, Long.toString(volume.size().value()));
    }

    @Override
    public void delete(PoolMount mount, VolumeName name) {
        onMount(mount, () -> {
            Optional<Volume> volume = find(mount, name);
            if (volume.isPresent()) {
                Files.delete(mount.root().resolve(SIZES).resolve(volume.get().path()));
                removeTree(mount.root().resolve(volume.get().path()));
            }
            return volume;
        });
    }

    @Override
    public void archive(PoolMount mount, VolumeName name) {
        onMount(mount, () -> {
            for (Volume.Kind kind : Volume.Kind.values()) {
                Path live = Path.of(kind.directory(), name.value());
                move(mount, SIZES.resolve(live), ARCHIVED_SIZES.resolve(live));
                move(mount, live, ARCHIVED.resolve(live));
            }
            return name;
        });
    }

    @Override
    public Volume restore(PoolMount mount, VolumeName name) {
        return onMount(mount, () -> {
            Optional<Volume> present = find(mount, name);
            if (present.isPresent() && findArchived(mount, name).isPresent()) {
                throw new StorageException(Problem.ALREADY_EXISTS, "volume " + name + " exists; delete it first");
            }
            for (Volume.Kind kind : Volume.Kind.values()) {
                Path live = Path.of(kind.directory(), name.value());
                move(mount, ARCHIVED.resolve(live), live);
                move(mount, ARCHIVED_SIZES.resolve(live), SIZES.resolve(live));
            }
            return find(mount, name)
                    .orElseThrow(() -> new StorageException(
                            Problem.NOT_FOUND, "no volume " + name + " is archived; list its volumes"));
        });
    }

    private static void move(PoolMount mount, Path from, Path to) throws IOException {
        Path source = mount.root().resolve(from);
        if (Files.exists(source)) {
            Files.createDirectories(mount.root().resolve(to).getParent());
            Files.move(source, mount.root().resolve(to));
        }
    }

    @Override
    public Optional<Volume> findArchived(PoolMount mount, VolumeName name) {
        return onMount(mount, () -> {
            for (Volume.Kind kind : Volume.Kind.values()) {
                Path live = Path.of(kind.directory(), name.value());
                Path size = mount.root().resolve(ARCHIVED_SIZES).resolve(live);
                if (Files.exists(size)) {
                    Bytes bytes =
                            new Bytes(Long.parseLong(Files.readString(size).strip()));
                    return Optional.of(new Volume(name, kind, bytes, ARCHIVED.resolve(live)));
                }
            }
            return Optional.empty();
        });
    }

    @Override
    public void deleteArchived(PoolMount mount, VolumeName name) {
        onMount(mount, () -> {
            Optional<Volume> archived = findArchived(mount, name);
            if (archived.isPresent()) {
                Path live = ARCHIVED.relativize(archived.get().path());
                Files.delete(mount.root().resolve(ARCHIVED_SIZES).resolve(live));
                removeTree(mount.root().resolve(archived.get().path()));
            }
            return name;
        });
    }

    private static void removeTree(Path top) throws IOException {
        try (Stream<Path> tree = Files.walk(top)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    @Override
    public void purge(PoolMount mount) {
        mount.usage();
    }

    @Override
    public Optional<Volume> find(PoolMount mount, VolumeName name) {
        return onMount(mount, () -> {
            for (Volume.Kind kind : Volume.Kind.values()) {
                Path path = Path.of(kind.directory(), name.value());
                if (Files.exists(mount.root().resolve(SIZES).resolve(path))) {
                    return Optional.of(read(mount, path));
                }
            }
            return Optional.empty();
        });
    }

    @Override
    public void list(PoolMount mount, Consumer<Volume> each, Consumer<String> broken) {
        Path sizes = mount.root().resolve(SIZES);
        List<Path> files = onMount(mount, () -> {
            if (!Files.exists(sizes)) {
                return List.of();
            }
            try (Stream<Path> tree = Files.walk(sizes, 2)) {
                return tree.filter(Files::isRegularFile).map(sizes::relativize).toList();
            }
        });
        for (Path path : files) {
            try {
                each.accept(read(mount, path));
            } catch (IOException | NumberFormatException e) {
                broken.accept("volume " + path + ": " + e);
            }
        }
    }

    private static Volume read(PoolMount mount, Path path) throws IOException {
        Volume.Kind kind = Volume.Kind.valueOf(path.getName(0).toString().toUpperCase(Locale.ROOT));
        String size = Files.readString(mount.root().resolve(SIZES).resolve(path));
        return new Volume(
                new VolumeName(path.getName(1).toString()), kind, new Bytes(Long.parseLong(size.strip())), path);
    }

    private interface Work<T> {
        T run() throws IOException;
    }

    private static <T> T onMount(PoolMount mount, Work<T> work) {
        mount.usage();
        try {
            return work.run();
        } catch (IOException e) {
            throw new StorageException(
                    Problem.UNAVAILABLE, "pool " + mount.pool().name() + ": " + e, e);
        }
    }
}
