package io.sagara.csi;

import io.sagara.api.UnixServer;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/// The driver, serving: the three services of CSI on one socket, with one way to the agent behind them.
final class Sidecar {
    private static final int ROOT = 0;

    private final AgentLink agent;
    private final UnixServer server;

    /// Serves from now on. Only root, as which kubelet and the stock sidecars run, and our own user may
    /// connect.
    ///
    /// Throws IN_USE where another process serves on the socket, and what [UnixServer] throws.
    Sidecar(CsiConfig config, String version, AgentLink.Bounds bounds, InstantSource clock) {
        SocketClaim.check(config.socket());
        int self = ownUser();
        agent = new AgentLink(config.agentSocket(), bounds);
        CallLog log = new CallLog(clock);
        try {
            server = new UnixServer(
                    config.socket(),
                    user -> user == ROOT || user == self,
                    List.of(
                            new IdentityService(agent, version),
                            new ControllerService(agent, log),
                            new NodeService(agent, log)));
        } catch (RuntimeException e) {
            agent.close();
            throw e;
        }
    }

    /// Takes no more calls, gives running ones the time of `grace`, and ends.
    void stop(Duration grace) throws InterruptedException {
        try {
            server.stop(grace);
        } finally {
            agent.close();
        }
    }

    private static int ownUser() {
        try {
            return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        } catch (IOException e) {
            throw new StorageException(
                    Problem.UNAVAILABLE, "cannot read our own user id: " + e.getMessage() + "; is /proc mounted?", e);
        }
    }
}
