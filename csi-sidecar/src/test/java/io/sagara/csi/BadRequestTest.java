package io.sagara.csi;

import static io.sagara.csi.Requests.MIB;
import static io.sagara.csi.Requests.block;
import static io.sagara.csi.Requests.mounted;
import static io.sagara.csi.Requests.newVolume;
import static io.sagara.csi.Requests.publish;
import static io.sagara.csi.Requests.range;
import static io.sagara.csi.Requests.stage;
import static io.sagara.spi.Problem.BUSY;
import static io.sagara.spi.Problem.INVALID_ARGUMENT;
import static io.sagara.spi.Problem.IN_USE;
import static io.sagara.spi.Problem.NOT_FOUND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.google.protobuf.Message;
import io.sagara.csi.v1.ControllerExpandVolumeRequest;
import io.sagara.csi.v1.ControllerGetVolumeRequest;
import io.sagara.csi.v1.CreateVolumeRequest;
import io.sagara.csi.v1.DeleteVolumeRequest;
import io.sagara.csi.v1.GetCapacityRequest;
import io.sagara.csi.v1.ListVolumesRequest;
import io.sagara.csi.v1.NodeExpandVolumeRequest;
import io.sagara.csi.v1.NodeGetVolumeStatsRequest;
import io.sagara.csi.v1.NodeUnpublishVolumeRequest;
import io.sagara.csi.v1.NodeUnstageVolumeRequest;
import io.sagara.csi.v1.ValidateVolumeCapabilitiesRequest;
import io.sagara.csi.v1.VolumeCapability;
import io.sagara.csi.v1.VolumeCapability.AccessMode.Mode;
import io.sagara.csi.v1.VolumeContentSource;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Requests that can never be right are refused before the agent hears of them.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadRequestTest {
    private static final VolumeCapability NO_MODE = mounted(Mode.UNKNOWN);
    private static final VolumeCapability NO_TYPE =
            mounted(Mode.SINGLE_NODE_WRITER).toBuilder().clearMount().build();
    private static final VolumeCapability GROUP = mounted(Mode.SINGLE_NODE_WRITER).toBuilder()
            .setMount(VolumeCapability.MountVolume.newBuilder().setVolumeMountGroup("100"))
            .build();

    private Rig rig;

    @BeforeAll
    void start() throws IOException {
        rig = new Rig();
    }

    @AfterAll
    void stop() throws IOException {
        rig.close();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"creates", "controllerCalls", "nodeCalls", "places"})
    void isRefusedWithTheCodeOfCsiAndAHintAndWithoutTheAgent(
            String what, Message request, Problem problem, String message) {
        rig.agent.requests.clear();
        StorageException failure = Failures.of(() -> rig.send(request));
        assertThat(failure.problem()).as(failure.getMessage()).isEqualTo(problem);
        assertThat(failure).hasMessageContaining(message);
        assertThat(rig.agent.requests).isEmpty();
    }

    static Stream<Arguments> creates() {
        CreateVolumeRequest good = newVolume("v");
        return Stream.of(
                bad("create without name", good.toBuilder().setName(""), "name is missing"),
                bad("create without capabilities", good.toBuilder().clearVolumeCapabilities(), "at least one"),
                bad("create without access mode", with(good, NO_MODE), "access mode"),
                bad("create without access type", with(good, NO_TYPE), "mount or block"),
                bad("create for a group", with(good, GROUP), "volume_mount_group"),
                bad("create with an unknown access mode", with(good, unknownMode()), "access mode"),
                bad("create as device and directory", mixed(good), "use two volumes"),
                bad("create a device for many nodes", with(good, block(Mode.MULTI_NODE_MULTI_WRITER)), "one node"),
                bad(
                        "create a block file for many nodes",
                        good.toBuilder().putParameters("pv_type", "Block"),
                        "one node"),
                bad("create with a negative size", good.toBuilder().setCapacityRange(range(-1, 0)), "negative"),
                bad("create with a negative limit", good.toBuilder().setCapacityRange(range(1, -1)), "negative"),
                bad("create with limit < required", good.toBuilder().setCapacityRange(range(2, 1)), "is below"),
                bad("create with an empty range", good.toBuilder().setCapacityRange(range(0, 0)), "says nothing"),
                bad("create with an unknown layout", with(good, "storage_type", "Raid5"), "Replica1, Replica2"),
                bad("create with an unknown host layout", with(good, "hostvol_type", "replica1"), "hostvol_type"),
                bad("create with an unknown kind", with(good, "pv_type", "Tape"), "use Block"),
                bad("create with mutable parameters", good.toBuilder().putChangeableParameters("a", "b"), "mutable"),
                bad(
                        "clone of nothing",
                        source(
                                good,
                                VolumeContentSource.newBuilder()
                                        .setVolume(VolumeContentSource.VolumeSource.newBuilder()
                                                .setVolumeId(""))),
                        "volume_id"),
                bad(
                        "restore of nothing",
                        source(
                                good,
                                VolumeContentSource.newBuilder()
                                        .setSnapshot(VolumeContentSource.SnapshotSource.newBuilder()
                                                .setSnapshotId(""))),
                        "snapshot_id"),
                bad("content of no kind", source(good, VolumeContentSource.newBuilder()), "neither"));
    }

    static Stream<Arguments> controllerCalls() {
        var expand = ControllerExpandVolumeRequest.newBuilder()
                .setVolumeId("v")
                .setCapacityRange(range(MIB, 0))
                .build();
        var validate = ValidateVolumeCapabilitiesRequest.newBuilder()
                .setVolumeId("v")
                .addVolumeCapabilities(mounted(Mode.SINGLE_NODE_WRITER))
                .build();
        return Stream.of(
                bad("delete without id", DeleteVolumeRequest.newBuilder(), "volume_id is missing"),
                bad("get without id", ControllerGetVolumeRequest.newBuilder(), "volume_id is missing"),
                bad("expand without id", expand.toBuilder().setVolumeId(""), "volume_id is missing"),
                bad("expand without range", expand.toBuilder().clearCapacityRange(), "capacity_range is missing"),
                bad("expand with an empty range", expand.toBuilder().setCapacityRange(range(0, 0)), "says nothing"),
                bad("expand by a negative size", expand.toBuilder().setCapacityRange(range(-5, 0)), "negative"),
                bad("expand with limit < required", expand.toBuilder().setCapacityRange(range(9, 8)), "is below"),
                bad("expand without access mode", expand.toBuilder().setVolumeCapability(NO_MODE), "access mode"),
                bad("validate without id", validate.toBuilder().setVolumeId(""), "volume_id is missing"),
                bad("validate without capabilities", validate.toBuilder().clearVolumeCapabilities(), "at least one"),
                bad("validate an empty capability", validate.toBuilder().setVolumeCapabilities(0, NO_TYPE), "mount or"),
                bad(
                        "capacity of an unknown layout",
                        GetCapacityRequest.newBuilder().putParameters("storage_type", "x"),
                        "storage_type 'x'"),
                bad(
                        "capacity for an empty capability",
                        GetCapacityRequest.newBuilder().addVolumeCapabilities(NO_TYPE),
                        "mount or block"),
                bad("list of fewer than none", ListVolumesRequest.newBuilder().setMaxEntries(-1), "max_entries"),
                refused(
                        "list from a foreign token",
                        ListVolumesRequest.newBuilder().setStartingToken("invalid"),
                        BUSY,
                        "without a token"),
                refused(
                        "list from a bare prefix",
                        ListVolumesRequest.newBuilder().setStartingToken("v1:"),
                        BUSY,
                        "without a token"));
    }

    static Stream<Arguments> nodeCalls() {
        var stage = stage("v", "/s");
        var publish = publish("v", "/s", "/t");
        return Stream.of(
                bad("stage without id", stage.toBuilder().setVolumeId(""), "volume_id is missing"),
                bad("stage without capability", stage.toBuilder().clearVolumeCapability(), "mount or block"),
                bad("stage without access mode", stage.toBuilder().setVolumeCapability(NO_MODE), "access mode"),
                bad(
                        "stage a directory as device",
                        stage.toBuilder()
                                .setVolumeCapability(block(Mode.SINGLE_NODE_WRITER))
                                .putVolumeContext("pvtype", "subvol"),
                        "block device"),
                bad(
                        "stage a device as directory",
                        stage.toBuilder().putVolumeContext("pvtype", "rawblock"),
                        "mounted directory"),
                bad(
                        "unstage without id",
                        NodeUnstageVolumeRequest.newBuilder().setStagingTargetPath("/s"),
                        "volume_id"),
                bad("publish without id", publish.toBuilder().setVolumeId(""), "volume_id is missing"),
                bad("publish without capability", publish.toBuilder().clearVolumeCapability(), "mount or block"),
                bad("publish without access mode", publish.toBuilder().setVolumeCapability(NO_MODE), "access mode"),
                bad(
                        "publish a directory as device",
                        publish.toBuilder()
                                .setVolumeCapability(block(Mode.SINGLE_NODE_WRITER))
                                .putVolumeContext("pvtype", "subvol"),
                        "block device"),
                refused(
                        "publish without staging",
                        publish.toBuilder().setStagingTargetPath(""),
                        IN_USE,
                        "call NodeStageVolume"),
                bad(
                        "unpublish without id",
                        NodeUnpublishVolumeRequest.newBuilder().setTargetPath("/t"),
                        "volume_id"),
                bad("stats without id", NodeGetVolumeStatsRequest.newBuilder().setVolumePath("/t"), "volume_id"),
                bad("stats without path", NodeGetVolumeStatsRequest.newBuilder().setVolumeId("v"), "volume_path is"),
                bad(
                        "node expand without id",
                        NodeExpandVolumeRequest.newBuilder().setVolumePath("/t"),
                        "volume_id"),
                bad(
                        "node expand without path",
                        NodeExpandVolumeRequest.newBuilder().setVolumeId("v"),
                        "volume_path is"),
                bad(
                        "node expand by a negative size",
                        NodeExpandVolumeRequest.newBuilder()
                                .setVolumeId("v")
                                .setVolumePath("/t")
                                .setCapacityRange(range(-1, 0)),
                        "negative"),
                bad(
                        "node expand without access mode",
                        NodeExpandVolumeRequest.newBuilder()
                                .setVolumeId("v")
                                .setVolumePath("/t")
                                .setVolumeCapability(NO_MODE),
                        "access mode"));
    }

    static Stream<Arguments> places() {
        return Stream.of("relative/path", "./x", "/a/../b", "/..", "/a/..", "/a\0b")
                .flatMap(path -> Stream.of(
                        bad(
                                "stage at " + path,
                                stage("v", path).toBuilder(),
                                "staging_target_path must be an absolute path"),
                        bad(
                                "unstage at " + path,
                                NodeUnstageVolumeRequest.newBuilder()
                                        .setVolumeId("v")
                                        .setStagingTargetPath(path),
                                "staging_target_path must be"),
                        bad(
                                "publish from " + path,
                                publish("v", path, "/t").toBuilder(),
                                "staging_target_path must be"),
                        bad("publish to " + path, publish("v", "/s", path).toBuilder(), "target_path must be"),
                        bad(
                                "unpublish " + path,
                                NodeUnpublishVolumeRequest.newBuilder()
                                        .setVolumeId("v")
                                        .setTargetPath(path),
                                "target_path must be"),
                        refused(
                                "stats of " + path,
                                NodeGetVolumeStatsRequest.newBuilder()
                                        .setVolumeId("v")
                                        .setVolumePath(path),
                                NOT_FOUND,
                                "volume_path must be"),
                        refused(
                                "node expand at " + path,
                                NodeExpandVolumeRequest.newBuilder()
                                        .setVolumeId("v")
                                        .setVolumePath(path),
                                NOT_FOUND,
                                "volume_path must be")));
    }

    private static Arguments bad(String what, Message.Builder request, String message) {
        return refused(what, request, INVALID_ARGUMENT, message);
    }

    private static Arguments refused(String what, Message.Builder request, Problem problem, String message) {
        return arguments(what.replace('\0', '?'), request.build(), problem, message);
    }

    private static CreateVolumeRequest.Builder with(CreateVolumeRequest good, VolumeCapability capability) {
        return good.toBuilder().clearVolumeCapabilities().addVolumeCapabilities(capability);
    }

    private static CreateVolumeRequest.Builder with(CreateVolumeRequest good, String key, String value) {
        return good.toBuilder().putParameters(key, value);
    }

    private static CreateVolumeRequest.Builder mixed(CreateVolumeRequest good) {
        return good.toBuilder()
                .clearVolumeCapabilities()
                .addAllVolumeCapabilities(List.of(mounted(Mode.SINGLE_NODE_WRITER), block(Mode.SINGLE_NODE_WRITER)));
    }

    private static CreateVolumeRequest.Builder source(CreateVolumeRequest good, VolumeContentSource.Builder source) {
        return good.toBuilder().setVolumeContentSource(source);
    }

    private static VolumeCapability unknownMode() {
        return mounted(Mode.SINGLE_NODE_WRITER).toBuilder()
                .setAccessMode(VolumeCapability.AccessMode.newBuilder().setModeValue(99))
                .build();
    }
}
