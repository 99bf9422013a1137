package io.sagara.agent.brick;

import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The TCP ports that bricks of this agent may have. Which brick has which is remembered by the caller, who
/// tells of those assigned earlier with [#keep]. Any number of threads may call.
public final class PortRange {
    private final int first;
    private final int last;
    private final Set<Integer> assigned = new HashSet<>();

    /// The ports from `first` to `last`, both included.
    public PortRange(int first, int last) {
        if (first < 1 || last < first) {
            throw new IllegalArgumentException("ports " + first + " to " + last);
        }
        this.first = first;
        this.last = last;
    }

    /// A port of the range that has no brick yet and nobody listens at on `address`, the lowest there is.
    /// Throws NO_SPACE where there is none, and INVALID_ARGUMENT where the address is not this node's.
    public synchronized int take(String address) {
        InetAddress local = local(address);
        for (int port = first; port <= last; port++) {
            if (!assigned.contains(port) && isFree(local, port)) {
                assigned.add(port);
                return port;
            }
        }
        throw new StorageException(
                Problem.NO_SPACE,
                "no port from " + first + " to " + last + " is free on " + address + ": " + assigned.size()
                        + " have bricks, others are used by other programs; set SAGARA_PORTS to a larger range");
    }

    /// The port has a brick already; it may be outside of the range when that was another one once.
    public synchronized void keep(int port) {
        assigned.add(port);
    }

    /// The brick of this port is no more.
    public synchronized void release(int port) {
        assigned.remove(port);
    }

    private static InetAddress local(String address) {
        try {
            InetAddress parsed = InetAddress.ofLiteral(address);
            if (parsed.isAnyLocalAddress() || NetworkInterface.getByInetAddress(parsed) != null) {
                return parsed;
            }
            // all of 127/8 can be listened at, though the interface lists one of them
            if (parsed.isLoopbackAddress()) {
                return parsed;
            }
        } catch (IllegalArgumentException | IOException e) {
            throw notLocal(address, e);
        }
        throw notLocal(address, null);
    }

    private static StorageException notLocal(String address, @Nullable Exception cause) {
        return new StorageException(
                Problem.INVALID_ARGUMENT,
                "'" + address + "' is no address of this node; set SAGARA_ADDRESS to one that 'ip address' lists",
                cause);
    }

    private static boolean isFree(InetAddress address, int port) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(new InetSocketAddress(address, port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
