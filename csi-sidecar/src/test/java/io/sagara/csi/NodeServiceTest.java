package io.sagara.csi;

import static io.sagara.csi.Requests.MIB;
import static io.sagara.csi.Requests.mounted;
import static io.sagara.csi.Requests.newVolume;
import static io.sagara.csi.Requests.publish;
import static io.sagara.csi.Requests.range;
import static io.sagara.csi.Requests.stage;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagara.api.v1.GrowVolumeRequest;
import io.sagara.api.v1.PublishVolumeRequest;
import io.sagara.api.v1.StageVolumeRequest;
import io.sagara.api.v1.Volume;
import io.sagara.api.v1.VolumeKind;
import io.sagara.api.v1.VolumeStats;
import io.sagara.csi.v1.NodeExpandVolumeRequest;
import io.sagara.csi.v1.NodeGetCapabilitiesRequest;
import io.sagara.csi.v1.NodeGetInfoRequest;
import io.sagara.csi.v1.NodeGetVolumeStatsRequest;
import io.sagara.csi.v1.NodeGetVolumeStatsResponse;
import io.sagara.csi.v1.NodePublishVolumeRequest;
import io.sagara.csi.v1.NodeServiceCapability.RPC;
import io.sagara.csi.v1.NodeUnpublishVolumeRequest;
import io.sagara.csi.v1.NodeUnstageVolumeRequest;
import io.sagara.csi.v1.VolumeCapability.AccessMode.Mode;
import io.sagara.csi.v1.VolumeCapability.MountVolume;
import io.sagara.csi.v1.VolumeUsage;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NodeServiceTest {
    private Rig rig;
    private String staging;
    private String target;

    @BeforeEach
    void start() throws IOException {
        rig = new Rig();
        staging = rig.path("staging");
        target = rig.path("target");
        rig.controller.createVolume(newVolume("v"));
    }

    @AfterEach
    void stop() throws IOException {
        rig.close();
    }

    @Test
    void itOffersWhatTheAgentDoes() {
        assertThat(rig.node
                        .nodeGetCapabilities(NodeGetCapabilitiesRequest.getDefaultInstance())
                        .getCapabilitiesList())
                .extracting(capability -> capability.getRpc().getType())
                .containsExactlyInAnyOrder(
                        RPC.Type.STAGE_UNSTAGE_VOLUME,
                        RPC.Type.GET_VOLUME_STATS,
                        RPC.Type.EXPAND_VOLUME,
                        RPC.Type.VOLUME_CONDITION,
                        RPC.Type.SINGLE_NODE_MULTI_WRITER);
    }

    @Test
    void theNodeIsTheAgents() {
        assertThat(rig.node.nodeGetInfo(NodeGetInfoRequest.getDefaultInstance()).getNodeId())
                .isEqualTo(FakeAgent.NODE);
    }

    @Test
    void aVolumeIsStagedPublishedAndTakenAwayAndEachStepMayBeRepeated() {
        for (int i = 0; i < 2; i++) {
            rig.node.nodeStageVolume(stage("v", staging));
        }
        for (int i = 0; i < 2; i++) {
            rig.node.nodePublishVolume(publish("v", staging, target));
        }
        assertThat(Path.of(target)).isDirectory();
        for (int i = 0; i < 2; i++) {
            rig.node.nodeUnpublishVolume(NodeUnpublishVolumeRequest.newBuilder()
                    .setVolumeId("v")
                    .setTargetPath(target)
                    .build());
        }
        assertThat(Path.of(target)).doesNotExist();
        for (int i = 0; i < 2; i++) {
            rig.node.nodeUnstageVolume(NodeUnstageVolumeRequest.newBuilder()
                    .setVolumeId("v")
                    .setStagingTargetPath(staging)
                    .build());
        }
    }

    @Test
    void theAgentIsToldWhereAndHow() {
        rig.node.nodeStageVolume(stage("v", staging));
        assertThat(rig.agent.last(StageVolumeRequest.class))
                .isEqualTo(StageVolumeRequest.newBuilder()
                        .setName("v")
                        .setStagingPath(staging)
                        .setPool("p1")
                        .build());
        var mount = MountVolume.newBuilder()
                .setFsType("ext4")
                .addMountFlags("noatime")
                .addMountFlags("nosuid");
        rig.node.nodePublishVolume(publish("v", staging, target).toBuilder()
                .setVolumeCapability(
                        mounted(Mode.SINGLE_NODE_MULTI_WRITER).toBuilder().setMount(mount))
                .build());
        assertThat(rig.agent.last(PublishVolumeRequest.class))
                .isEqualTo(PublishVolumeRequest.newBuilder()
                        .setName("v")
                        .setStagingPath(staging)
                        .setTargetPath(target)
                        .addMountFlags("noatime")
                        .addMountFlags("nosuid")
                        .setPool("p1")
                        .build());
    }

    @Test
    void aVolumeOfKadalusTimeNeedsNoContext() {
        rig.node.nodeStageVolume(
                stage("v", staging).toBuilder().clearVolumeContext().build());
        assertThat(rig.agent.last(StageVolumeRequest.class).getPool()).isEmpty();
        rig.node.nodePublishVolume(
                publish("v", staging, target).toBuilder().clearVolumeContext().build());
        assertThat(rig.agent.last(PublishVolumeRequest.class).getPool()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            names = {"UNKNOWN", "UNRECOGNIZED"},
            mode = EnumSource.Mode.EXCLUDE)
    void whoeverOnlyReadsGetsTheVolumeReadOnlyAndASingleWriterGetsItAlone(Mode mode) {
        publishAs(mode, false);
        PublishVolumeRequest asked = rig.agent.last(PublishVolumeRequest.class);
        assertThat(asked.getReadonly()).isEqualTo(mode.name().endsWith("READER_ONLY"));
        assertThat(asked.getExclusive()).isEqualTo(mode == Mode.SINGLE_NODE_SINGLE_WRITER);
    }

    @Test
    void aWriterMayAskForReadOnly() {
        publishAs(Mode.MULTI_NODE_MULTI_WRITER, true);
        assertThat(rig.agent.last(PublishVolumeRequest.class).getReadonly()).isTrue();
    }

    @Test
    void aSingleWriterKeepsOthersOut() {
        publishAs(Mode.SINGLE_NODE_SINGLE_WRITER, false);
        var second = publish("v", staging, rig.path("other")).toBuilder()
                .setVolumeCapability(mounted(Mode.SINGLE_NODE_SINGLE_WRITER))
                .build();
        assertThat(Failures.of(() -> rig.node.nodePublishVolume(second)).problem())
                .isEqualTo(Problem.IN_USE);
    }

    @Test
    void anAbsentVolumeCannotBeStaged() {
        assertThat(Failures.of(() -> rig.node.nodeStageVolume(stage("w", staging)))
                        .problem())
                .isEqualTo(Problem.NOT_FOUND);
    }

    @Test
    void statsAreTheAgents() {
        rig.node.nodeStageVolume(stage("v", staging));
        NodeGetVolumeStatsResponse answer = stats(staging);
        assertThat(answer.getUsageList())
                .containsExactly(
                        VolumeUsage.newBuilder()
                                .setUnit(VolumeUsage.Unit.BYTES)
                                .setTotal(100)
                                .setUsed(30)
                                .setAvailable(70)
                                .build(),
                        VolumeUsage.newBuilder()
                                .setUnit(VolumeUsage.Unit.INODES)
                                .setTotal(10)
                                .setUsed(1)
                                .setAvailable(9)
                                .build());
        assertThat(answer.getVolumeCondition().getAbnormal()).isFalse();
        assertThat(answer.getVolumeCondition().getMessage()).isNotEmpty();
    }

    @Test
    void aVolumeThatDoesNotAnswerIsAbnormalAndNotFull() {
        rig.node.nodeStageVolume(stage("v", staging));
        rig.agent.stats = VolumeStats.newBuilder()
                .setAbnormal(true)
                .setCondition("the mount hangs")
                .build();
        NodeGetVolumeStatsResponse answer = stats(staging);
        assertThat(answer.getUsageList()).isEmpty();
        assertThat(answer.getVolumeCondition().getAbnormal()).isTrue();
        assertThat(answer.getVolumeCondition().getMessage()).isEqualTo("the mount hangs");
    }

    @Test
    void statsOfAPlaceWhereTheVolumeIsNotAreNotFound() {
        assertThat(Failures.of(() -> stats(target)).problem()).isEqualTo(Problem.NOT_FOUND);
    }

    @Test
    void aDirectoryHasGrownAlreadyWhenTheNodeIsAsked() {
        assertThat(expand(64 * MIB)).isEqualTo(64 * MIB);
        assertThat(rig.agent.requests).noneMatch(GrowVolumeRequest.class::isInstance);
        StorageException failure = Failures.of(() -> expand(65 * MIB));
        assertThat(failure.problem()).isEqualTo(Problem.OUT_OF_RANGE);
        assertThat(failure).hasMessageContaining("call ControllerExpandVolume first");
    }

    @ParameterizedTest
    @EnumSource(names = {"VIRTBLOCK", "RAWBLOCK"})
    void aBlockVolumeGrowsOnTheNode(VolumeKind kind) {
        rig.agent.put(Volume.newBuilder()
                .setName("v")
                .setKind(kind)
                .setSizeBytes(2 * MIB)
                .build());
        assertThat(expand(MIB)).isEqualTo(2 * MIB);
        assertThat(rig.agent.requests)
                .filteredOn(GrowVolumeRequest.class::isInstance)
                .hasSize(1);
        assertThat(Failures.of(() -> expand(3 * MIB)).problem()).isEqualTo(Problem.OUT_OF_RANGE);
        assertThat(rig.agent.requests)
                .filteredOn(GrowVolumeRequest.class::isInstance)
                .hasSize(1);
    }

    private void publishAs(Mode mode, boolean readonly) {
        NodePublishVolumeRequest request = publish("v", staging, target).toBuilder()
                .setVolumeCapability(mounted(mode))
                .setReadonly(readonly)
                .build();
        rig.node.nodePublishVolume(request);
    }

    private NodeGetVolumeStatsResponse stats(String path) {
        return rig.node.nodeGetVolumeStats(NodeGetVolumeStatsRequest.newBuilder()
                .setVolumeId("v")
                .setVolumePath(path)
                .build());
    }

    private long expand(long required) {
        return rig.node
                .nodeExpandVolume(NodeExpandVolumeRequest.newBuilder()
                        .setVolumeId("v")
                        .setVolumePath(target)
                        .setCapacityRange(range(required, 0))
                        .build())
                .getCapacityBytes();
    }
}
