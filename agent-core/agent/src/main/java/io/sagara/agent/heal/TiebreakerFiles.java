package io.sagara.agent.heal;

import io.sagara.agent.posix.Posix;
import io.sagara.spi.Brick;
import io.sagara.spi.Pool;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// What a tiebreaker says of the bricks of a pool, read from its own disk: a file for each set, whose attributes
/// name the brick that has missed something.
public record TiebreakerFiles(Posix posix) {
    /// How AFR of GlusterFS names them.
    private static final String PREFIX = "trusted.afr.";

    /// The indices of the bricks that are not to be read from before they are healed.
    public List<Integer> stale(Pool pool, Path directory) throws IOException {
        SortedSet<Integer> stale = new TreeSet<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, PREFIX + pool.name() + "-ta-*")) {
            for (Path file : files) {
                for (Brick brick : pool.bricks()) {
                    Optional<byte[]> counters = posix.attribute(file, PREFIX + pool.clientName(brick));
                    if (counters.filter(Accusations::isOne).isPresent()) {
                        stale.add(brick.index());
                    }
                }
            }
            return List.copyOf(stale);
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }
}
