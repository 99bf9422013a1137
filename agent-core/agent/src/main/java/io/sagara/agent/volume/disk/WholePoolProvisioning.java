package io.sagara.agent.volume.disk;

import io.sagara.agent.posix.Posix;
import io.sagara.spi.Bytes;
import io.sagara.spi.PoolMount;
import io.sagara.spi.Problem;
import io.sagara.spi.Provisioning;
import io.sagara.spi.StorageException;
import io.sagara.spi.Volume;
import io.sagara.spi.VolumeName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/// A pool that is one volume: the root of the pool, with whatever is in it.
///
/// The name and the size of the volume are an attribute of the root directory, which GlusterFS sets on all bricks and
/// pods can neither see nor change (names that begin with `trusted.` are for the node's own root, xattr(7)). So
/// nothing of ours lies among the data, and the data is never ours: whoever deletes or archives the volume, or clears
/// the pool, takes the attribute away and leaves the data.
public final class WholePoolProvisioning implements Provisioning {
    static final String ATTRIBUTE = "trusted.sagara.volume";
    private static final Path ROOT = Path.of("");

    private final Posix posix;

    /// `posix`: sets the attribute.
    public WholePoolProvisioning(Posix posix) {
        this.posix = posix;
    }

    @Override
    public Volume create(PoolMount mount, VolumeName name, Volume.Kind kind, Bytes size) {
        return create(mount, name, kind, size, () -> {});
    }

    @Override
    public Volume create(PoolMount mount, VolumeName name, Volume.Kind kind, Bytes size, Runnable granted) {
        if (kind != Volume.Kind.SUBVOL) {
            throw problem(
                    mount,
                    Problem.INVALID_ARGUMENT,
                    "is one volume (single_pv_per_pool), which is a directory; ask for no block volume in it");
        }
        Optional<Volume> present = present(mount);
        if (present.isPresent()) {
            return same(mount, present.get(), name, size);
        }
        granted.run();
        return attempt(mount, "keep the name of its volume", () -> {
            Volume wanted = new Volume(name, kind, size, ROOT);
            // an agent of another node may do the same for another name
            posix.createAttribute(mount.root(), ATTRIBUTE, text(wanted));
            return same(mount, present(mount).orElse(wanted), name, size);
        });
    }

    private static Volume same(PoolMount mount, Volume present, VolumeName name, Bytes size) {
        if (!present.name().equals(name)) {
            throw problem(
                    mount,
                    Problem.NO_SPACE,
                    "is one volume (single_pv_per_pool), which is " + present.name() + "; delete that, or use another"
                            + " pool for volume " + name);
        }
        if (!present.size().equals(size)) {
            throw problem(
                    mount,
                    Problem.ALREADY_EXISTS,
                    "is volume " + name + " with a size of " + present.size() + ", not " + size
                            + "; ask for that, or expand it");
        }
        return present;
    }

    @Override
    public Volume expand(PoolMount mount, VolumeName name, Bytes size) {
        Volume present =
                find(mount, name).orElseThrow(() -> problem(mount, Problem.NOT_FOUND, "is not volume " + name));
        if (size.compareTo(present.size()) <= 0) {
            return present;
        }
        return attempt(mount, "keep the size of its volume", () -> {
            Volume larger = new Volume(name, present.kind(), size, ROOT);
            posix.setAttribute(mount.root(), ATTRIBUTE, text(larger));
            return larger;
        });
    }

    @Override
    public void delete(PoolMount mount, VolumeName name) {
        if (find(mount, name).isPresent()) {
            forget(mount);
        }
    }

    /// As [#delete]: the data stays anyway.
    @Override
    public void archive(PoolMount mount, VolumeName name) {
        delete(mount, name);
    }

    private void forget(PoolMount mount) {
        var _ = attempt(mount, "forget its volume", () -> {
            posix.removeAttribute(mount.root(), ATTRIBUTE);
            return mount;
        });
    }

    @Override
    public void deleteArchived(PoolMount mount, VolumeName name) {
        // there are none
    }

    @Override
    public void purge(PoolMount mount) {
        // nothing of a deleted volume is ours
    }

    @Override
    public void clear(PoolMount mount) {
        forget(mount);
    }

    @Override
    public Optional<Volume> find(PoolMount mount, VolumeName name) {
        return present(mount).filter(volume -> volume.name().equals(name));
    }

    @Override
    public void list(PoolMount mount, Consumer<Volume> each, Consumer<String> broken) {
        try {
            present(mount).ifPresent(each);
        } catch (StorageException e) {
            if (e.problem() == Problem.UNAVAILABLE) {
                throw e;
            }
            broken.accept(String.valueOf(e.getMessage()));
        }
    }

    private Optional<Volume> present(PoolMount mount) {
        Optional<byte[]> value =
                attempt(mount, "read the name of its volume", () -> posix.attribute(mount.root(), ATTRIBUTE));
        return value.map(text -> volume(mount, new String(text, StandardCharsets.UTF_8)));
    }

    /// `1073741824 pvc-1`.
    private static byte[] text(Volume volume) {
        return (volume.size().value() + " " + volume.name()).getBytes(StandardCharsets.UTF_8);
    }

    private static Volume volume(PoolMount mount, String text) {
        int space = text.indexOf(' ');
        try {
            return new Volume(
                    new VolumeName(text.substring(space + 1)),
                    Volume.Kind.SUBVOL,
                    new Bytes(Long.parseLong(text.substring(0, Math.max(0, space)))),
                    ROOT);
        } catch (NumberFormatException | StorageException e) {
            throw new StorageException(
                    Problem.INTERNAL,
                    "pool " + mount.pool().name() + ": the attribute " + ATTRIBUTE + " of " + mount.root() + " is '"
                            + text + "' and no size with a name; set it right or remove it by hand (setfattr)",
                    e);
        }
    }

    private static StorageException problem(PoolMount mount, Problem problem, String what) {
        return new StorageException(problem, "pool " + mount.pool().name() + " " + what);
    }

    private interface Step<T> {
        T run() throws IOException;
    }

    private static <T> T attempt(PoolMount mount, String what, Step<T> step) {
        try {
            return step.run();
        } catch (IOException e) {
            throw new StorageException(
                    Problem.UNAVAILABLE,
                    "pool " + mount.pool().name() + " cannot " + what + ": " + e.getMessage()
                            + "; look at the pool's mount, and repeat the request",
                    e);
        }
    }
}
