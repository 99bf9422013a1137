package io.sagara.csi;

import static io.sagara.csi.Requests.block;
import static io.sagara.csi.Requests.mounted;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagara.api.v1.LayoutType;
import io.sagara.api.v1.Volume;
import io.sagara.api.v1.VolumeKind;
import io.sagara.csi.v1.ValidateVolumeCapabilitiesRequest;
import io.sagara.csi.v1.ValidateVolumeCapabilitiesResponse;
import io.sagara.csi.v1.VolumeCapability;
import io.sagara.csi.v1.VolumeCapability.AccessMode.Mode;
import io.sagara.spi.Problem;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class VolumeValidationTest {
    private Rig rig;

    @BeforeEach
    void start() throws IOException {
        rig = new Rig();
    }

    @AfterEach
    void stop() throws IOException {
        rig.close();
    }

    @ParameterizedTest
    @EnumSource(
            names = {"UNKNOWN", "UNRECOGNIZED"},
            mode = EnumSource.Mode.EXCLUDE)
    void aDirectoryCanBeMountedInEveryMode(Mode mode) {
        volume(VolumeKind.SUBVOL);
        var answer = validate(mounted(mode), Map.of());
        assertThat(answer.getConfirmed().getVolumeCapabilitiesList()).containsExactly(mounted(mode));
    }

    @Test
    void whatIsConfirmedIsRepeated() {
        volume(VolumeKind.SUBVOL);
        Map<String, String> context = Map.of("hostvol", "p1", "type", "unknown", "more", "x");
        var answer = rig.controller.validateVolumeCapabilities(ValidateVolumeCapabilitiesRequest.newBuilder()
                .setVolumeId("v")
                .addVolumeCapabilities(mounted(Mode.SINGLE_NODE_WRITER))
                .putAllVolumeContext(context)
                .putParameters("storage_name", "p1")
                .build());
        assertThat(answer.getConfirmed().getVolumeContextMap()).isEqualTo(context);
        assertThat(answer.getConfirmed().getParametersMap()).isEqualTo(Map.of("storage_name", "p1"));
        assertThat(answer.getMessage()).isEmpty();
    }

    @Test
    void aDirectoryIsNoDeviceAndADeviceNoDirectory() {
        volume(VolumeKind.SUBVOL);
        assertRefused(validate(block(Mode.SINGLE_NODE_WRITER), Map.of()), "is a file system");
        volume(VolumeKind.RAWBLOCK);
        assertRefused(validate(mounted(Mode.SINGLE_NODE_WRITER), Map.of()), "is a block device");
    }

    @ParameterizedTest
    @EnumSource(names = {"MULTI_NODE_READER_ONLY", "MULTI_NODE_SINGLE_WRITER", "MULTI_NODE_MULTI_WRITER"})
    void aBlockVolumeIsForOneNode(Mode mode) {
        volume(VolumeKind.RAWBLOCK);
        assertRefused(validate(block(mode), Map.of()), "one node only");
        volume(VolumeKind.VIRTBLOCK);
        assertRefused(validate(mounted(mode), Map.of()), "one node only");
    }

    @Test
    void aContextThatIsNotTheVolumesIsRefused() {
        volume(VolumeKind.SUBVOL);
        assertRefused(
                validate(mounted(Mode.SINGLE_NODE_WRITER), Map.of("hostvol", "p2")),
                "volume_context hostvol is 'p2', and the volume has 'p1'");
    }

    @Test
    void mutableParametersAreRefused() {
        volume(VolumeKind.SUBVOL);
        var request = ValidateVolumeCapabilitiesRequest.newBuilder()
                .setVolumeId("v")
                .addVolumeCapabilities(mounted(Mode.SINGLE_NODE_WRITER))
                .putChangeableParameters("iops", "1");
        assertRefused(rig.controller.validateVolumeCapabilities(request.build()), "mutable_parameters");
    }

    @Test
    void anAbsentVolumeIsNotFound() {
        assertThat(Failures.of(() -> validate(mounted(Mode.SINGLE_NODE_WRITER), Map.of()))
                        .problem())
                .isEqualTo(Problem.NOT_FOUND);
    }

    private static void assertRefused(ValidateVolumeCapabilitiesResponse answer, String message) {
        assertThat(answer.hasConfirmed()).isFalse();
        assertThat(answer.getMessage()).contains(message);
    }

    private void volume(VolumeKind kind) {
        rig.agent.put(Volume.newBuilder()
                .setName("v")
                .setPool("p1")
                .setKind(kind)
                .setLayout(LayoutType.REPLICA1)
                .build());
    }

    private ValidateVolumeCapabilitiesResponse validate(VolumeCapability capability, Map<String, String> context) {
        return rig.controller.validateVolumeCapabilities(ValidateVolumeCapabilitiesRequest.newBuilder()
                .setVolumeId("v")
                .addVolumeCapabilities(capability)
                .putAllVolumeContext(context)
                .build());
    }
}
