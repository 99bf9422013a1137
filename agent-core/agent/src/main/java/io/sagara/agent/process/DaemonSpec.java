package io.sagara.agent.process;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// A GlusterFS process that runs apart from the agent.
///
/// `name`: for people and file names, unique on this agent: `p1.brick-0`. `argv`: the whole command line; it
/// contains `pidFile`, which is what makes the process recognisable as ours. `pidFile`, `log`: absolute.
/// `runDirectory`: where set, the process sees this directory as `/run/gluster`, in a mount namespace of its
/// own, so that daemons of several pools and agents on one machine do not share GlusterFS' hard-coded socket
/// paths.
public record DaemonSpec(String name, List<String> argv, Path pidFile, Path log, Optional<Path> runDirectory) {
    /// Copies the command line and refuses one that does not name the pid file.
    public DaemonSpec {
        argv = List.copyOf(argv);
        if (!pidFile.isAbsolute() || !log.isAbsolute() || !argv.contains(pidFile.toString())) {
            throw new IllegalArgumentException("daemon " + name + ": the command line must name the absolute pid file");
        }
    }
}
