package io.sagara.csi;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagara.csi.v1.GetPluginCapabilitiesRequest;
import io.sagara.csi.v1.GetPluginInfoRequest;
import io.sagara.csi.v1.PluginCapability;
import io.sagara.csi.v1.ProbeRequest;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class IdentityServiceTest {
    private Rig rig;

    @BeforeEach
    void start() throws IOException {
        rig = new Rig();
    }

    @AfterEach
    void stop() throws Exception {
        rig.close();
    }

    @Test
    void theDriverIsKadalusAndHasAVersionEvenWithoutAnAgent() throws Exception {
        rig.stopAgent();
        var info = rig.identity.getPluginInfo(GetPluginInfoRequest.getDefaultInstance());
        assertThat(info.getName()).isEqualTo("kadalu");
        assertThat(info.getVendorVersion()).isEqualTo("1.2.3");
    }

    @Test
    void itOffersAControllerAndOnlineExpansionAndNothingElse() {
        var capabilities = rig.identity
                .getPluginCapabilities(GetPluginCapabilitiesRequest.getDefaultInstance())
                .getCapabilitiesList();
        assertThat(capabilities)
                .extracting(
                        capability -> capability.getService().getType(),
                        capability -> capability.getVolumeExpansion().getType())
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(
                                PluginCapability.Service.Type.CONTROLLER_SERVICE,
                                PluginCapability.VolumeExpansion.Type.UNKNOWN),
                        org.assertj.core.groups.Tuple.tuple(
                                PluginCapability.Service.Type.UNKNOWN, PluginCapability.VolumeExpansion.Type.ONLINE));
    }

    @Test
    void itIsReadyWhenTheAgentIs() {
        assertThat(ready()).isTrue();
        rig.agent.ready = false;
        assertThat(ready()).isFalse();
    }

    @Test
    void itIsNotReadyWhileTheAgentIsAwayAndReadyAgainWhenItIsBack() throws Exception {
        assertThat(ready()).isTrue();
        rig.stopAgent();
        assertThat(ready()).isFalse();
        rig.startAgent();
        assertThat(ready()).isTrue();
    }

    @Test
    void itIsNotReadyWhenTheAgentFails() {
        rig.agent.failure = new StorageException(Problem.INTERNAL, "broken");
        assertThat(ready()).isFalse();
    }

    @Test
    void aHangingAgentDoesNotHoldUpTheProbe() {
        rig.agent.gate = new CountDownLatch(1);
        var probe = rig.identity.withDeadlineAfter(1, TimeUnit.SECONDS);
        assertThat(probe.probe(ProbeRequest.getDefaultInstance()).getReady().getValue())
                .isFalse();
    }

    private boolean ready() {
        return rig.identity.probe(ProbeRequest.getDefaultInstance()).getReady().getValue();
    }
}
