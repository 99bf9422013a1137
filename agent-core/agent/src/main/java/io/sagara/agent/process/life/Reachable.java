package io.sagara.agent.process.life;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// Whether somebody accepts connections. Each answers what is missing, or nothing.
public final class Reachable {
    private static final Duration DEADLINE = Duration.ofSeconds(1);

    private Reachable() {}

    /// At a TCP port.
    public static Optional<String> tcp(String address, int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, port), Math.toIntExact(DEADLINE.toMillis()));
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(
                    "its port " + port + " of " + address + " does not accept connections: " + e.getMessage());
        }
    }

    /// At a unix socket. (A connect to one never waits for the network: it succeeds, or fails at once.)
    public static Optional<String> unix(Path socket) {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of("its socket " + socket + " does not accept connections: " + e.getMessage());
        }
    }
}
