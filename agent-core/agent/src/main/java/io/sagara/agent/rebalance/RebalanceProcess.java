package io.sagara.agent.rebalance;

import io.sagara.agent.file.StateDirectory;
import io.sagara.agent.operation.DaemonSocket;
import io.sagara.agent.process.DaemonSpec;
import io.sagara.spi.PoolName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The files and the command line of the process that rebalances one pool. There is one a node: all bricks of a
/// node have one identity.
record RebalanceProcess(PoolName pool, StateDirectory state) {
    private static final String SOCKET = "rebalance.socket";
    /// GF_CLIENT_PID_DEFRAG of GlusterFS: bricks let it do what users may not.
    private static final String CLIENT = "--client-pid=-3";
    /// GF_DEFRAG_CMD_START of GlusterFS: lays the directories out over all sets, and moves what lies wrong
    /// then.
    private static final String START = "*dht.rebalance-cmd=1";
    /// GF_DEFRAG_CMD_START_FORCE: also to where less room is than where a file lies.
    private static final String EMPTY = "*dht.rebalance-cmd=5";

    Path volfile() {
        return state.run(pool).resolve("rebalance.vol");
    }

    /// What is to be done and how far it is, kept for the next agent.
    Path record() {
        return state.run(pool).resolve("rebalance.json");
    }

    Path log() {
        return state.log().resolve(pool + ".rebalance.log");
    }

    DaemonSocket socket() {
        return new DaemonSocket(state.runGluster(pool).resolve(SOCKET));
    }

    /// `moment`: another number than that of any earlier run, by which it knows what was laid out before.
    DaemonSpec spec(RebalanceJob job, long moment) {
        List<String> argv = new ArrayList<>(List.of("glusterfs", "--process-name", "rebalance"));
        argv.addAll(List.of("-f", volfile().toString(), "--volfile-id", "rebalance/" + pool, CLIENT));
        argv.addAll(List.of("-p", pid().toString(), "-l", log().toString(), "-S", "/run/gluster/" + SOCKET));
        for (String option : List.of(
                "*dht.use-readdirp=yes",
                "*dht.lookup-unhashed=yes",
                // with a set away it would take its files for lost ones
                "*dht.assert-no-child-down=yes",
                "*dht.readdir-optimize=on",
                job.emptying() ? EMPTY : START,
                "*dht.node-uuid=" + job.server(),
                "*dht.commit-hash=" + moment)) {
            argv.addAll(List.of("--xlator-option", option));
        }
        return spec(argv);
    }

    /// Enough to find one that runs, whatever it was started with.
    DaemonSpec any() {
        return spec(List.of("glusterfs", "-p", pid().toString()));
    }

    private DaemonSpec spec(List<String> argv) {
        return new DaemonSpec(pool + ".rebalance", argv, pid(), log(), Optional.of(state.runGluster(pool)));
    }

    private Path pid() {
        return state.run(pool).resolve("rebalance.pid");
    }
}
