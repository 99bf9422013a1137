package io.sagara.agent.brick;

import io.sagara.agent.process.DaemonProcess;
import io.sagara.agent.process.DaemonSpec;
import io.sagara.agent.process.Daemons;
import io.sagara.agent.process.life.Reachable;
import io.sagara.agent.process.life.Supervised;
import io.sagara.spi.Brick;
import io.sagara.spi.Pool;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// glusterfsd on one brick directory.
final class BrickDaemon implements Supervised {
    private static final Path PROC = Path.of("/proc");

    /// Inside the mount namespace of the pool's daemons, where it is `run/POOL/gluster` of the state directory:
    /// as a path there it always fits into the 107 bytes a unix socket's may have.
    private static final String SOCKETS = "/run/gluster/";

    private final BrickId id;
    private final Brick brick;
    private final DaemonSpec spec;
    private final Daemons daemons;

    BrickDaemon(Places places, Daemons daemons, Pool pool, Brick brick, Path directory) {
        this.id = BrickId.of(pool, brick);
        this.brick = brick;
        this.daemons = daemons;
        this.spec = spec(places, id, argv(places, pool, brick, directory));
    }

    /// Where daemons of this agent find and leave things. `volfileServer`: the arguments by which they reach
    /// the agent's volfile server, or a volfile itself.
    record Places(Path state, List<String> volfileServer) {
        Places {
            volfileServer = List.copyOf(volfileServer);
        }

        Path run(BrickId id) {
            return state.resolve("run").resolve(id.pool().value());
        }

        Path pidFile(BrickId id) {
            return run(id).resolve(id.part() + ".pid");
        }

        Path log(BrickId id) {
            return state.resolve("log").resolve(id + ".log");
        }
    }

    /// Enough to find the daemon of a brick of which nothing else is known any more.
    static DaemonSpec anyOf(Places places, BrickId id) {
        return spec(places, id, List.of("glusterfsd", "-p", places.pidFile(id).toString()));
    }

    private static DaemonSpec spec(Places places, BrickId id, List<String> argv) {
        return new DaemonSpec(
                id.toString(),
                argv,
                places.pidFile(id),
                places.log(id),
                Optional.of(places.run(id).resolve("gluster")));
    }

    /// Without `--brick-port`: with it the daemon waits for an answer to its sign-in before it is up, for which
    /// the volfile server must be there a second time.
    private static List<String> argv(Places places, Pool pool, Brick brick, Path directory) {
        BrickId id = BrickId.of(pool, brick);
        List<String> argv = new ArrayList<>(List.of("glusterfsd", "--volfile-id", id.toString()));
        argv.addAll(List.of("-p", places.pidFile(id).toString()));
        argv.addAll(List.of("-S", SOCKETS + id.part() + ".socket"));
        argv.addAll(List.of("--brick-name", directory.toString()));
        argv.addAll(List.of("-l", places.log(id).toString()));
        argv.addAll(List.of("--xlator-option", "*-posix.glusterd-uuid=" + pool.server(brick)));
        argv.addAll(List.of("--process-name", "brick"));
        argv.addAll(List.of("--xlator-option", id.pool() + "-server.listen-port=" + brick.port()));
        argv.addAll(places.volfileServer());
        return argv;
    }

    @Override
    public String name() {
        return id.toString();
    }

    @Override
    public DaemonSpec spec() {
        return spec;
    }

    @Override
    public Optional<String> missing() {
        return Reachable.tcp(brick.address(), brick.port())
                .or(() -> stranger()
                        .map(owner -> "its port is taken by '" + owner.command() + "' (process " + owner.pid() + ")"));
    }

    /// Who answers at the port in its place: a brick that cannot bind runs for a moment.
    private Optional<PortOwner> stranger() {
        Optional<Long> own = daemons.find(spec).map(DaemonProcess::pid);
        return PortOwner.of(PROC, brick.address(), brick.port()).filter(owner -> !own.equals(Optional.of(owner.pid())));
    }

    /// Whether it would be run in the same way.
    boolean isLike(BrickDaemon other) {
        return spec.equals(other.spec) && brick.address().equals(other.brick.address());
    }

    /// A port that another program took while the brick did not run needs a human; the brick's own log only
    /// says that binding failed.
    @Override
    public StorageException diagnose(StorageException failure) {
        return stranger()
                .map(owner -> new StorageException(
                        Problem.IN_USE,
                        id.where() + "port " + brick.port() + " of " + brick.address() + " is taken by '"
                                + owner.command() + "' (process " + owner.pid()
                                + "), so the brick cannot be served; stop that program. Sagara goes on trying",
                        failure))
                .orElse(failure);
    }
}
