package io.sagara.agent.mount;

import io.sagara.agent.process.DaemonSpec;
import io.sagara.spi.PoolName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/// One GlusterFS client of a pool on this node.
///
/// `enough`: whether the pool can do with those bricks that are connected. `directory`: where it mounts the
/// pool; absolute, without symbolic links. `volfileId`, `volfileServer`: its graph, and the arguments that
/// point at the server. `options`: the user's own arguments, for volumes alone. `pidFile`, `log`: absolute,
/// of this client alone.
public record ClientSpec(
        PoolName pool,
        Predicate<Map<Integer, Boolean>> enough,
        Kind kind,
        Path directory,
        String volfileId,
        List<String> volfileServer,
        List<String> options,
        Path pidFile,
        Path log) {
    /// What a client is for.
    public enum Kind {
        /// Volumes are bound from it.
        VOLUMES("client"),
        /// The agent works through it; it may set quota limits.
        MANAGEMENT("management-client");

        private final String role;

        Kind(String role) {
            this.role = role;
        }

        /// The name of the role in status.
        public String role() {
            return role;
        }
    }

    /// GF_CLIENT_PID_QUOTA_MOUNT of GlusterFS, the one client that the quota translator lets set limits.
    private static final String QUOTA_CLIENT = "--client-pid=-5";

    /// The kernel remembers nothing of files: neither pages nor sizes. Agents of other nodes write `stat.db` as
    /// well, and without this the kernel serves its own pages to SQLite for ever: of 100 commits through
    /// another mount 99 were not seen. A database that is shorter than its header says would be taken for a
    /// damaged one.
    private static final List<String> FORGETFUL = List.of("--direct-io-mode=on", "--attribute-timeout=0");

    /// Copies the arguments and refuses paths that are not absolute.
    public ClientSpec {
        volfileServer = List.copyOf(volfileServer);
        options = List.copyOf(options);
        if (!directory.isAbsolute() || !directory.equals(directory.normalize())) {
            throw new IllegalArgumentException("mount directory " + directory + " of pool " + pool);
        }
    }

    /// Its process. It must share the mount namespace of the pods' directories, so it gets no run directory.
    DaemonSpec daemon() {
        var argv = new ArrayList<>(List.of("glusterfs", "--process-name", "fuse", "-l", log.toString()));
        argv.addAll(List.of("-p", pidFile.toString(), "--volfile-id", volfileId));
        argv.addAll(List.of("--fs-display-name", pool.value()));
        if (kind == Kind.MANAGEMENT) {
            argv.add(QUOTA_CLIENT);
            argv.addAll(FORGETFUL);
        }
        argv.addAll(volfileServer);
        argv.addAll(options);
        argv.add(directory.toString());
        return new DaemonSpec(pool + "." + kind.role(), argv, pidFile, log, Optional.empty());
    }
}
