package io.sagara.csi;

import io.grpc.stub.StreamObserver;
import io.sagara.api.v1.GetInfoRequest;
import io.sagara.api.v1.GetVolumeRequest;
import io.sagara.api.v1.GetVolumeStatsRequest;
import io.sagara.api.v1.GrowVolumeRequest;
import io.sagara.api.v1.PublishVolumeRequest;
import io.sagara.api.v1.StageVolumeRequest;
import io.sagara.api.v1.UnpublishVolumeRequest;
import io.sagara.api.v1.UnstageVolumeRequest;
import io.sagara.api.v1.Volume;
import io.sagara.api.v1.VolumeStats;
import io.sagara.csi.request.Access;
import io.sagara.csi.request.Fields;
import io.sagara.csi.request.SizeRange;
import io.sagara.csi.request.Text;
import io.sagara.csi.request.VolumeContext;
import io.sagara.csi.v1.NodeExpandVolumeRequest;
import io.sagara.csi.v1.NodeExpandVolumeResponse;
import io.sagara.csi.v1.NodeGetCapabilitiesRequest;
import io.sagara.csi.v1.NodeGetCapabilitiesResponse;
import io.sagara.csi.v1.NodeGetInfoRequest;
import io.sagara.csi.v1.NodeGetInfoResponse;
import io.sagara.csi.v1.NodeGetVolumeStatsRequest;
import io.sagara.csi.v1.NodeGetVolumeStatsResponse;
import io.sagara.csi.v1.NodeGrpc;
import io.sagara.csi.v1.NodePublishVolumeRequest;
import io.sagara.csi.v1.NodePublishVolumeResponse;
import io.sagara.csi.v1.NodeServiceCapability;
import io.sagara.csi.v1.NodeServiceCapability.RPC;
import io.sagara.csi.v1.NodeStageVolumeRequest;
import io.sagara.csi.v1.NodeStageVolumeResponse;
import io.sagara.csi.v1.NodeUnpublishVolumeRequest;
import io.sagara.csi.v1.NodeUnpublishVolumeResponse;
import io.sagara.csi.v1.NodeUnstageVolumeRequest;
import io.sagara.csi.v1.NodeUnstageVolumeResponse;
import io.sagara.csi.v1.VolumeCondition;
import io.sagara.csi.v1.VolumeUsage;
import io.sagara.spi.Bytes;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.util.List;
import java.util.stream.Stream;

/// Volumes on this node: staged, published, looked at.
final class NodeService extends NodeGrpc.NodeImplBase {
    private static final List<RPC.Type> CAPABILITIES = List.of(
            RPC.Type.STAGE_UNSTAGE_VOLUME,
            RPC.Type.GET_VOLUME_STATS,
            RPC.Type.EXPAND_VOLUME,
            RPC.Type.VOLUME_CONDITION,
            RPC.Type.SINGLE_NODE_MULTI_WRITER);

    private final AgentLink agent;
    private final CallLog log;

    NodeService(AgentLink agent, CallLog log) {
        this.agent = agent;
        this.log = log;
    }

    @Override
    public void nodeStageVolume(NodeStageVolumeRequest request, StreamObserver<NodeStageVolumeResponse> caller) {
        log.change("NodeStageVolume", request.getVolumeId(), caller, () -> {
            StageVolumeRequest wanted = StageVolumeRequest.newBuilder()
                    .setName(Fields.required("volume_id", request.getVolumeId()))
                    .setStagingPath(Fields.path("staging_target_path", request.getStagingTargetPath()))
                    .setPool(VolumeContext.pool(request.getVolumeContextMap()))
                    .build();
            VolumeContext.check(request.getVolumeContextMap(), Access.of(request.getVolumeCapability()));
            var _ = agent.change(stub -> stub.stageVolume(wanted));
            return NodeStageVolumeResponse.getDefaultInstance();
        });
    }

    @Override
    public void nodeUnstageVolume(NodeUnstageVolumeRequest request, StreamObserver<NodeUnstageVolumeResponse> caller) {
        log.change("NodeUnstageVolume", request.getVolumeId(), caller, () -> {
            UnstageVolumeRequest wanted = UnstageVolumeRequest.newBuilder()
                    .setName(Fields.required("volume_id", request.getVolumeId()))
                    .setStagingPath(Fields.path("staging_target_path", request.getStagingTargetPath()))
                    .build();
            var _ = agent.change(stub -> stub.unstageVolume(wanted));
            return NodeUnstageVolumeResponse.getDefaultInstance();
        });
    }

    @Override
    public void nodePublishVolume(NodePublishVolumeRequest request, StreamObserver<NodePublishVolumeResponse> caller) {
        log.change("NodePublishVolume", request.getVolumeId(), caller, () -> {
            PublishVolumeRequest wanted = agentRequest(request);
            var _ = agent.change(stub -> stub.publishVolume(wanted));
            return NodePublishVolumeResponse.getDefaultInstance();
        });
    }

    private static PublishVolumeRequest agentRequest(NodePublishVolumeRequest request) {
        String name = Fields.required("volume_id", request.getVolumeId());
        String target = Fields.path("target_path", request.getTargetPath());
        Access access = Access.of(request.getVolumeCapability());
        VolumeContext.check(request.getVolumeContextMap(), access);
        if (request.getStagingTargetPath().isEmpty()) {
            throw new StorageException(
                    Problem.IN_USE,
                    "staging_target_path is missing; call NodeStageVolume for volume " + Text.shown(name)
                            + " first and give its path");
        }
        return PublishVolumeRequest.newBuilder()
                .setName(name)
                .setStagingPath(Fields.path("staging_target_path", request.getStagingTargetPath()))
                .setTargetPath(target)
                .setReadonly(request.getReadonly() || access.readonly())
                .addAllMountFlags(access.mountFlags())
                .setPool(VolumeContext.pool(request.getVolumeContextMap()))
                .setExclusive(access.exclusive())
                .build();
    }

