package io.sagara.spi;

import java.util.UUID;

/// One brick of a pool as the whole cluster knows it.
///
/// `index`: its place in the pool, kept for ever because it is part of on-disk attribute names. `unit`: the
/// storage it lives on. `nodeId`: the GlusterFS identity of the server, kept for ever. `address`: the IP
/// address clients reach it at. `port`: its TCP port, 0 until the agent of its node has chosen one. `leaving`:
/// whether its set is to end, and its files are to move to the others.
public record Brick(int index, StorageUnit unit, UUID nodeId, String address, int port, boolean leaving) {
    private static final int MAX_PORT = 65_535;

    /// A brick that stays.
    public Brick(int index, StorageUnit unit, UUID nodeId, String address, int port) {
        this(index, unit, nodeId, address, port, false);
    }

    /// Refuses an impossible index or port.
    public Brick {
        if (index < 0 || port < 0 || port > MAX_PORT || address.isBlank()) {
            throw new StorageException(
                    Problem.INVALID_ARGUMENT,
                    "brick " + index + " (" + unit + ") has address '" + address + "' and port " + port
                            + "; it needs an IP address and a port from 0 to " + MAX_PORT);
        }
    }

    /// The same brick on another port.
    public Brick withPort(int newPort) {
        return new Brick(index, unit, nodeId, address, newPort, leaving);
    }
}
