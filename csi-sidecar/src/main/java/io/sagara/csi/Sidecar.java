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
import java.util.Optional;

/// The driver, serving: the three services of CSI on one socket, with one way to the agent behind them, and
/// where it is wanted the service by which kubelet learns of them on another.
final class Sidecar {
    private static final int ROOT = 0;

    private final AgentLink agent;
    private final UnixServer server;
    private final Optional<UnixServer> registration;

    /// Serves from now on. Only root, as which kubelet and the stock sidecars run, and our own user may
    /// connect.
    ///
    /// Throws IN_USE where another process serves on the socket, and what [UnixServer] throws.
    Sidecar(CsiConfig config, String version, AgentLink.Bounds bounds, InstantSource clock) {
        SocketClaim.check(config.socket());
        config.registration().ifPresent(kubelet -> SocketClaim.check(kubelet.socket()));
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
        try {
            // last, because kubelet calls the driver as soon as it sees it
            registration = config.registration()
                    .map(kubelet -> new UnixServer(
                            kubelet.socket(),
                            user -> user == ROOT || user == self,
                            List.of(new RegistrationService(kubelet.endpoint()))));
        } catch (RuntimeException e) {
            abandon();
            throw e;
        }
    }

    private void abandon() {
        try {
            server.stop(Duration.ZERO);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            agent.close();
        }
    }

    /// Takes no more calls, gives running ones the time of `grace`, and ends.
    void stop(Duration grace) throws InterruptedException {
        try {
            // first, so that kubelet forgets the driver before it is gone
            if (registration.isPresent()) {
                registration.get().stop(grace);
            }
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
