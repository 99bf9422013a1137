package io.sagara.csi;

import io.grpc.stub.StreamObserver;
import io.sagara.api.v1.ExpandVolumeRequest;
import io.sagara.api.v1.Volume;
import io.sagara.csi.request.Access;
import io.sagara.csi.request.ContentSource;
import io.sagara.csi.request.Fields;
import io.sagara.csi.request.SizeRange;
import io.sagara.csi.request.StorageParameters;
import io.sagara.csi.request.Text;
import io.sagara.csi.v1.ControllerExpandVolumeRequest;
import io.sagara.csi.v1.ControllerExpandVolumeResponse;
import io.sagara.csi.v1.ControllerGetCapabilitiesRequest;
import io.sagara.csi.v1.ControllerGetCapabilitiesResponse;
import io.sagara.csi.v1.ControllerGetVolumeRequest;
import io.sagara.csi.v1.ControllerGetVolumeResponse;
import io.sagara.csi.v1.ControllerGrpc;
import io.sagara.csi.v1.ControllerServiceCapability;
import io.sagara.csi.v1.ControllerServiceCapability.RPC;
import io.sagara.csi.v1.CreateSnapshotRequest;
import io.sagara.csi.v1.CreateSnapshotResponse;
import io.sagara.csi.v1.CreateVolumeRequest;
import io.sagara.csi.v1.CreateVolumeResponse;
import io.sagara.csi.v1.DeleteSnapshotRequest;
import io.sagara.csi.v1.DeleteSnapshotResponse;
import io.sagara.csi.v1.DeleteVolumeRequest;
import io.sagara.csi.v1.DeleteVolumeResponse;
import io.sagara.csi.v1.GetCapacityRequest;
import io.sagara.csi.v1.GetCapacityResponse;
import io.sagara.csi.v1.ListSnapshotsRequest;
import io.sagara.csi.v1.ListSnapshotsResponse;
import io.sagara.csi.v1.ListVolumesRequest;
import io.sagara.csi.v1.ListVolumesResponse;
import io.sagara.csi.v1.ValidateVolumeCapabilitiesRequest;
import io.sagara.csi.v1.ValidateVolumeCapabilitiesResponse;
import io.sagara.spi.Bytes;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.util.List;
import java.util.stream.Stream;

