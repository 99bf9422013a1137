package io.sagara.agent.brick;

import io.sagara.spi.Brick;
import io.sagara.spi.Pool;
import io.sagara.spi.Tiebreaker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Which brick of its pool a directory is, in a file that clients do not see. All bricks of a pool carry the
/// same volume id, and two of them swapped would make replicas heal the newer copy from the older: GlusterFS
/// notes which copy is stale by the index. (An attribute would do as well on one brick, but replication would
/// try to make it equal on all.)
final class BrickMark {
    static final String FILE = "sagara-brick";

    private BrickMark() {}

    static void write(Path hidden, Pool pool, Brick brick) throws IOException {
        Path file = hidden.resolve(FILE);
        if (!Files.exists(file) || Files.readString(file).isBlank()) {
            Files.writeString(file, text(pool, brick));
        }
    }

    /// What the directory says it is, where that is not this brick. A brick that Kadalu or an operator made
    /// says nothing.
    static Optional<String> other(Path hidden, Pool pool, Brick brick) throws IOException {
        Path file = hidden.resolve(FILE);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        String found = Files.readString(file);
        // empty: the machine went down before the text reached the disk
        return Optional.of(found).filter(text -> !text.isBlank() && !text.equals(text(pool, brick)));
    }

    private static String text(Pool pool, Brick brick) {
        String what = brick.index() == Tiebreaker.INDEX ? "tiebreaker" : "brick " + brick.index();
        return what + " of volume " + pool.id() + "\n";
    }
}
