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
import java.util.UUID;

/// A GlusterFS process that serves one pool on this node and is neither a brick nor a mount.
///
/// `role`: `quotad` or `self-heal`; part of its file names. `socket`: at which it listens when it is up, below the
/// /run/gluster of the pool's own processes. `arguments`: besides those all have.
record PoolDaemon(PoolName pool, String role, Path socket, List<String> arguments, StateDirectory state)
        implements Supervised {
    /// Fixed in GlusterFS' quota translator, below /run/gluster.
    private static final String QUOTA_SOCKET = "quotad.socket";
    private static final String HEAL_SOCKET = "self-heal.socket";
    /// GF_CLIENT_PID_SELF_HEALD of GlusterFS: bricks let it do what users may not.
    private static final String HEAL_CLIENT = "--client-pid=-6";

    PoolDaemon {
        arguments = List.copyOf(arguments);
    }

    /// The quota daemon: bricks ask it how much the whole pool holds of a directory. GlusterFS has its socket at a
    /// fixed path, so each pool's daemon and bricks see a /run/gluster of their own, and no pool waits for
    /// another's.
    static PoolDaemon quota(PoolName pool, StateDirectory state, List<String> volfileServer) {
        List<String> arguments = new ArrayList<>(List.of("--process-name", "quotad", "--volfile-id", "quotad/" + pool));
        arguments.addAll(volfileServer);
        return new PoolDaemon(pool, "quotad", state.runGluster(pool).resolve(QUOTA_SOCKET), arguments, state);
    }

    /// The self-heal daemon: copies what bricks of this node have and others of their sets have missed. `server`: the
    /// identity that those bricks have.
    static PoolDaemon selfHeal(PoolName pool, UUID server, StateDirectory state, List<String> volfileServer) {
        // by the name glustershd it would wait for orders of a glusterd and heal nothing
        List<String> arguments = new ArrayList<>(List.of("--process-name", "shd", "--volfile-id", "shd/" + pool));
        arguments.addAll(List.of("-S", "/run/gluster/" + HEAL_SOCKET, HEAL_CLIENT));
        arguments.addAll(List.of("--xlator-option", "*replicate*.node-uuid=" + server));
        arguments.addAll(List.of("--xlator-option", "*disperse*.node-uuid=" + server));
        arguments.addAll(volfileServer);
        return new PoolDaemon(pool, "self-heal", healSocket(pool, state), arguments, state);
    }

    /// Where the self-heal daemon of a pool takes orders.
    static Path healSocket(PoolName pool, StateDirectory state) {
        return state.runGluster(pool).resolve(HEAL_SOCKET);
    }

    @Override
    public String name() {
        return pool + "." + role;
    }

    @Override
    public DaemonSpec spec() {
        Path pid = state.run(pool).resolve(role + ".pid");
        Path log = state.log().resolve(name() + ".log");
        List<String> argv = new ArrayList<>(List.of("glusterfs", "-p", pid.toString(), "-l", log.toString()));
        argv.addAll(arguments);
        return new DaemonSpec(name(), argv, pid, log, Optional.of(state.runGluster(pool)));
    }

    @Override
    public Optional<String> missing() {
        return Reachable.unix(socket);
    }
}
