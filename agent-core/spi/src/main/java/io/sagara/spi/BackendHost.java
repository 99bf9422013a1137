package io.sagara.spi;

import java.nio.file.Path;

/// What the agent lends to a backend. All of it may be used from any thread, until the backend is unloaded.
public interface BackendHost {
    /// The name of this node.
    String node();

    /// A directory on this node for this backend alone, which exists and survives restarts.
    Path stateDirectory();

    /// Runs programs.
    Commands commands();

    /// The GlusterFS graphs of Sagara.
    Volfiles volfiles();

    /// glusterfsd on a local directory.
    NativeBricks bricks();

    /// Volumes in Kadalu's on-disk layout.
    Provisioning provisioning();

    /// Tells the user what a long step is doing: `unit 2: making an XFS file system on /dev/sdb`. Shown while
    /// the operation that called the backend runs, and lost otherwise.
    void progress(String line);
}
