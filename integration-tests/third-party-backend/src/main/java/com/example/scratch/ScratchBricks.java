package com.example.scratch;

import io.sagara.spi.BackendHost;
import io.sagara.spi.Brick;
import io.sagara.spi.BrickHealth;
import io.sagara.spi.Bricks;
import io.sagara.spi.Bytes;
import io.sagara.spi.NativeBricks;
import io.sagara.spi.Pool;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Role 2: `- scratch: fast/one` is a brick in the directory `one` of the disk `fast`, which only the
/// administrator of the node gives a path.
final class ScratchBricks implements Bricks {
    private static final Pattern SOURCE = Pattern.compile("([a-z0-9-]{1,63})/([a-z0-9-]{1,63})");

    private final Path state;
    private final NativeBricks bricks;

    ScratchBricks(BackendHost host) {
        state = host.stateDirectory();
        bricks = host.bricks();
    }

    @Override
    public Path attach(Pool pool, Brick brick) {
        Path directory = find(pool, brick)
                .orElseThrow(() -> new StorageException(
                        Problem.NOT_FOUND,
                        where(pool, brick) + "no disk for '" + brick.unit().source() + "' on this node; add it to "
                                + state.resolve("disks.json") + ", or mount it"));
        return bricks.prepare(pool, brick, directory.getParent(), directory);
    }

    @Override
    public void start(Pool pool, Brick brick, Path directory) {
        bricks.start(pool, brick, directory);
    }

    @Override
    public void stop(Pool pool, Brick brick) {
        bricks.stop(pool, brick);
    }

    @Override
    public BrickHealth check(Pool pool, Brick brick, Path directory) {
        return bricks.check(pool, brick, directory);
    }

    @Override
    public Bytes grow(Pool pool, Brick brick, Path directory) {
        try {
            return new Bytes(Files.getFileStore(directory).getTotalSpace());
        } catch (IOException e) {
            throw new StorageException(
                    Problem.UNAVAILABLE,
                    where(pool, brick) + directory + " does not answer (" + e + "); check its disk",
                    e);
        }
    }

    @Override
    public void detach(Pool pool, Brick brick) {
        // attach took nothing
    }

    @Override
    public void erase(Pool pool, Brick brick) {
        find(pool, brick).ifPresent(directory -> bricks.erase(pool, brick, directory));
    }

    /// The brick directory, where its disk is there. Absence is an answer here, so that erasing may be
    /// repeated.
    private Optional<Path> find(Pool pool, Brick brick) {
        Matcher source = SOURCE.matcher(brick.unit().source());
        if (!source.matches()) {
            throw new StorageException(
                    Problem.INVALID_ARGUMENT,
                    where(pool, brick) + "'" + brick.unit().source()
                            + "' is no scratch unit; write DISK/NAME, both of lower-case letters, digits and '-'");
        }
        return Disks.read(state, where(pool, brick))
                .find(source.group(1))
                .filter(Files::isDirectory)
                .map(disk -> disk.resolve(source.group(2)));
    }

    private static String where(Pool pool, Brick brick) {
        return "pool " + pool.name() + ", unit " + brick.index() + ": ";
    }
}
