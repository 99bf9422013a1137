package io.sagara.volfile.stack;

import io.sagara.volfile.VolfileException;

/// A brick as clients see it.
///
/// `index`: its place in the pool, kept for ever because it is part of attribute names on disk. `name`: what it
/// is served under (remote-subvolume), such as `/bricks/p1/0`. `host`: its IP address. `port`: its TCP port, 0
/// while it is not chosen; graphs that connect to it refuse 0.
public record BrickAddress(int index, String name, String host, int port) {
    private static final int MAX_PORT = 65_535;

    /// Refuses an impossible index or port.
    public BrickAddress {
        if (index < 0 || port < 0 || port > MAX_PORT) {
            throw new VolfileException("brick '" + name + "' has index " + index + " and port " + port
                    + "; it needs an index from 0 and a port from 0 to " + MAX_PORT);
        }
    }
}
