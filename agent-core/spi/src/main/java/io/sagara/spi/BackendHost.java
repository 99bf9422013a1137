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

    /// Mounts on `directory`, which exists on this node, what the process `pid` sees at `path`, such as a
    /// volume of its container: the same file system, without what is mounted below it. It stays when the
    /// process ends, and goes by `umount`. Symbolic links in `path` are followed as the process follows them,
    /// but for the last.
    ///
    /// Not idempotent: a second call mounts a second time. From any thread; takes no longer than half a minute.
    /// Throws NOT_FOUND (no such process, or nothing at `path`), UNSUPPORTED (this host cannot), UNAVAILABLE
    /// (the kernel refuses, or was not done in time).
    default void mountFrom(long pid, Path path, Path directory) {
        throw new StorageException(
                Problem.UNSUPPORTED, "this agent cannot take over the mount " + path + " of process " + pid);
    }
}
