package io.sagara.api;

import io.sagara.api.v1.AgentGrpc;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/// A server and a client on a socket of their own, in a directory whose path is short.
final class SocketPair implements AutoCloseable {
    static final Duration GRACE = Duration.ofSeconds(5);

    final Path directory;
    final Path socket;
    final ScriptedAgent service = new ScriptedAgent();
    final BlockingQueue<String> ended = new LinkedBlockingQueue<>();
    final UnixClient client;
    final AgentGrpc.AgentBlockingStub stub;

    private @Nullable UnixServer server;

    SocketPair() throws IOException {
        directory = Files.createTempDirectory("api");
        socket = directory.resolve("s");
        client = new UnixClient(socket);
        stub = AgentGrpc.newBlockingStub(client.channel());
    }

    SocketPair serving() {
        return serving(_ -> true);
    }

    SocketPair serving(IntPredicate peers) {
        server = new UnixServer(
                socket, peers, List.of(service), (method, result, _) -> ended.add(method + " " + result));
        return this;
    }

    void stopServer(Duration grace) {
        if (server != null) {
            try {
                server.stop(grace);
            } catch (InterruptedException e) {
                throw new IllegalStateException("interrupted while stopping", e);
            }
            server = null;
        }
    }

    @Override
    public void close() throws IOException {
        client.close();
        stopServer(Duration.ofMillis(1));
        Files.deleteIfExists(socket);
        Files.delete(directory);
    }
}
