package io.sagara.agent.operation;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/// The socket of a running GlusterFS daemon. Each call has a connection of its own.
public record DaemonSocket(Path path) {
    private static final Duration DEADLINE = Duration.ofSeconds(10);
    private static final int INT = 4;
    private static final int LAST = 0x80000000;
    /// An answer is some hundred bytes a set.
    private static final int MOST = 1024 * 1024;

    private static final int CALL = 0;
    private static final int RPC_VERSION = 2;
    /// GD_BRICK_PROGRAM of GlusterFS.
    private static final int PROGRAM = 4_867_634;
    private static final int PROGRAM_VERSION = 2;
    /// Call id, reply, accepted, flavour and length of the verifier; then how it was accepted.
    private static final int REPLY_HEAD = 5 * INT;

    /// What may be asked of a daemon, with its number in GlusterFS.
    public enum Operation {
        /// An order to translators that the input lists.
        TRANSLATORS(3),
        /// An order to distribute.
        REBALANCE(6);

        private final int number;

        Operation(int number) {
            this.number = number;
        }
    }

    /// Gives the order and returns the answer's fields. `translator`: to whom, where the operation has one.
    /// Throws where nobody answers in ten seconds, or the daemon refuses.
    public Map<String, String> call(Operation operation, String translator, Map<String, String> input)
            throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
                Selector selector = Selector.open()) {
            boolean _ = channel.connect(UnixDomainSocketAddress.of(path));
            ByteBuffer request = request(operation, translator, Dictionary.encoded(input));
            while (request.hasRemaining()) {
                int _ = channel.write(request);
            }
            channel.configureBlocking(false);
            SelectionKey _ = channel.register(selector, SelectionKey.OP_READ);
            int length = read(channel, selector, INT).getInt() & ~LAST;
            if (length > MOST) {
                throw new IOException("an answer of " + length + " bytes");
            }
            return answer(read(channel, selector, length));
        } catch (BufferUnderflowException e) {
            throw new IOException("an answer that ends too early", e);
        }
    }

    private static ByteBuffer request(Operation operation, String translator, byte[] input) {
        var body = new ByteArrayOutputStream();
        // no credential, no verifier: who may open the socket may give orders
        integers(body, 1, CALL, RPC_VERSION, PROGRAM, PROGRAM_VERSION, operation.number, 0, 0, 0, 0);
        opaque(body, translator.getBytes(StandardCharsets.UTF_8));
        integers(body, 0);
        opaque(body, input);
        // a second dictionary, which nobody reads
        integers(body, 0);
        return ByteBuffer.allocate(INT + body.size())
                .putInt(LAST | body.size())
                .put(body.toByteArray())
                .flip();
    }

    private static void integers(ByteArrayOutputStream out, int... values) {
        for (int value : values) {
            out.writeBytes(ByteBuffer.allocate(INT).putInt(value).array());
        }
    }

    private static void opaque(ByteArrayOutputStream out, byte[] value) {
        integers(out, value.length);
        out.writeBytes(value);
        out.writeBytes(new byte[padding(value.length)]);
    }

    private static int padding(int length) {
        return (INT - length % INT) % INT;
    }

    private static ByteBuffer read(SocketChannel channel, Selector selector, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining()) {
            if (selector.select(DEADLINE.toMillis()) == 0) {
                throw new SocketTimeoutException("no answer within " + DEADLINE.toSeconds() + " s");
            }
            selector.selectedKeys().clear();
            if (channel.read(bytes) < 0) {
                throw new EOFException("the daemon closed the connection");
            }
        }
        return bytes.flip();
    }

    private static Map<String, String> answer(ByteBuffer reply) throws IOException {
        reply.position(REPLY_HEAD);
        int accepted = reply.getInt();
        if (accepted != 0) {
            throw new IOException("the daemon does not know this order (" + accepted + ")");
        }
        int result = reply.getInt();
        int error = reply.getInt();
        byte[] output = field(reply);
        String reason = new String(field(reply), StandardCharsets.UTF_8).replace("\0", "");
        Map<String, String> fields = Dictionary.decoded(output);
        if (result != 0 && fields.isEmpty()) {
            throw new IOException("the daemon refuses: " + (reason.isEmpty() ? "error " + error : reason));
        }
        return fields;
    }

    private static byte[] field(ByteBuffer reply) throws IOException {
        int length = reply.getInt();
        if (length < 0 || length > reply.remaining()) {
            throw new IOException("a field of " + Integer.toUnsignedLong(length) + " bytes");
        }
        var value = new byte[length];
        reply.get(value);
        reply.position(Math.min(reply.limit(), reply.position() + padding(length)));
        return value;
    }
}
