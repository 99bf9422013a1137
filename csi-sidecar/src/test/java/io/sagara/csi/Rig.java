package io.sagara.csi;

import com.google.protobuf.Message;
import io.sagara.api.UnixClient;
import io.sagara.api.UnixServer;
import io.sagara.csi.v1.ControllerExpandVolumeRequest;
import io.sagara.csi.v1.ControllerGetVolumeRequest;
import io.sagara.csi.v1.ControllerGrpc;
import io.sagara.csi.v1.CreateVolumeRequest;
import io.sagara.csi.v1.DeleteVolumeRequest;
import io.sagara.csi.v1.GetCapacityRequest;
import io.sagara.csi.v1.IdentityGrpc;
import io.sagara.csi.v1.ListVolumesRequest;
import io.sagara.csi.v1.NodeExpandVolumeRequest;
import io.sagara.csi.v1.NodeGetVolumeStatsRequest;
import io.sagara.csi.v1.NodeGrpc;
import io.sagara.csi.v1.NodePublishVolumeRequest;
import io.sagara.csi.v1.NodeStageVolumeRequest;
import io.sagara.csi.v1.NodeUnpublishVolumeRequest;
import io.sagara.csi.v1.NodeUnstageVolumeRequest;
import io.sagara.csi.v1.ValidateVolumeCapabilitiesRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A sidecar between a caller of CSI and a [FakeAgent], on real sockets in a directory of its own. Socket paths
/// are short whatever the build directory is.
final class Rig implements AutoCloseable {
    static final Duration GRACE = Duration.ofSeconds(5);

    final Path directory;
    final FakeAgent agent = new FakeAgent();
    final CsiConfig config;
    final Sidecar sidecar;
    final IdentityGrpc.IdentityBlockingStub identity;
    final ControllerGrpc.ControllerBlockingStub controller;
    final NodeGrpc.NodeBlockingStub node;

    private final UnixClient caller;
    private @Nullable UnixServer agentServer;

    Rig() throws IOException {
        this(AgentLink.Bounds.DEFAULT);
    }

    Rig(AgentLink.Bounds bounds) throws IOException {
        directory = Files.createTempDirectory("csi");
        config = CsiConfig.from(Map.of(
                CsiConfig.SOCKET, directory.resolve("csi.sock").toString(),
                CsiConfig.AGENT_SOCKET, directory.resolve("agent.sock").toString()));
        startAgent();
        sidecar = new Sidecar(config, "1.2.3", bounds, InstantSource.system());
        caller = new UnixClient(config.socket());
        identity = IdentityGrpc.newBlockingStub(caller.channel());
        controller = ControllerGrpc.newBlockingStub(caller.channel());
        node = NodeGrpc.newBlockingStub(caller.channel());
    }

    void startAgent() {
        agentServer = new UnixServer(config.agentSocket(), _ -> true, List.of(agent));
    }

    void stopAgent() throws InterruptedException {
        if (agentServer != null) {
            agentServer.stop(Duration.ofMillis(1));
            agentServer = null;
        }
    }

    String path(String name) {
        return directory.resolve(name).toString();
    }

    /// Makes the call that a request is for.
    Message send(Message request) {
        return switch (request) {
            case CreateVolumeRequest r -> controller.createVolume(r);
            case DeleteVolumeRequest r -> controller.deleteVolume(r);
            case ControllerExpandVolumeRequest r -> controller.controllerExpandVolume(r);
            case ControllerGetVolumeRequest r -> controller.controllerGetVolume(r);
            case ValidateVolumeCapabilitiesRequest r -> controller.validateVolumeCapabilities(r);
            case ListVolumesRequest r -> controller.listVolumes(r);
            case GetCapacityRequest r -> controller.getCapacity(r);
            case NodeStageVolumeRequest r -> node.nodeStageVolume(r);
            case NodeUnstageVolumeRequest r -> node.nodeUnstageVolume(r);
            case NodePublishVolumeRequest r -> node.nodePublishVolume(r);
            case NodeUnpublishVolumeRequest r -> node.nodeUnpublishVolume(r);
            case NodeGetVolumeStatsRequest r -> node.nodeGetVolumeStats(r);
            case NodeExpandVolumeRequest r -> node.nodeExpandVolume(r);
            default -> throw new AssertionError("no call for " + request.getClass());
        };
    }

    @Override
    public void close() throws IOException {
        caller.close();
        try {
            sidecar.stop(GRACE);
            stopAgent();
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while stopping", e);
        }
        try (var left = Files.walk(directory)) {
            for (Path path : left.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(path);
            }
        }
    }
}
