package io.sagara.agent.volfileserver;

import java.io.IOException;
import java.io.InputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Optional;

/// A GlusterFS process as the server sees it.
final class Peer implements AutoCloseable {
    private static final int HANDSHAKE = 14398633;
    private static final int MOST = 1 << 24;

    private final SocketChannel channel;
    private final InputStream in;
    private int calls;
    private int pushes;

    Peer(Path socket) throws IOException {
        channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
        in = Channels.newInputStream(channel);
    }

    /// The volfile of this id; empty where the server answers ENOENT.
    Optional<String> volfile(String id) throws IOException {
        ask(id);
        XdrReader answer = answer();
        int length = answer.integer();
        int errno = answer.integer();
        String text = answer.string(MOST);
        if (length == -1 && errno == 2) {
            return Optional.empty();
        }
        if (length != text.getBytes(java.nio.charset.StandardCharsets.UTF_8).length || errno != 0) {
            throw new IOException("answered " + length + " " + errno);
        }
        return Optional.of(text);
    }

    void ask(String id) throws IOException {
        send(Rpc.callback(++calls, HANDSHAKE, 1, 2).integers(0).string(id).opaque(new byte[0]));
    }

    void send(XdrWriter message) throws IOException {
        raw(message.bytes());
    }

    void raw(byte[] record) throws IOException {
        var framed = Records.framed(record);
        while (framed.hasRemaining()) {
            channel.write(framed);
        }
    }

    /// What follows the header of the answer to the last call.
    XdrReader answer() throws IOException {
        byte[] record = record();
        while (Rpc.call(record).isPresent()) {
            pushes++;
            record = record();
        }
        var reader = new XdrReader(record);
        int id = reader.integer();
        int[] rest = new int[5];
        for (int i = 0; i < rest.length; i++) {
            rest[i] = reader.integer();
        }
        if (id != calls || rest[0] != 1 || rest[4] != 0) {
            throw new IOException("call " + calls + " answered with id " + id + ", outcome " + rest[4]);
        }
        return reader;
    }

    /// How the server accepted call `id`.
    int outcome() throws IOException {
        var reader = new XdrReader(record());
        for (int i = 0; i < 5; i++) {
            reader.integer();
        }
        return reader.integer();
    }

    /// How many pushes came before answers.
    int pushes() {
        return pushes;
    }

    /// Waits for a push.
    void awaitPush() throws IOException {
        Rpc.Call call = Rpc.call(record()).orElseThrow(() -> new IOException("a reply, not a push"));
        if (call.program() != 52743234 || call.procedure() != 1) {
            throw new IOException("a call of program " + call.program());
        }
    }

    boolean closedByServer() {
        try {
            return Records.read(in, MOST).isEmpty();
        } catch (IOException e) {
            return true;
        }
    }

    private byte[] record() throws IOException {
        return Records.read(in, MOST).orElseThrow(() -> new IOException("the server closed"));
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
