package io.sagara.backend.external.glusterd;

import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/// A connection to one glusterd. For one thread, but for [#close].
public final class Glusterd implements Closeable {
    // rpc/rpc-lib/src/protocol-common.h of GlusterFS 10.3
    private static final int HANDSHAKE = 14398633;
    private static final int HANDSHAKE_VERSION = 2;
    private static final int GETSPEC = 2;
    private static final int PORTMAP = 34123456;
    private static final int PORTMAP_VERSION = 1;
    private static final int PORT_BY_BRICK = 1;

    // RFC 5531
    private static final int CALL = 0;
    private static final int RPC_VERSION = 2;

    /// A server that lost its power says nothing: after this silence it is asked again.
    private static final int SILENCE = 30_000;

    private final Socket socket;
    private final DataInputStream in;
    private final int patience;
    private int calls;
    private boolean told;

    private Glusterd(Socket socket, int patience) throws IOException {
        this.socket = socket;
        this.patience = patience;
        this.in = new DataInputStream(socket.getInputStream());
    }

    /// Connects within `deadline`, which holds for every answer as well.
    /// `identity`: where it speaks TLS.
    public static Glusterd connect(InetSocketAddress address, Duration deadline, Optional<Identity> identity)
            throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(address, Math.toIntExact(deadline.toMillis()));
            socket.setSoTimeout(Math.toIntExact(deadline.toMillis()));
            Socket spoken = identity.isPresent() ? identity.get().over(socket) : socket;
            return new Glusterd(spoken, Math.toIntExact(deadline.toMillis()));
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /// The graph with this id. `operatingVersion`: the highest this node's client knows. Throws
    /// [GlusterdException] where glusterd gives none.
    public String graph(String id, int operatingVersion) throws IOException {
        Map<String, String> client =
                new TreeMap<>(Map.of("min-op-version", "1", "max-op-version", Integer.toString(operatingVersion)));
        ByteBuffer answer = ask(
                HANDSHAKE,
                HANDSHAKE_VERSION,
                GETSPEC,
                new Message().integers(0).string(id).dictionary(client));
        try {
            int length = answer.getInt();
            int errno = answer.getInt();
            if (length < 0) {
                throw new GlusterdException(errno);
            }
            return Message.string(answer);
        } catch (BufferUnderflowException e) {
            throw new IOException("the answer is shorter than glusterd's", e);
        }
    }

    /// The port at which a brick of this server listens; empty while it does not run. `path`: of the brick.
    public OptionalInt port(String path) throws IOException {
        ByteBuffer answer = ask(PORTMAP, PORTMAP_VERSION, PORT_BY_BRICK, new Message().string(path));
        try {
            int result = answer.getInt();
            answer.getInt(); // errno, which says nothing
            answer.getInt(); // status, likewise
            int port = answer.getInt();
            return result < 0 || port <= 0 ? OptionalInt.empty() : OptionalInt.of(port);
        } catch (BufferUnderflowException e) {
            throw new IOException("the answer is shorter than glusterd's", e);
        }
    }

    private ByteBuffer ask(int program, int version, int procedure, Message arguments) throws IOException {
        int id = ++calls;
        byte[] body = arguments.framed();
        Message call = new Message().integers(id, CALL, RPC_VERSION, program, version, procedure, 0, 0, 0, 0);
        byte[] head = call.framed();
        ByteBuffer whole = ByteBuffer.allocate(head.length + body.length - Integer.BYTES);
        whole.put(head).put(body, Integer.BYTES, body.length - Integer.BYTES);
        whole.putInt(0, 0x80000000 | (whole.capacity() - Integer.BYTES));
        socket.getOutputStream().write(whole.array());
        while (true) {
            ByteBuffer message = Message.read(in);
            try {
                int of = message.getInt();
                if (message.getInt() == CALL) {
                    // it calls its clients when a graph has changed, and for nothing else
                    told = true;
                } else if (of == id) {
                    return accepted(message);
                }
            } catch (BufferUnderflowException e) {
                throw new IOException("the peer sends what is not glusterd's protocol", e);
            }
        }
    }

    private static ByteBuffer accepted(ByteBuffer reply) throws IOException {
        int denied = reply.getInt();
        reply.getInt(); // flavour of the verifier
        int verifier = reply.getInt();
        reply.position(reply.position() + verifier);
        int failed = reply.getInt();
        if (denied != 0 || failed != 0) {
            throw new IOException("the peer knows nothing of glusterd's programs");
        }
        return reply;
    }

    /// Returns when glusterd says that a graph has changed, or this one is another than `known`. Throws when
    /// the connection ends, or nobody is at its other end.
    public void awaitChange(String id, int operatingVersion, String known) throws IOException {
        while (!told) {
            socket.setSoTimeout(SILENCE);
            try {
                ByteBuffer message = Message.read(in);
                told = message.remaining() >= 2 * Integer.BYTES && message.getInt(Integer.BYTES) == CALL;
            } catch (SocketTimeoutException e) {
                socket.setSoTimeout(patience);
                told |= !graph(id, operatingVersion).equals(known);
            }
        }
        told = false;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
