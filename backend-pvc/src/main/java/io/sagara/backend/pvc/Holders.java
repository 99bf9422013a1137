package io.sagara.backend.pvc;

import java.nio.file.Path;
import java.util.Optional;

/// The holder pods of this node, and what is taken from them. Any number of threads, on different directories.
interface Holders {
    /// The container of a holder. `pid`: one of its processes, which may end at any time.
    record Holder(String uid, long pid) {}

    /// The container of the pod with this UID that has the claim mounted; empty where none runs here.
    Optional<Holder> find(String uid);

    /// Mounts on `directory`, which it makes, what the holder has of its claim. Throws UNAVAILABLE where that
    /// cannot be, and leaves nothing then.
    void mount(Holder holder, Path directory);

    /// Whether something is mounted on exactly this directory.
    boolean isMounted(Path directory);

    /// Unmounts the directory where something is mounted on it, and removes it. Throws IN_USE where files on it
    /// are open. Repeating it succeeds.
    void unmount(Path directory);

    /// Ends the container of the pod with this UID, which sits out the time it has to end: nothing of it is
    /// needed any more. Where the pod is not to end, kubelet starts it again. Does nothing where it does not
    /// run here.
    void end(String uid);
}
