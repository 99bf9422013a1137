package io.sagara.volfile.stack;

import io.sagara.volfile.Server;
import java.nio.file.Path;
import java.util.List;

/// A brick as its own node sees it.
///
/// `directory`: absolute. `bindAddress`: the local IP address to listen at, or [Server#ANY]. `allowed`: which
/// clients may connect, in GlusterFS' patterns. `sharedBrickCount`: how many bricks of the pool lie on the same
/// file system, itself included.
public record BrickHome(Path directory, String bindAddress, List<String> allowed, int sharedBrickCount) {
    /// Copies the list.
    public BrickHome {
        allowed = List.copyOf(allowed);
    }

    /// On a file system of its own, for all clients, at every IPv4 address.
    public static BrickHome at(Path directory) {
        return new BrickHome(directory, Server.ANY, List.of("*"), 1);
    }
}