/// Volumes as a whole: made, deleted, grown. Any instance may be asked, on any node. What reads and changes
/// nothing is in [VolumeQueries], what is about snapshots in [Snapshots].
final class ControllerService extends ControllerGrpc.ControllerImplBase {
    private static final List<RPC.Type> CAPABILITIES = List.of(
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

    private final AgentLink agent;
    private final VolumeQueries queries;
    private final Snapshots snapshots;
    private final CallLog log;

    ControllerService(AgentLink agent, CallLog log) {
        this.agent = agent;
        this.queries = new VolumeQueries(agent);
        this.snapshots = new Snapshots(agent);
        this.log = log;
    }

    @Override
    public void createVolume(CreateVolumeRequest request, StreamObserver<CreateVolumeResponse> caller) {
        log.change("CreateVolume", request.getName(), caller, () -> {
            var wanted = agentRequest(request);
            Volume made = agent.change(stub -> stub.createVolume(wanted));
            var volume = CsiVolume.of(made).toBuilder();
            if (request.hasVolumeContentSource()) {
                volume.setContentSource(request.getVolumeContentSource());
            }
            return CreateVolumeResponse.newBuilder().setVolume(volume).build();
        });
    }

    private io.sagara.api.v1.CreateVolumeRequest agentRequest(CreateVolumeRequest request) {
        String name = Fields.required("name", request.getName());
        List<Access> access = Access.allOf(request.getVolumeCapabilitiesList());
        refuseWhatIsNotOffered(request);
        SizeRange size = request.hasCapacityRange() ? SizeRange.of(request.getCapacityRange()) : SizeRange.ANY;
        ContentSource source = ContentSource.of(request);
        StorageParameters parameters = StorageParameters.parse(request.getParametersMap());
        return io.sagara.api.v1.CreateVolumeRequest.newBuilder()
                .setName(name)
                .setSizeBytes(bytes(size, source))
                .setSourceVolume(source.volume())
                .setSourceSnapshot(source.snapshot())
                .setLimitBytes(size.limitOrZero())
                .setKind(parameters.kindFor(access))
                .setPool(parameters.pool())
                .setLayout(parameters.layout())
                .setNode(parameters.node())
                .setExternalVolume(parameters.externalVolume())
                .addAllExternalHosts(parameters.externalHosts())
                .build();
    }

    /// A copy is as large as its source where nothing is asked for.
    private long bytes(SizeRange size, ContentSource source) {
        if (source.none() || size.required().value() > 0) {
            return size.forNewVolume().value();
        }
        return source.volume().isEmpty()
                ? snapshots.find(source.snapshot()).getSizeBytes()
                : queries.find(source.volume()).getSizeBytes();
    }

    private static void refuseWhatIsNotOffered(CreateVolumeRequest request) {
        if (request.getChangeableParametersCount() > 0) {
            throw new StorageException(
                    Problem.INVALID_ARGUMENT,
                    "mutable_parameters are not supported; leave the VolumeAttributesClass away");
        }
    }

    @Override
    public void deleteVolume(DeleteVolumeRequest request, StreamObserver<DeleteVolumeResponse> caller) {
        log.change("DeleteVolume", request.getVolumeId(), caller, () -> {
            var wanted = io.sagara.api.v1.DeleteVolumeRequest.newBuilder()
                    .setName(Fields.required("volume_id", request.getVolumeId()))
                    .build();
            var _ = agent.change(stub -> stub.deleteVolume(wanted));
            return DeleteVolumeResponse.getDefaultInstance();
        });
    }

    @Override
    public void controllerExpandVolume(
            ControllerExpandVolumeRequest request, StreamObserver<ControllerExpandVolumeResponse> caller) {
        log.change("ControllerExpandVolume", request.getVolumeId(), caller, () -> {
            String name = Fields.required("volume_id", request.getVolumeId());
            if (!request.hasCapacityRange()) {
                throw new StorageException(
                        Problem.INVALID_ARGUMENT, "capacity_range is missing; set required_bytes to the new size");
            }
            if (request.hasVolumeCapability()) {
                var _ = Access.of(request.getVolumeCapability());
            }
            Volume grown = expanded(name, SizeRange.of(request.getCapacityRange()));
            return ControllerExpandVolumeResponse.newBuilder()
                    .setCapacityBytes(grown.getSizeBytes())
                    .setNodeExpansionRequired(CsiVolume.growsOnNode(grown))
                    .build();
        });
    }

    private Volume expanded(String name, SizeRange range) {
        if (range.required().value() > 0) {
            var wanted = ExpandVolumeRequest.newBuilder()
                    .setName(name)
                    .setSizeBytes(range.required().value())
                    .setLimitBytes(range.limitOrZero())
                    .build();
            return agent.change(stub -> stub.expandVolume(wanted));
        }
        // only a limit: the volume is large enough as it is, and may only be too large
        Volume now = queries.find(name);
        if (!range.contains(new Bytes(now.getSizeBytes()))) {
            throw new StorageException(
                    Problem.OUT_OF_RANGE,
                    "volume " + Text.shown(name) + " has " + now.getSizeBytes() + " bytes, more than limit_bytes "
                            + range.limitOrZero() + ", and volumes do not shrink; raise the limit");
        }
        return now;
    }

    @Override
    public void createSnapshot(CreateSnapshotRequest request, StreamObserver<CreateSnapshotResponse> caller) {
        log.change("CreateSnapshot", request.getName(), caller, () -> snapshots.create(request));
    }

    @Override
    public void deleteSnapshot(DeleteSnapshotRequest request, StreamObserver<DeleteSnapshotResponse> caller) {
        log.change("DeleteSnapshot", request.getSnapshotId(), caller, () -> snapshots.delete(request));
    }

    @Override
    public void listSnapshots(ListSnapshotsRequest request, StreamObserver<ListSnapshotsResponse> caller) {
        log.query("ListSnapshots", request.getSnapshotId(), caller, () -> snapshots.list(request));
    }

    @Override
    public void validateVolumeCapabilities(
            ValidateVolumeCapabilitiesRequest request, StreamObserver<ValidateVolumeCapabilitiesResponse> caller) {
        log.query("ValidateVolumeCapabilities", request.getVolumeId(), caller, () -> queries.validate(request));
    }

    @Override
    public void listVolumes(ListVolumesRequest request, StreamObserver<ListVolumesResponse> caller) {
        log.query("ListVolumes", "", caller, () -> queries.list(request));
    }

    @Override
    public void controllerGetVolume(
            ControllerGetVolumeRequest request, StreamObserver<ControllerGetVolumeResponse> caller) {
        log.query("ControllerGetVolume", request.getVolumeId(), caller, () -> queries.get(request));
    }

    @Override
    public void getCapacity(GetCapacityRequest request, StreamObserver<GetCapacityResponse> caller) {
        log.query("GetCapacity", "", caller, () -> queries.capacity(request));
    }

    @Override
    public void controllerGetCapabilities(
            ControllerGetCapabilitiesRequest request, StreamObserver<ControllerGetCapabilitiesResponse> caller) {
        Stream<ControllerServiceCapability> capabilities = CAPABILITIES.stream()
                .map(type -> ControllerServiceCapability.newBuilder()
                        .setRpc(RPC.newBuilder().setType(type))
                        .build());
        caller.onNext(ControllerGetCapabilitiesResponse.newBuilder()
                .addAllCapabilities(capabilities.toList())
                .build());
        caller.onCompleted();
    }
}
