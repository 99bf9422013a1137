package io.sagara.api;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/// The client's end of a gRPC unix socket. It connects when it is first used and again whenever it has to:
/// every call that finds no connection tries once, so a server that is back is used at once and one that is
/// away fails the call at once. Safe for any number of threads. Linux only.
public final class UnixClient implements AutoCloseable {
    // 50,000 volumes in one list are about 15 MiB; the peer is a process of ours
    private static final int MAX_MESSAGE_BYTES = 32 << 20;
    private static final int CLOSE_SECONDS = 5;
    // either takes microseconds where the processor is free, but a server that accepts connections and says nothing
    // keeps us connecting, and its calls begin so late
    private static final int CONNECTING_MILLIS = 200;
    private static final int FAILED_MILLIS = 1000;

    private final EventLoopGroup loop;
    private final ExecutorService calls;
    private final ManagedChannel connection;
    private final Channel channel;

    /// A client of the server on `socket`; nothing is connected yet.
    public UnixClient(Path socket) {
        loop = new MultiThreadIoEventLoopGroup(
                1, Thread.ofPlatform().daemon().name("grpc-client-", 0).factory(), EpollIoHandler.newFactory());
        calls = Executors.newVirtualThreadPerTaskExecutor();
        connection = NettyChannelBuilder.forAddress(new DomainSocketAddress(socket.toFile()))
                .eventLoopGroup(loop)
                .channelType(EpollDomainSocketChannel.class)
                // grpc sets it on every connection, and a unix socket does not have it: netty would warn each time
                .withOption(ChannelOption.SO_KEEPALIVE, null)
                .executor(calls)
                .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                .usePlaintext()
                .overrideAuthority("localhost")
                .build();
        channel = ClientInterceptors.intercept(connection, new Reconnect(connection));
    }

    /// What stubs are made from: `AgentGrpc.newBlockingStub(client.channel())`.
    public Channel channel() {
        return channel;
    }

    /// Ends all calls and the connection. Closing twice does nothing.
    @Override
    public void close() {
        connection.shutdownNow();
        try {
            // before the threads that tell callers of the end
            connection.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        var _ = loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        calls.shutdown();
    }

    /// grpc waits longer and longer, up to two minutes, before it connects again, and fails calls meanwhile. On
    /// a unix socket an attempt costs nothing, so a call that finds the connection failed has it tried again.
    private static final class Reconnect implements ClientInterceptor {
        private final ManagedChannel connection;

        Reconnect(ManagedChannel connection) {
            this.connection = connection;
        }

        @Override
        public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
            // grpc fails calls a moment before it says that the connection failed
            leave(ConnectivityState.CONNECTING, CONNECTING_MILLIS, () -> {});
            forgetFailure();
            return next.newCall(method, options);
        }

        // one at a time, or a late one would undo the connection that an earlier one got
        private synchronized void forgetFailure() {
            leave(ConnectivityState.TRANSIENT_FAILURE, FAILED_MILLIS, connection::enterIdle);
        }

        /// Where the connection is in `state`, takes `action` and waits until it is in another.
        private void leave(ConnectivityState state, int millis, Runnable action) {
            if (connection.getState(false) != state) {
                return;
            }
            CountDownLatch left = new CountDownLatch(1);
            connection.notifyWhenStateChanged(state, left::countDown);
            action.run();
            try {
                var _ = left.await(millis, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
