package io.sagara.backend.pvc;

import io.sagara.spi.Brick;
import io.sagara.spi.Pool;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import io.sagara.spi.StorageUnit;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/// A brick, and where on this node things about it are: its claim is mounted on a directory with the name of
/// its holder, so that what is mounted tells whose it is, whatever was forgotten meanwhile.
record Unit(Path state, Pool pool, Brick brick) {
    /// Below the root of the claim's file system, as Kadalu lays it out.
    private static final Path BRICK = Path.of("data", "brick");

    private static final Pattern UID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    /// Begins every message.
    String where() {
        return "pool " + pool.name() + ", unit " + brick.index() + ": ";
    }

    String claim() {
        return brick.unit().source();
    }

    /// The UID of the pod that holds the claim. Throws INVALID_ARGUMENT where there is none.
    String holder() {
        String uid = brick.unit().options().getOrDefault(StorageUnit.HOLDER, "");
        if (!UID.matcher(uid).matches()) {
            throw new StorageException(
                    Problem.INVALID_ARGUMENT,
                    "no pod is named that holds the PersistentVolumeClaim " + claim() + ", '" + uid + "' is none;"
                            + " claims are served on Kubernetes only, on one machine list a 'path'");
        }
        return uid;
    }

    /// The UID of the pod that holds the claim; empty where there is none.
    Optional<String> heldBy() {
        return Optional.ofNullable(brick.unit().options().get(StorageUnit.HOLDER))
                .filter(uid -> UID.matcher(uid).matches());
    }

    /// Whether there has been a brick on the claim, on another node perhaps.
    boolean hasServed() {
        return brick.unit().options().containsKey(StorageUnit.MADE);
    }

    /// Where the claim is mounted, whoever holds it.
    Path home() {
        return state.resolve(pool.name().value()).resolve(Integer.toString(brick.index()));
    }

    Path mountPoint() {
        return home().resolve(holder());
    }

    Path directory() {
        return mountPoint().resolve(BRICK);
    }
}
