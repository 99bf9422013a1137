package io.sagara.csi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagara.api.UnixClient;
import io.sagara.csi.registration.v1.InfoRequest;
import io.sagara.csi.registration.v1.PluginInfo;
import io.sagara.csi.registration.v1.RegistrationGrpc;
import io.sagara.csi.registration.v1.RegistrationStatus;
import io.sagara.csi.registration.v1.RegistrationStatusResponse;
import io.sagara.csi.v1.GetPluginInfoRequest;
import io.sagara.csi.v1.IdentityGrpc;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RegistrationServiceTest {
    private Rig rig;
    private CsiConfig config;

    @BeforeEach
    void start() throws IOException {
        rig = new Rig();
        config = CsiConfig.from(Map.of(
                CsiConfig.SOCKET, rig.path("other"),
                CsiConfig.AGENT_SOCKET, rig.config.agentSocket().toString(),
                CsiConfig.REGISTRATION_SOCKET, rig.path("reg"),
                CsiConfig.KUBELET_SOCKET, "/var/lib/kubelet/plugins/kadalu/csi.sock"));
    }

    @AfterEach
    void stop() throws IOException {
        rig.close();
    }

    @Test
    void kubeletLearnsWhereTheDriverIs() throws Exception {
        Sidecar sidecar = sidecar();
        try (UnixClient kubelet = new UnixClient(Path.of(rig.path("reg")))) {
            var registration = RegistrationGrpc.newBlockingStub(kubelet.channel());
            assertThat(registration.getInfo(InfoRequest.getDefaultInstance()))
                    .isEqualTo(PluginInfo.newBuilder()
                            .setType("CSIPlugin")
                            .setName("kadalu")
                            .setEndpoint("/var/lib/kubelet/plugins/kadalu/csi.sock")
                            .addSupportedVersions("1.0.0")
                            .build());
            assertThat(registration.notifyRegistrationStatus(RegistrationStatus.newBuilder()
                            .setPluginRegistered(false)
                            .setError("no such socket")
                            .build()))
                    .isEqualTo(RegistrationStatusResponse.getDefaultInstance());
        }
        sidecar.stop(Rig.GRACE);
        assertThat(Path.of(rig.path("reg"))).doesNotExist();
    }

    @Test
    void whereItCannotRegisterItDoesNotServeEither() throws Exception {
        Files.writeString(Path.of(rig.path("reg")), "precious");
        assertThatThrownBy(this::sidecar).hasMessageContaining("is no socket");
        assertThat(Path.of(rig.path("reg"))).hasContent("precious");
        assertThat(config.socket()).doesNotExist();
        Files.delete(Path.of(rig.path("reg")));
        Sidecar next = sidecar();
        try (UnixClient caller = new UnixClient(config.socket())) {
            assertThat(IdentityGrpc.newBlockingStub(caller.channel())
                            .getPluginInfo(GetPluginInfoRequest.getDefaultInstance())
                            .getName())
                    .isEqualTo("kadalu");
        }
        next.stop(Rig.GRACE);
    }

    private Sidecar sidecar() {
        return new Sidecar(config, "1.2.3", AgentLink.Bounds.DEFAULT, InstantSource.system());
    }
}
