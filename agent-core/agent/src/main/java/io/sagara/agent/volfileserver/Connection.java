package io.sagara.agent.volfileserver;

import io.sagara.agent.volfileserver.Rpc.Call;
import io.sagara.agent.volfileserver.Rpc.Outcome;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One GlusterFS process that is connected.
final class Connection implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

    // rpc/rpc-lib/src/protocol-common.h and xdr-common.h of GlusterFS 10.3
    private static final int HANDSHAKE = 14398633;
    private static final int GETSPEC = 2;
    private static final int PING = 3;
    private static final int EVENT_NOTIFY = 5;
    private static final int PORTMAP = 34123456;
    private static final int SIGNIN = 4;
    private static final int SIGNOUT = 5;
    private static final int CALLBACK = 52743234;
    private static final int CALLBACK_VERSION = 1;
    private static final int FETCHSPEC = 1;
    private static final int ENOENT = 2;

    private static final int LARGEST_REQUEST = 64 * 1024;
    private static final int LONGEST_NAME = 4096;
    private static final int MOST_IDS = 64;
    private static final byte[] NO_EXTRA = {};

    private final SocketChannel channel;
    private final Function<String, Optional<String>> volfiles;
    private final Consumer<SignIn> signIns;
    private final Set<String> ids = ConcurrentHashMap.newKeySet();
    private final ReentrantLock writing = new ReentrantLock();
    private final AtomicBoolean pushWaits = new AtomicBoolean();
    private final AtomicInteger callbacks = new AtomicInteger();

    Connection(SocketChannel channel, Function<String, Optional<String>> volfiles, Consumer<SignIn> signIns) {
        this.channel = channel;
        this.volfiles = volfiles;
        this.signIns = signIns;
    }

    /// What this process has asked for.
    Set<String> ids() {
        return Set.copyOf(ids);
    }

    /// Serves the peer until it closes or sends what is not the protocol.
    void serve() {
        try (channel) {
            InputStream in = Channels.newInputStream(channel);
            Optional<byte[]> record = Records.read(in, LARGEST_REQUEST);
            while (record.isPresent()) {
                Optional<Call> call = Rpc.call(record.get());
                if (call.isPresent()) {
                    send(answer(call.get()));
                }
                record = Records.read(in, LARGEST_REQUEST);
            }
        } catch (MalformedMessage e) {
            LOG.atWarn()
                    .addKeyValue("ids", ids)
                    .addKeyValue("reason", e.getMessage())
                    .log("volfile connection closed: not the protocol");
        } catch (IOException e) {
            LOG.atDebug().addKeyValue("ids", ids).setCause(e).log("volfile connection lost");
        }
    }

    private XdrWriter answer(Call call) throws MalformedMessage {
        return switch (call.program()) {
            case HANDSHAKE ->
                switch (call.procedure()) {
                    case GETSPEC -> volfile(call);
                    case PING, EVENT_NOTIFY -> done(call).opaque(NO_EXTRA);
                    default -> Rpc.reply(call, Outcome.PROGRAM_UNAVAILABLE);
                };
            case PORTMAP ->
                switch (call.procedure()) {
                    // a brick that is refused here reports failure to whoever started it
                    case SIGNIN -> signIn(call);
                    case SIGNOUT -> done(call);
                    default -> Rpc.reply(call, Outcome.PROGRAM_UNAVAILABLE);
                };
            default -> Rpc.reply(call, Outcome.PROGRAM_UNAVAILABLE);
        };
    }

    private XdrWriter volfile(Call call) throws MalformedMessage {
        call.arguments().integer(); // flags
        String id = call.arguments().string(LONGEST_NAME);
        if (!ids.contains(id) && ids.size() >= MOST_IDS) {
            throw new MalformedMessage("one process asks for more than " + MOST_IDS + " volfiles");
        }
        // before the look-up, so that a change in between is pushed
        ids.add(id);
        Optional<String> text = volfiles.apply(id);
        LOG.atDebug()
                .addKeyValue("id", id)
                .addKeyValue("found", text.isPresent())
                .log("volfile asked for");
        if (text.isEmpty()) {
            return Rpc.reply(call, Outcome.SUCCESS)
                    .integers(-1, ENOENT)
                    .string("")
                    .opaque(NO_EXTRA);
        }
        byte[] spec = text.get().getBytes(StandardCharsets.UTF_8);
        return Rpc.reply(call, Outcome.SUCCESS)
                .integers(spec.length, 0)
                .opaque(spec)
                .opaque(NO_EXTRA);
    }

    private XdrWriter signIn(Call call) throws MalformedMessage {
        String brick = call.arguments().string(LONGEST_NAME);
        int port = call.arguments().integer();
        int pid = call.arguments().integer();
        signIns.accept(new SignIn(brick, port, pid));
        return done(call);
    }

    /// The return value 0 and errno 0 of GlusterFS.
    private static XdrWriter done(Call call) {
        return Rpc.reply(call, Outcome.SUCCESS).integers(0, 0);
    }

    /// Tells the process to ask again; does not wait for it. Pushes that a slow peer has not taken yet become
    /// one.
    void push() {
        if (pushWaits.compareAndSet(false, true)) {
            Thread.ofVirtual().name("volfile-push").start(this::sendPush);
        }
    }

    private void sendPush() {
        try {
            writing.lock();
            try {
                pushWaits.set(false);
                write(Rpc.callback(callbacks.incrementAndGet(), CALLBACK, CALLBACK_VERSION, FETCHSPEC));
            } finally {
                writing.unlock();
            }
        } catch (IOException e) {
            LOG.atDebug().addKeyValue("ids", ids).setCause(e).log("volfile push not delivered");
        }
    }

    private void send(XdrWriter message) throws IOException {
        writing.lock();
        try {
            write(message);
        } finally {
            writing.unlock();
        }
    }

    private void write(XdrWriter message) throws IOException {
        var buffer = Records.framed(message.bytes());
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