    @Override
    public void nodeUnpublishVolume(
            NodeUnpublishVolumeRequest request, StreamObserver<NodeUnpublishVolumeResponse> caller) {
        log.change("NodeUnpublishVolume", request.getVolumeId(), caller, () -> {
            UnpublishVolumeRequest wanted = UnpublishVolumeRequest.newBuilder()
                    .setName(Fields.required("volume_id", request.getVolumeId()))
                    .setTargetPath(Fields.path("target_path", request.getTargetPath()))
                    .build();
            var _ = agent.change(stub -> stub.unpublishVolume(wanted));
            return NodeUnpublishVolumeResponse.getDefaultInstance();
        });
    }

    @Override
    public void nodeGetVolumeStats(
            NodeGetVolumeStatsRequest request, StreamObserver<NodeGetVolumeStatsResponse> caller) {
        log.query("NodeGetVolumeStats", request.getVolumeId(), caller, () -> {
            String name = Fields.required("volume_id", request.getVolumeId());
            GetVolumeStatsRequest wanted = GetVolumeStatsRequest.newBuilder()
                    .setName(name)
                    .setPath(Fields.placeOf(name, "volume_path", request.getVolumePath()))
                    .build();
            return answer(agent.query(stub -> stub.getVolumeStats(wanted)));
        });
    }

    private static NodeGetVolumeStatsResponse answer(VolumeStats stats) {
        String condition = stats.getCondition();
        NodeGetVolumeStatsResponse.Builder answer = NodeGetVolumeStatsResponse.newBuilder()
                .setVolumeCondition(VolumeCondition.newBuilder()
                        .setAbnormal(stats.getAbnormal())
                        .setMessage(condition.isEmpty() ? "the volume is usable" : condition));
        // nothing can be said of the space of a volume that does not answer; zeros would be read as "full"
        if (stats.getTotalBytes() > 0 || !stats.getAbnormal()) {
            answer.addUsage(VolumeUsage.newBuilder()
                            .setUnit(VolumeUsage.Unit.BYTES)
                            .setTotal(stats.getTotalBytes())
                            .setUsed(stats.getUsedBytes())
                            .setAvailable(stats.getAvailableBytes()))
                    .addUsage(VolumeUsage.newBuilder()
                            .setUnit(VolumeUsage.Unit.INODES)
                            .setTotal(stats.getTotalInodes())
                            .setUsed(stats.getUsedInodes())
                            .setAvailable(stats.getFreeInodes()));
        }
        return answer.build();
    }

    /// A volume that is a directory has grown for every node when ControllerExpandVolume has answered, so there
    /// is nothing to do here but to say its size. What is in a block volume's file has to follow it.
    @Override
    public void nodeExpandVolume(NodeExpandVolumeRequest request, StreamObserver<NodeExpandVolumeResponse> caller) {
        log.change("NodeExpandVolume", request.getVolumeId(), caller, () -> {
            String name = Fields.required("volume_id", request.getVolumeId());
            String path = Fields.placeOf(name, "volume_path", request.getVolumePath());
            SizeRange range = request.hasCapacityRange() ? SizeRange.of(request.getCapacityRange()) : SizeRange.ANY;
            if (request.hasVolumeCapability()) {
                Access _ = Access.of(request.getVolumeCapability());
            }
            Volume volume = agent.query(stub ->
                    stub.getVolume(GetVolumeRequest.newBuilder().setName(name).build()));
            NodeExpandVolumeResponse answer = grown(volume, range);
            if (CsiVolume.growsOnNode(volume)) {
                var _ = agent.change(stub -> stub.growVolume(GrowVolumeRequest.newBuilder()
                        .setName(name)
                        .setPath(path)
                        .build()));
            }
            return answer;
        });
    }

    private static NodeExpandVolumeResponse grown(Volume volume, SizeRange range) {
        if (!range.contains(new Bytes(volume.getSizeBytes()))) {
            throw new StorageException(
                    Problem.OUT_OF_RANGE,
                    "volume " + volume.getName() + " has " + volume.getSizeBytes() + " bytes, and capacity_range asks"
                            + " for something else; call ControllerExpandVolume first");
        }
        return NodeExpandVolumeResponse.newBuilder()
                .setCapacityBytes(volume.getSizeBytes())
                .build();
    }

    @Override
    public void nodeGetInfo(NodeGetInfoRequest request, StreamObserver<NodeGetInfoResponse> caller) {
        log.query(
                "NodeGetInfo",
                "",
                caller,
                () -> NodeGetInfoResponse.newBuilder()
                        .setNodeId(agent.query(stub -> stub.getInfo(GetInfoRequest.getDefaultInstance()))
                                .getNode())
                        .build());
    }

    @Override
    public void nodeGetCapabilities(
            NodeGetCapabilitiesRequest request, StreamObserver<NodeGetCapabilitiesResponse> caller) {
        Stream<NodeServiceCapability> capabilities = CAPABILITIES.stream()
                .map(type -> NodeServiceCapability.newBuilder()
                        .setRpc(RPC.newBuilder().setType(type))
                        .build());
        caller.onNext(NodeGetCapabilitiesResponse.newBuilder()
                .addAllCapabilities(capabilities.toList())
                .build());
        caller.onCompleted();
    }
}
