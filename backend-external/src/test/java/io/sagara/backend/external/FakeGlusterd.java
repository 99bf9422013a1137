package io.sagara.backend.external;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Hands out graphs as glusterd does, on a free port of 127.0.0.1.
final class FakeGlusterd implements AutoCloseable {
    private static final int LAST = 0x80000000;
    private static final int HEADER = 10;

    private final ServerSocket server;
    private final Set<Socket> peers = ConcurrentHashMap.newKeySet();
    private final Map<String, String> graphs = new ConcurrentHashMap<>();

    FakeGlusterd() throws IOException {
        server = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    FakeGlusterd graph(String id, String text) {
        graphs.put(id, text);
        return this;
    }

    private void accept() {
        try {
            while (true) {
                Socket peer = server.accept();
                peers.add(peer);
                Thread.ofVirtual().start(() -> serve(peer));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void serve(Socket peer) {
        try (peer) {
            DataInputStream in = new DataInputStream(peer.getInputStream());
            while (true) {
                byte[] record = in.readNBytes(in.readInt() & ~LAST);
                DataInputStream call = new DataInputStream(new ByteArrayInputStream(record));
                int id = call.readInt();
                for (int i = 1; i < HEADER; i++) {
                    call.readInt();
                }
                call.readInt(); // flags
                String key = new String(call.readNBytes(call.readInt()), StandardCharsets.UTF_8);
                answer(peer, id, graphs.get(key));
            }
        } catch (IOException e) {
            peers.remove(peer);
        }
    }

    private static void answer(Socket peer, int id, @Nullable String graph) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        for (int word : new int[] {id, 1, 0, 0, 0, 0}) {
            out.writeInt(word);
        }
        byte[] text = (graph == null ? "" : graph).getBytes(StandardCharsets.UTF_8);
        out.writeInt(graph == null ? -1 : text.length);
        out.writeInt(graph == null ? 2 : 0);
        out.writeInt(text.length);
        out.write(text);
        out.write(new byte[(4 - text.length % 4) % 4]);
        out.writeInt(0);
        send(peer, bytes.toByteArray());
    }

    private static void send(Socket peer, byte[] record) throws IOException {
        DataOutputStream out = new DataOutputStream(peer.getOutputStream());
        synchronized (peer) {
            out.writeInt(LAST | record.length);
            out.write(record);
        }
    }

    /// Tells everyone who is connected that a graph has changed.
    void push() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        for (int word : new int[] {7, 0, 2, 52743234, 1, 1, 0, 0, 0, 0}) {
            out.writeInt(word);
        }
        peers.removeIf(peer -> !sent(peer, bytes.toByteArray()));
    }

    private static boolean sent(Socket peer, byte[] record) {
        try {
            send(peer, record);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket peer : peers) {
            peer.close();
        }
    }
}
