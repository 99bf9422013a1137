package io.sagara.agent.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagara.agent.operation.DaemonSocket.Operation;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DaemonSocketTest {
    private static final String ACCEPTED = "00000001 00000001 00000000 00000000 00000000 00000000";

    @TempDir
    private Path dir;

    /// Gives one answer and returns what was asked.
    private CompletableFuture<byte[]> daemon(ExecutorService threads, String answer) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        var _ = server.bind(UnixDomainSocketAddress.of(dir.resolve("d")));
        return CompletableFuture.supplyAsync(
                () -> {
                    try (server;
                            SocketChannel peer = server.accept()) {
                        byte[] asked = read(peer);
                        byte[] body = HexFormat.of().parseHex(answer.replace(" ", ""));
                        var _ = peer.write(ByteBuffer.allocate(4 + body.length)
                                .putInt(0x80000000 | body.length)
                                .put(body)
                                .flip());
                        return asked;
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                },
                threads);
    }

    private static byte[] read(SocketChannel peer) throws IOException {
        InputStream in = Channels.newInputStream(peer);
        int length = ByteBuffer.wrap(in.readNBytes(4)).getInt() & 0x7fffffff;
        return in.readNBytes(length);
    }

    @Test
    void anOrderIsOneCallAndItsAnswerADictionary() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            String fields = "00000001 00000005 00000002" + "66696c657300" + "3700";
            CompletableFuture<byte[]> asked =
                    daemon(threads, ACCEPTED + "00000000 00000000 00000014" + fields + "00000000");
            assertThat(new DaemonSocket(dir.resolve("d")).call(Operation.REBALANCE, "p1-dht", Map.of("a", "3")))
                    .isEqualTo(Map.of("files", "7"));
            assertThat(HexFormat.of().formatHex(asked.get()))
                    .isEqualTo("00000001" + "00000000" + "00000002" + "004a4632" + "00000002" + "00000006"
                            + "00000000".repeat(4)
                            + "00000006" + "70312d646874" + "0000"
                            + "00000000"
                            + "00000010" + "00000001" + "00000001" + "00000002" + "6100" + "3300"
                            + "00000000");
        }
    }

    @Test
    void aRefusalIsTold() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var _ = daemon(threads, ACCEPTED + "ffffffff 00000016 00000000 00000003 6e6f0000");
            assertThatThrownBy(() -> new DaemonSocket(dir.resolve("d")).call(Operation.TRANSLATORS, "", Map.of()))
                    .hasMessageContaining("refuses: no");
        }
    }

    @Test
    void whereNobodyListensItFails() {
        assertThatThrownBy(() -> new DaemonSocket(dir.resolve("d")).call(Operation.TRANSLATORS, "", Map.of()))
                .isInstanceOf(IOException.class);
    }
}
