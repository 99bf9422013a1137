package io.sagara.csi;

import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Whether a socket's path may be taken: nobody listens there. A socket that a killed process left behind is
/// refused by the kernel and so is free.
final class SocketClaim {
    private SocketClaim() {}

    /// Throws IN_USE where somebody listens on `socket`, or may do so.
    static void check(Path socket) {
        if (!Files.exists(socket, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            // not blocking: the queue of a server that hangs may be full
            channel.configureBlocking(false);
            channel.connect(UnixDomainSocketAddress.of(socket));
        } catch (ConnectException e) {
            return;
        } catch (IOException e) {
            // also where a server's queue is full, or it is somebody else's
            throw inUse("something seems to listen on " + socket + " (" + e.getMessage() + ")", e);
        }
        throw inUse("something listens on " + socket + " already", null);
    }

    private static StorageException inUse(String what, @Nullable IOException cause) {
        return new StorageException(
                Problem.IN_USE, what + "; stop it, or set " + CsiConfig.SOCKET + " to another path", cause);
    }
}
