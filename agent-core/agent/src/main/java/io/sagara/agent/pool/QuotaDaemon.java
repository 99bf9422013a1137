package io.sagara.agent.pool;

import io.sagara.agent.file.StateDirectory;
import io.sagara.agent.process.DaemonSpec;
import io.sagara.agent.process.life.Reachable;
import io.sagara.agent.process.life.Supervised;
import io.sagara.spi.PoolName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The quota daemon of one pool: bricks ask it how much the whole pool holds of a directory. GlusterFS has its
/// socket at a fixed path, so each pool's daemon and bricks see a /run/gluster of their own, and no pool waits
/// for another's.
final class QuotaDaemon implements Supervised {
    /// Fixed in GlusterFS' quota translator, below /run/gluster.
    private static final String SOCKET = "quotad.socket";

    private final PoolName pool;
    private final StateDirectory state;
    private final List<String> volfileServer;

    QuotaDaemon(PoolName pool, StateDirectory state, List<String> volfileServer) {
        this.pool = pool;
        this.state = state;
        this.volfileServer = volfileServer;
    }

    @Override
    public String name() {
        return pool + ".quotad";
    }

    @Override
    public DaemonSpec spec() {
        Path run = state.run(pool);
        Path pid = run.resolve("quotad.pid");
        Path log = state.log().resolve(name() + ".log");
        List<String> argv = new ArrayList<>(List.of("glusterfs", "--process-name", "quotad"));
        argv.addAll(List.of("--volfile-id", "quotad/" + pool, "-p", pid.toString(), "-l", log.toString()));
        argv.addAll(volfileServer);
        return new DaemonSpec(name(), argv, pid, log, Optional.of(state.runGluster(pool)));
    }

    @Override
    public Optional<String> missing() {
        return Reachable.unix(state.runGluster(pool).resolve(SOCKET));
    }
}
