package io.sagara.agent.heal;

import io.sagara.agent.file.AtomicFile;
import io.sagara.agent.file.StateDirectory;
import io.sagara.agent.posix.Posix;
import io.sagara.agent.process.DaemonProcess;
import io.sagara.agent.process.DaemonSpec;
import io.sagara.agent.process.Daemons;
import io.sagara.spi.Brick;
import io.sagara.spi.Pool;
import io.sagara.spi.PoolName;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Tells the other bricks of a replica set that one of them has nothing, so that all of it is healed from them.
/// Without that an empty brick passes for one that is right, and listings that it answers miss everything.
public record EmptyBrick(StateDirectory state, Daemons daemons, Posix posix) {
    /// GF_CLIENT_PID_ADD_REPLICA_MOUNT of GlusterFS: the one client that may set the mark.
    private static final String CLIENT = "--client-pid=-12";
    private static final String MARK = "trusted.replace-brick";
    private static final String CHANGE = "trusted.sagara.replaced";
    private static final Duration START = Duration.ofSeconds(30);
    private static final Duration GRACE = Duration.ofSeconds(5);

    /// To be called while the brick does not run. `graph`: a client's. Throws UNAVAILABLE where the others
    /// cannot be told. Idempotent.
    public void mark(Pool pool, Brick brick, String graph) {
        Path directory = state.run(pool.name()).resolve("marking");
        Path volfile = state.run(pool.name()).resolve("marking.vol");
        try {
            AtomicFile.write(volfile, graph);
            Files.createDirectories(directory);
            DaemonProcess client = daemons.ensure(spec(pool.name(), volfile, directory), START);
            try {
                byte[] name = pool.clientName(brick).getBytes(StandardCharsets.UTF_8);
                posix.setAttribute(directory, MARK, name);
                if (pool.tiebreaker().isPresent()) {
                    // the mark is for bricks alone; a change that the brick misses tells the tiebreaker
                    posix.setAttribute(directory, CHANGE, name);
                }
            } finally {
                posix.unmount(directory, true);
                daemons.stop(client, GRACE);
            }
            Files.delete(directory);
            Files.delete(volfile);
        } catch (IOException e) {
            throw new StorageException(
                    Problem.UNAVAILABLE,
                    "pool " + pool.name() + ": the other bricks cannot be told that unit " + brick.index()
                            + " is empty: " + e.getMessage() + "; see that they serve, then repeat it",
                    e);
        }
    }

    private DaemonSpec spec(PoolName pool, Path volfile, Path directory) {
        Path pid = state.run(pool).resolve("marking.pid");
        Path log = state.log().resolve(pool + ".marking.log");
        List<String> argv = List.of(
                "glusterfs",
                "--process-name",
                "fuse",
                CLIENT,
                "-f",
                volfile.toString(),
                "--volfile-id",
                pool + ".marking",
                "-p",
                pid.toString(),
                "-l",
                log.toString(),
                directory.toString());
        return new DaemonSpec(pool + ".marking", argv, pid, log, Optional.empty());
    }
}
