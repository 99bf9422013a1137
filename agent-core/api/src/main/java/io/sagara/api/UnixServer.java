package io.sagara.api;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;

/// The server's end of a gRPC unix socket: mode 0600, peers checked by user id (SO_PEERCRED), every call on a
/// virtual thread, every failure answered with the status of its problem. Linux only.
public final class UnixServer {
    // the longest path sockaddr_un takes is 108 bytes with its terminating zero (unix(7))
    private static final int MAX_SOCKET_PATH = 107;
    // S_IFMT and S_IFSOCK (inode(7))
    private static final int FILE_TYPE = 0xF000;
    private static final int SOCKET_TYPE = 0xC000;

    // for cancelled calls to end; they have nothing to wait for any more
    private static final Duration END = Duration.ofSeconds(2);
    private static final System.Logger LOG = System.getLogger(UnixServer.class.getName());

    private final Path socket;
    private final EventLoopGroup loop;
    private final ExecutorService calls;
    private final Server server;

    /// Serves `services` on `socket`, which is made anew: the caller has made sure that no other server uses
    /// the path. Connections of users for which `peers` is false are closed before a byte of them is read.
    ///
    /// Services throw [StorageException] or hand it to `onError`; everything else they throw is answered as
    /// INTERNAL and logged.
    ///
    /// Throws INVALID_ARGUMENT for a path that is too long for a socket or where something else than a socket
    /// is, UNAVAILABLE where the socket cannot be made.
    public UnixServer(Path socket, IntPredicate peers, List<? extends BindableService> services) {
        this(socket, peers, services, CallWatch.NONE);
    }

    /// The same, and tells `watch` of every call.
    public UnixServer(Path socket, IntPredicate peers, List<? extends BindableService> services, CallWatch watch) {
        check(socket);
        this.socket = socket;
        loop = new MultiThreadIoEventLoopGroup(
                1, Thread.ofPlatform().daemon().name("grpc-server-", 0).factory(), EpollIoHandler.newFactory());
        calls = Executors.newVirtualThreadPerTaskExecutor();
        NettyServerBuilder builder = NettyServerBuilder.forAddress(new DomainSocketAddress(socket.toFile()))
                .bossEventLoopGroup(loop)
                .workerEventLoopGroup(loop)
                .channelFactory(() -> listener(peers))
                // grpc sets it on every connection, and a unix socket does not have it: netty would warn each time
                .withChildOption(ChannelOption.SO_KEEPALIVE, null)
                .executor(calls)
                .intercept(new ProblemInterceptor(watch));
        services.forEach(builder::addService);
        try {
            Files.deleteIfExists(socket);
            server = builder.build().start();
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
        } catch (IOException e) {
            var _ = loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
            throw new StorageException(
                    Problem.UNAVAILABLE,
                    "cannot listen on " + socket + ": " + e.getMessage() + "; is its directory there and writable?",
                    e);
        }
    }

    /// Takes no more calls, gives running ones the time of `grace`, then cancels and interrupts them, and
    /// removes the socket. Returns when everything has ended, or a few seconds later where a call does not heed
    /// that.
    public void stop(Duration grace) throws InterruptedException {
        server.shutdown();
        if (!server.awaitTermination(grace.toMillis(), TimeUnit.MILLISECONDS)) {
            server.shutdownNow();
            server.awaitTermination(END.toMillis(), TimeUnit.MILLISECONDS);
        }
        calls.shutdownNow();
        // before the event loop, through which an interrupted call still answers
        calls.awaitTermination(END.toMillis(), TimeUnit.MILLISECONDS);
        var _ = loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        try {
            Files.deleteIfExists(socket);
        } catch (IOException e) {
            throw new StorageException(
                    Problem.UNAVAILABLE,
                    "cannot remove the socket " + socket + ": " + e.getMessage() + "; remove it by hand",
                    e);
        }
    }

    private static void check(Path socket) {
        if (socket.toString().getBytes(StandardCharsets.UTF_8).length > MAX_SOCKET_PATH) {
            throw new StorageException(
                    Problem.INVALID_ARGUMENT,
                    "the socket path " + socket + " is longer than " + MAX_SOCKET_PATH
                            + " bytes; choose a shorter directory");
        }
        try {
            int mode = (int) Files.getAttribute(socket, "unix:mode", LinkOption.NOFOLLOW_LINKS);
            if ((mode & FILE_TYPE) != SOCKET_TYPE) {
                throw new StorageException(
                        Problem.INVALID_ARGUMENT,
                        socket + " is there and is no socket; choose another path or remove it");
            }
        } catch (NoSuchFileException e) {
            // the usual case: it is to be made
        } catch (IOException e) {
            throw new StorageException(
                    Problem.UNAVAILABLE, "cannot look at " + socket + ": " + e.getMessage() + "; check its path", e);
        }
    }

    private static EpollServerDomainSocketChannel listener(IntPredicate peers) {
        EpollServerDomainSocketChannel listener = new EpollServerDomainSocketChannel();
        listener.pipeline().addFirst(new PeerCheck(peers));
        return listener;
    }

    /// Stands in the listening socket's pipeline, where a read is a new connection, and lets only welcome peers
    /// in.
    private static final class PeerCheck extends ChannelInboundHandlerAdapter {
        private final IntPredicate peers;

        PeerCheck(IntPredicate peers) {
            this.peers = peers;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object accepted) {
            EpollDomainSocketChannel peer = (EpollDomainSocketChannel) accepted;
            if (welcome(peer)) {
                context.fireChannelRead(peer);
            } else {
                peer.unsafe().closeForcibly();
            }
        }

        private boolean welcome(EpollDomainSocketChannel peer) {
            int uid;
            try {
                uid = peer.peerCredentials().uid();
            } catch (IOException e) {
                LOG.log(System.Logger.Level.WARNING, "refused a peer that does not say who it is", e);
                return false;
            }
            boolean welcome = peers.test(uid);
            if (!welcome) {
                LOG.log(System.Logger.Level.WARNING, "refused a peer with user id {0,number,#}", uid);
            }
            return welcome;
        }
    }
}
