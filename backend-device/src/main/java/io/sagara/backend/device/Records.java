package io.sagara.backend.device;

import io.sagara.backend.device.plan.BrickRecord;
import io.sagara.backend.device.system.AtomicFile;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The records of all bricks of this node, one file each. Any number of threads, on different bricks.
record Records(Path state) {
    private static final String SUFFIX = ".record";

    private AtomicFile file(Unit unit) {
        return new AtomicFile(unit.home(), unit.brick().index() + SUFFIX);
    }

    /// Throws INTERNAL where it is not readable as a record.
    Optional<BrickRecord> load(Unit unit) {
        try {
            return file(unit).read().map(BrickRecord::of);
        } catch (IllegalArgumentException e) {
            throw new StorageException(
                    Problem.INTERNAL,
                    file(unit).path() + " is damaged (" + e.getMessage() + "); remove it: a brick of this pool is found"
                            + " again by its volume id",
                    e);
        }
    }

    void save(Unit unit, BrickRecord record) {
        file(unit).write(record.text());
    }

    void forget(Unit unit) {
        file(unit).delete();
    }

    /// Removes the directory of a pool with nothing left in it.
    void tidy(Unit unit) {
        try {
            Files.deleteIfExists(unit.home());
        } catch (DirectoryNotEmptyException _) {
            // other bricks, or the record of this one
        } catch (IOException e) {
            throw new StorageException(Problem.UNAVAILABLE, state + " cannot be written (" + e + "); check it", e);
        }
    }

    /// Every other brick's. A damaged one is its own brick's failure and left out here.
    List<BrickRecord> others(Unit unit) {
        List<BrickRecord> others = new ArrayList<>();
        try (Stream<Path> tree = Files.walk(state, 2)) {
            for (Path path :
                    tree.filter(path -> path.toString().endsWith(SUFFIX)).toList()) {
                if (!path.equals(file(unit).path())) {
                    read(path).ifPresent(others::add);
                }
            }
        } catch (IOException e) {
            throw new StorageException(Problem.UNAVAILABLE, state + " cannot be read (" + e + "); check it", e);
        }
        return others;
    }

    private Optional<BrickRecord> read(Path path) {
        try {
            return new AtomicFile(state, state.relativize(path).toString())
                    .read()
                    .map(BrickRecord::of);
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }
}
