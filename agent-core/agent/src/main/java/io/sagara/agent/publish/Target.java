package io.sagara.agent.publish;

import io.sagara.agent.posix.MountInfo;
import io.sagara.agent.posix.Place;
import io.sagara.agent.posix.PosixException;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// A target path that has been reached, and what is there.
public final class Target implements AutoCloseable {
    private static final int ENOENT = 2;
    private static final int ENOTDIR = 20;
    private static final int ENAMETOOLONG = 36;
    private static final String CLIENT_TYPE = "fuse.glusterfs";

    /// What can be at a target.
    public sealed interface Content {
        /// Nothing.
        record Absent() implements Content {}

        /// An empty directory.
        record Empty() implements Content {}

        /// A mount.
        record Mounted(MountInfo.Mount mount) implements Content {}

        /// Something that is in the way. `problem`: what using it would be; `what`: for people.
        record Occupied(Problem problem, String what) implements Content {}
    }

    private final Place place;

    private Target(Place place) {
        this.place = place;
    }

    /// Reaches it. INVALID_ARGUMENT where the way there has a symbolic link, a file or nothing in it, and where it
    /// would lie inside of a volume.
    public static Target reach(Path path) throws IOException {
        return find(path)
                .orElseThrow(() -> new StorageException(
                        Problem.INVALID_ARGUMENT,
                        "the directory of " + path + " does not exist; make it, as kubelet does, and repeat the"
                                + " request"));
    }

    /// As [#reach], but empty where the directory it would be in is absent.
    public static Optional<Target> find(Path path) throws IOException {
        Path parent = path.getParent();
        if (parent != null
                && MountInfo.read().holding(parent).filter(Target::isPool).isPresent()) {
            throw new StorageException(
                    Problem.INVALID_ARGUMENT,
                    path + " lies inside of a mounted pool or volume; use a path on the node's own disk");
        }
        try {
            return Optional.of(new Target(Place.of(path)));
        } catch (PosixException e) {
            if (e.errno() == ENOENT) {
                return Optional.empty();
            }
            if (e.errno() == ENOTDIR || e.errno() == ENAMETOOLONG) {
                throw new StorageException(
                        Problem.INVALID_ARGUMENT,
                        path + " cannot be used: " + e.getMessage() + "; use a path of plain directories",
                        e);
            }
            throw e;
        }
    }

    private static boolean isPool(MountInfo.Mount mount) {
        return mount.type().equals(CLIENT_TYPE);
    }

    /// Its place.
    public Place place() {
        return place;
    }

    /// The path.
    public Path path() {
        return place.path();
    }

    /// What is there now.
    public Content content() throws IOException {
        Optional<Place.Entry> entry = place.look();
        if (entry.isEmpty()) {
            return new Content.Absent();
        }
        if (entry.get().mounted()) {
            return MountInfo.read()
                    .withId(entry.get().mount())
                    .<Content>map(Content.Mounted::new)
                    .orElseGet(() -> new Content.Occupied(Problem.BUSY, "a mount that comes and goes"));
        }
        return switch (entry.get().kind()) {
            case LINK -> new Content.Occupied(Problem.INVALID_ARGUMENT, "a symbolic link");
            case OTHER -> new Content.Occupied(Problem.INVALID_ARGUMENT, "a file");
            case DIRECTORY ->
                place.isEmpty() ? new Content.Empty() : new Content.Occupied(Problem.IN_USE, "a directory with files");
        };
    }

    @Override
    public void close() throws IOException {
        place.close();
    }
}
