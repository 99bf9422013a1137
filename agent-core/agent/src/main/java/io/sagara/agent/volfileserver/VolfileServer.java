package io.sagara.agent.volfileserver;

import io.sagara.agent.time.Timer;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Hands graphs to GlusterFS processes of this node and tells them when one has changed. Any number of threads
/// may call; no method waits for a peer.
public final class VolfileServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(VolfileServer.class);

    /// sun_path of unix(7) without its final zero byte; GlusterFS cuts a longer one off without a word.
    private static final int LONGEST_SOCKET_PATH = 107;

    private static final int MOST_CONNECTIONS = 4096;
    private static final Duration ACCEPT_AGAIN = Duration.ofMillis(100);

    private final Path socket;
    private final Timer timer;
    private final Consumer<SignIn> signIns;
    private final ServerSocketChannel channel;
    private final Map<String, String> volfiles = new ConcurrentHashMap<>();
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();

    private VolfileServer(Path socket, Timer timer, Consumer<SignIn> signIns, ServerSocketChannel channel) {
        this.socket = socket;
        this.timer = timer;
        this.signIns = signIns;
        this.channel = channel;
    }

    /// Serves on the unix socket `socket`, an absolute path, in place of what is there, for this user only.
    /// `signIns` hears of every brick that is up, each time on the thread of that brick's connection; what it
    /// throws is logged. Throws INVALID_ARGUMENT where the path is too long for a socket.
    ///
    /// The path must be the same after a restart, because running processes reconnect to it.
    public static VolfileServer listen(Path socket, Timer timer, Consumer<SignIn> signIns) throws IOException {
        int length = socket.toString().getBytes(StandardCharsets.UTF_8).length;
        if (!socket.isAbsolute() || length > LONGEST_SOCKET_PATH) {
            throw new StorageException(
                    Problem.INVALID_ARGUMENT,
                    "the volfile socket " + socket + " (" + length + " bytes) must be an absolute path of at most "
                            + LONGEST_SOCKET_PATH + " bytes; choose a shorter state directory");
        }
        Files.deleteIfExists(socket);
        var channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.bind(UnixDomainSocketAddress.of(socket));
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
        var server = new VolfileServer(socket, timer, signIns, channel);
        server.acceptLater(Duration.ZERO);
        return server;
    }

    private void acceptLater(Duration delay) {
        timer.after(delay, () -> Thread.ofVirtual().name("volfile-server").start(this::accept));
    }

    /// Serves `text` under `id` from now on, and tells every process that asked for this id where the text is
    /// another than before. Returns whether it is.
    public boolean publish(String id, String text) {
        boolean changed = !text.equals(volfiles.put(id, text));
        if (changed) {
            LOG.atInfo().addKeyValue("id", id).log("volfile published");
            connections.stream().filter(peer -> peer.ids().contains(id)).forEach(Connection::push);
        }
        return changed;
    }

    /// Serves nothing under `id` from now on. Processes that run with it go on. Withdrawing an absent one
    /// succeeds.
    public void withdraw(String id) {
        if (volfiles.remove(id) != null) {
            LOG.atInfo().addKeyValue("id", id).log("volfile withdrawn");
        }
    }

    /// What is served under `id`.
    public Optional<String> published(String id) {
        return Optional.ofNullable(volfiles.get(id));
    }

    /// The arguments of glusterfs and glusterfsd that point at this server; `--volfile-id` goes beside them.
    public List<String> arguments() {
        return List.of("-s", socket.toString(), "--volfile-server-transport", "unix");
    }

    /// The processes that are connected: for each, the ids it has asked for.
    public List<Set<String>> connections() {
        return connections.stream().map(Connection::ids).toList();
    }

    private void accept() {
        try {
            while (true) {
                serve(channel.accept());
            }
        } catch (ClosedChannelException e) {
            LOG.atDebug().addKeyValue("socket", socket).log("volfile server closed");
        } catch (IOException e) {
            // out of file descriptors, most likely: those who wait stay in the kernel's queue meanwhile
            LOG.atWarn().addKeyValue("socket", socket).setCause(e).log("volfile server cannot accept, trying again");
            acceptLater(ACCEPT_AGAIN);
        }
    }

    private void serve(SocketChannel peer) throws IOException {
        if (connections.size() >= MOST_CONNECTIONS) {
            LOG.atWarn().addKeyValue("connections", MOST_CONNECTIONS).log("volfile connection refused: too many");
            peer.close();
            return;
        }
        var connection = new Connection(peer, this::published, this::signedIn);
        connections.add(connection);
        if (!channel.isOpen()) {
            connection.close();
        }
        Thread.ofVirtual().name("volfile-connection").start(() -> {
            try {
                connection.serve();
            } finally {
                connections.remove(connection);
            }
        });
    }

    private void signedIn(SignIn signIn) {
        try {
            signIns.accept(signIn);
        } catch (RuntimeException e) {
            LOG.atError().addKeyValue("brick", signIn.brick()).setCause(e).log("sign-in of a brick not handled");
        }
    }

    /// Stops serving and closes all connections. Processes that run go on without.
    @Override
    public void close() throws IOException {
        channel.close();
        for (Connection connection : connections) {
            connection.close();
        }
        Files.deleteIfExists(socket);
    }
}
