package io.sagara.csi;

import com.google.protobuf.BoolValue;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.sagara.api.v1.GetInfoRequest;
import io.sagara.csi.v1.GetPluginCapabilitiesRequest;
import io.sagara.csi.v1.GetPluginCapabilitiesResponse;
import io.sagara.csi.v1.GetPluginInfoRequest;
import io.sagara.csi.v1.GetPluginInfoResponse;
import io.sagara.csi.v1.IdentityGrpc;
import io.sagara.csi.v1.PluginCapability;
import io.sagara.csi.v1.PluginCapability.Service;
import io.sagara.csi.v1.PluginCapability.VolumeExpansion;
import io.sagara.csi.v1.ProbeRequest;
import io.sagara.csi.v1.ProbeResponse;
import io.sagara.spi.StorageException;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Who the driver is and whether it can work. Everything but the readiness is answered without the agent.
final class IdentityService extends IdentityGrpc.IdentityImplBase {
    /// The driver's name in every StorageClass and PersistentVolume: Kadalu's.
    static final String DRIVER = "kadalu";

    private static final Logger LOG = LoggerFactory.getLogger(IdentityService.class);
    private static final String READY = "";

    private final AgentLink agent;
    private final String version;
    private final AtomicReference<String> lastState = new AtomicReference<>("not probed yet");

    IdentityService(AgentLink agent, String version) {
        this.agent = agent;
        this.version = version;
    }

    @Override
    public void getPluginInfo(GetPluginInfoRequest request, StreamObserver<GetPluginInfoResponse> caller) {
        caller.onNext(GetPluginInfoResponse.newBuilder()
                .setName(DRIVER)
                .setVendorVersion(version)
                .build());
        caller.onCompleted();
    }

    @Override
    public void getPluginCapabilities(
            GetPluginCapabilitiesRequest request, StreamObserver<GetPluginCapabilitiesResponse> caller) {
        caller.onNext(GetPluginCapabilitiesResponse.newBuilder()
                .addCapabilities(PluginCapability.newBuilder()
                        .setService(Service.newBuilder().setType(Service.Type.CONTROLLER_SERVICE)))
                .addCapabilities(PluginCapability.newBuilder()
                        .setVolumeExpansion(VolumeExpansion.newBuilder().setType(VolumeExpansion.Type.ONLINE)))
                .build());
        caller.onCompleted();
    }

    /// Ready when the agent is. It is no failure of this process that the agent is away or still taking up its
    /// pools, so the answer is `ready: false` then and not an error, which would have this process restarted.
    @Override
    public void probe(ProbeRequest request, StreamObserver<ProbeResponse> caller) {
        String state = state();
        if (!state.equals(lastState.getAndSet(state))) {
            if (state.equals(READY)) {
                LOG.atInfo().log("ready");
            } else {
                LOG.atWarn().addKeyValue("reason", state).log("not ready");
            }
        }
        caller.onNext(ProbeResponse.newBuilder()
                .setReady(BoolValue.of(state.equals(READY)))
                .build());
        caller.onCompleted();
    }

    private String state() {
        try {
            boolean ready = agent.probe(
                    stub -> stub.getInfo(GetInfoRequest.getDefaultInstance()).getReady());
            return ready ? READY : "the agent is still taking up its pools";
        } catch (StorageException | StatusRuntimeException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
