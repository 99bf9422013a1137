package io.sagara.csi;

import io.grpc.stub.StreamObserver;
import io.sagara.csi.registration.v1.InfoRequest;
import io.sagara.csi.registration.v1.PluginInfo;
import io.sagara.csi.registration.v1.RegistrationGrpc;
import io.sagara.csi.registration.v1.RegistrationStatus;
import io.sagara.csi.registration.v1.RegistrationStatusResponse;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells kubelet, which looks for sockets in its plugin registry, where the driver is.
final class RegistrationService extends RegistrationGrpc.RegistrationImplBase {
    private static final Logger LOG = LoggerFactory.getLogger(RegistrationService.class);
    private static final String TYPE = "CSIPlugin";
    // of CSI as kubelet counts it: any 1.x
    private static final String VERSION = "1.0.0";

    private final Path endpoint;

    /// `endpoint`: the socket of CSI, as kubelet sees it.
    RegistrationService(Path endpoint) {
        this.endpoint = endpoint;
    }

    @Override
    public void getInfo(InfoRequest request, StreamObserver<PluginInfo> caller) {
        caller.onNext(PluginInfo.newBuilder()
                .setType(TYPE)
                .setName(IdentityService.DRIVER)
                .setEndpoint(endpoint.toString())
                .addSupportedVersions(VERSION)
                .build());
        caller.onCompleted();
    }

    @Override
    public void notifyRegistrationStatus(
            RegistrationStatus request, StreamObserver<RegistrationStatusResponse> caller) {
        if (request.getPluginRegistered()) {
            LOG.atInfo().addKeyValue("endpoint", endpoint).log("registered with kubelet");
        } else {
            // it asks again by itself
            LOG.atWarn()
                    .addKeyValue("endpoint", endpoint)
                    .addKeyValue("reason", request.getError())
                    .log("kubelet could not register the driver");
        }
        caller.onNext(RegistrationStatusResponse.getDefaultInstance());
        caller.onCompleted();
    }
}
