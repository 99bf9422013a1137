package io.sagara.csi;

import static io.sagara.csi.Requests.MIB;
import static io.sagara.csi.Requests.block;
import static io.sagara.csi.Requests.mounted;
import static io.sagara.csi.Requests.newVolume;
import static io.sagara.csi.Requests.range;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagara.api.v1.CreateVolumeRequest;
import io.sagara.api.v1.LayoutType;
import io.sagara.api.v1.PoolPhase;
import io.sagara.api.v1.VolumeKind;
import io.sagara.csi.v1.ControllerExpandVolumeRequest;
import io.sagara.csi.v1.ControllerGetCapabilitiesRequest;
import io.sagara.csi.v1.ControllerGetVolumeRequest;
import io.sagara.csi.v1.ControllerServiceCapability.RPC;
import io.sagara.csi.v1.DeleteVolumeRequest;
import io.sagara.csi.v1.GetCapacityRequest;
import io.sagara.csi.v1.Volume;
import io.sagara.csi.v1.VolumeCapability.AccessMode.Mode;
import io.sagara.csi.v1.VolumeCondition;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ControllerServiceTest {
    private static final long GIB = 1 << 30;

    private Rig rig;

    @BeforeEach
    void start() throws IOException {
        rig = new Rig();
    }

    @AfterEach
    void stop() throws IOException {
        rig.close();
    }

    @Test
    void itOffersWhatTheAgentDoes() {
        var capabilities = rig.controller
                .controllerGetCapabilities(ControllerGetCapabilitiesRequest.getDefaultInstance())
                .getCapabilitiesList();
        assertThat(capabilities)
                .extracting(capability -> capability.getRpc().getType())
                .containsExactlyInAnyOrder(
                        RPC.Type.CREATE_DELETE_VOLUME,
                        RPC.Type.LIST_VOLUMES,
                        RPC.Type.GET_CAPACITY,
                        RPC.Type.EXPAND_VOLUME,
                        RPC.Type.GET_VOLUME,
                        RPC.Type.VOLUME_CONDITION,
                        RPC.Type.CLONE_VOLUME,
                        RPC.Type.CREATE_DELETE_SNAPSHOT,
                        RPC.Type.LIST_SNAPSHOTS,
                        RPC.Type.SINGLE_NODE_MULTI_WRITER);
    }

    @Test
    void aCreatedVolumeIsNamedLikeItsPersistentVolumeAndCarriesKadalusContext() {
        Volume volume = rig.controller.createVolume(newVolume("pvc-1")).getVolume();
        assertThat(volume.getVolumeId()).isEqualTo("pvc-1");
        assertThat(volume.getCapacityBytes()).isEqualTo(64 * MIB);
        assertThat(volume.getVolumeContextMap())
                .isEqualTo(Map.of(
                        "type", "Replica1",
                        "hostvol", "p1",
                        "pvtype", "subvol",
                        "path", "subvol/aa/bb/pvc-1",
                        "fstype", "xfs",
                        "single_pv_per_pool", "False"));
    }

    @Test
    void parametersChooseWhereAndUnknownOnesDoNotMatter() {
        var request = newVolume("v").toBuilder()
                .putParameters("storage_name", "p7")
                .putParameters("storage_type", "Disperse")
                .putParameters("hostvol_type", "Replica3")
                .putParameters("node_affinity", "node-9")
                .putParameters("supported_pvtype", "all")
                .putParameters("single_pv_per_pool", "True")
                .putParameters("csi.storage.k8s.io/pvc/name", "claim")
                .setCapacityRange(range(5 * MIB, 6 * MIB));
        rig.controller.createVolume(request.build());
        assertThat(rig.agent.last(CreateVolumeRequest.class))
                .isEqualTo(CreateVolumeRequest.newBuilder()
                        .setName("v")
                        .setSizeBytes(5 * MIB)
                        .setLimitBytes(6 * MIB)
                        .setKind(VolumeKind.SUBVOL)
                        .setPool("p7")
                        .setLayout(LayoutType.DISPERSE)
                        .setNode("node-9")
                        .build());
    }

    @ParameterizedTest
    @CsvSource({
        "Replica1, REPLICA1",
        "Replica2, REPLICA2",
        "Replica3, REPLICA3",
        "Arbiter, ARBITER",
        "Disperse, DISPERSE",
        "External, EXTERNAL"
    })
    void everyLayoutCanBeAskedForByKadalusName(String name, LayoutType layout) {
        rig.controller.createVolume(
                newVolume("v").toBuilder().putParameters("hostvol_type", name).build());
        assertThat(rig.agent.last(CreateVolumeRequest.class).getLayout()).isEqualTo(layout);
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 1073741824", "0, 5000, 5000", "0, 2147483648, 1073741824", "7, 0, 7", "7, 9, 7"})
    void aVolumeHasWhatIsRequiredOrAGibibyteOrTheLimitWhereThatIsLess(long required, long limit, long size) {
        var request = newVolume("v").toBuilder().clearCapacityRange();
        if (required > 0 || limit > 0) {
            request.setCapacityRange(range(required, limit));
        }
        assertThat(rig.controller.createVolume(request.build()).getVolume().getCapacityBytes())
                .isEqualTo(size);
        assertThat(rig.agent.last(CreateVolumeRequest.class).getLimitBytes()).isEqualTo(limit);
    }

    @Test
    void theKindFollowsThePersistentVolumeTypeAndTheVolumeMode() {
        var mounted = newVolume("v").toBuilder()
                .setVolumeCapabilities(0, mounted(Mode.SINGLE_NODE_WRITER))
                .putParameters("pv_type", "Block");
        rig.controller.createVolume(mounted.build());
        assertThat(rig.agent.last(CreateVolumeRequest.class).getKind()).isEqualTo(VolumeKind.VIRTBLOCK);

        var device = newVolume("w").toBuilder().setVolumeCapabilities(0, block(Mode.SINGLE_NODE_WRITER));
        rig.controller.createVolume(device.build());
        assertThat(rig.agent.last(CreateVolumeRequest.class).getKind()).isEqualTo(VolumeKind.RAWBLOCK);
    }

    @Test
    void creatingTwiceIsCreatingOnceAndAnotherSizeIsRefused() {
        assertThat(rig.controller.createVolume(newVolume("v"))).isEqualTo(rig.controller.createVolume(newVolume("v")));
        var larger = newVolume("v").toBuilder().setCapacityRange(range(GIB, 0)).build();
        StorageException failure = Failures.of(() -> rig.controller.createVolume(larger));
        assertThat(failure.problem()).isEqualTo(Problem.ALREADY_EXISTS);
        assertThat(failure).hasMessage("volume v has another size");
    }

    @Test
    void deletingIsRepeatableAndAnAbsentVolumeIsDeleted() {
        rig.controller.createVolume(newVolume("v"));
        var request = DeleteVolumeRequest.newBuilder().setVolumeId("v").build();
        assertThat(rig.controller.deleteVolume(request)).isNotNull();
        assertThat(rig.controller.deleteVolume(request)).isNotNull();
        assertThat(Failures.of(() -> get("v")).problem()).isEqualTo(Problem.NOT_FOUND);
    }

    @Test
    void aDirectoryGrowsAtTheControllerAlone() {
        rig.controller.createVolume(newVolume("v"));
        var answer = rig.controller.controllerExpandVolume(expand(GIB, 2 * GIB));
        assertThat(answer.getCapacityBytes()).isEqualTo(GIB);
        assertThat(answer.getNodeExpansionRequired()).isFalse();
        var asked = rig.agent.last(io.sagara.api.v1.ExpandVolumeRequest.class);
        assertThat(asked.getSizeBytes()).isEqualTo(GIB);
        assertThat(asked.getLimitBytes()).isEqualTo(2 * GIB);
    }

    @ParameterizedTest
    @EnumSource(names = {"VIRTBLOCK", "RAWBLOCK"})
    void aBlockVolumeHasToGrowOnItsNodeToo(VolumeKind kind) {
        rig.agent.put(io.sagara.api.v1.Volume.newBuilder()
                .setName("v")
                .setKind(kind)
                .setSizeBytes(MIB)
                .build());
        assertThat(rig.controller.controllerExpandVolume(expand(GIB, 0)).getNodeExpansionRequired())
                .isTrue();
    }

    @Test
    void anExpansionWithOnlyALimitLeavesTheVolumeAsItIs() {
        rig.controller.createVolume(newVolume("v"));
        assertThat(rig.controller.controllerExpandVolume(expand(0, GIB)).getCapacityBytes())
                .isEqualTo(64 * MIB);
        StorageException failure = Failures.of(() -> rig.controller.controllerExpandVolume(expand(0, MIB)));
        assertThat(failure.problem()).isEqualTo(Problem.OUT_OF_RANGE);
        assertThat(failure).hasMessageContaining("volumes do not shrink");
    }

    @Test
    void capacityIsTheAgentsForTheSameParameters() {
        var answer = rig.controller.getCapacity(GetCapacityRequest.newBuilder()
                .putParameters("storage_name", "p1")
                .putParameters("storage_type", "Replica3")
                .putParameters("node_affinity", "n")
                .addVolumeCapabilities(mounted(Mode.SINGLE_NODE_WRITER))
                .build());
        assertThat(answer.getAvailableCapacity()).isEqualTo(1000);
        assertThat(answer.getMaximumVolumeSize().getValue()).isEqualTo(600);
        assertThat(rig.agent.last(io.sagara.api.v1.GetCapacityRequest.class))
                .isEqualTo(io.sagara.api.v1.GetCapacityRequest.newBuilder()
                        .setPool("p1")
                        .setLayout(LayoutType.REPLICA3)
                        .setNode("n")
                        .build());
    }

    @ParameterizedTest
    @CsvSource({"READY, false", "STARTING, true", "DEGRADED, true", "FAILED, true"})
    void theConditionOfAVolumeIsThatOfItsPool(PoolPhase phase, boolean abnormal) {
        rig.controller.createVolume(newVolume("v"));
        rig.agent.pool("p1", LayoutType.REPLICA1, phase, "look at brick 0");
        VolumeCondition condition = get("v");
        assertThat(condition.getAbnormal()).isEqualTo(abnormal);
        assertThat(condition.getMessage()).startsWith("pool p1 ").endsWith(": look at brick 0");
    }

    @Test
    void aVolumeWhosePoolIsGoneIsAbnormal() {
        rig.controller.createVolume(newVolume("v"));
        rig.agent.pools.clear();
        assertThat(get("v").getAbnormal()).isTrue();
        assertThat(get("v").getMessage()).contains("pool p1 is not served");
    }

    @ParameterizedTest
    @EnumSource
    void whatTheAgentAnswersReachesTheCallerUnchanged(Problem problem) {
        rig.agent.failure = new StorageException(problem, "pool p1: this; do that");
        StorageException failure = Failures.of(() -> rig.controller.createVolume(newVolume("v")));
        assertThat(failure.problem()).isEqualTo(problem);
        assertThat(failure).hasMessage("pool p1: this; do that");
    }

    private VolumeCondition get(String name) {
        return rig.controller
                .controllerGetVolume(ControllerGetVolumeRequest.newBuilder()
                        .setVolumeId(name)
                        .build())
                .getStatus()
                .getVolumeCondition();
    }

    private static ControllerExpandVolumeRequest expand(long required, long limit) {
        return ControllerExpandVolumeRequest.newBuilder()
                .setVolumeId("v")
                .setCapacityRange(range(required, limit))
                .build();
    }
}
