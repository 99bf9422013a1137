package io.sagara.csi;

import io.grpc.StatusRuntimeException;
import io.sagara.api.GrpcProblems;
import io.sagara.api.v1.GetPoolRequest;
import io.sagara.api.v1.GetVolumeRequest;
import io.sagara.api.v1.ListPoolsRequest;
import io.sagara.api.v1.PoolStatus;
import io.sagara.api.v1.Volume;
import io.sagara.api.v1.VolumeKind;
import io.sagara.csi.request.Access;
import io.sagara.csi.request.Fields;
import io.sagara.csi.request.PageToken;
import io.sagara.csi.request.StorageParameters;
import io.sagara.csi.request.VolumeContext;
import io.sagara.csi.v1.ControllerGetVolumeRequest;
import io.sagara.csi.v1.ControllerGetVolumeResponse;
import io.sagara.csi.v1.GetCapacityRequest;
import io.sagara.csi.v1.GetCapacityResponse;
import io.sagara.csi.v1.ListVolumesRequest;
import io.sagara.csi.v1.ListVolumesResponse;
import io.sagara.csi.v1.ListVolumesResponse.Entry;
import io.sagara.csi.v1.ValidateVolumeCapabilitiesRequest;
import io.sagara.csi.v1.ValidateVolumeCapabilitiesResponse;
import io.sagara.csi.v1.ValidateVolumeCapabilitiesResponse.Confirmed;
import io.sagara.csi.v1.VolumeCondition;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The questions about volumes that change nothing.
final class VolumeQueries {
    private static final Logger LOG = LoggerFactory.getLogger(VolumeQueries.class);
    // an entry takes up to 700 bytes, and callers refuse messages of more than 4 MiB (gRPC's default)
    private static final int MAX_PAGE = 5000;

    private final AgentLink agent;

    VolumeQueries(AgentLink agent) {
        this.agent = agent;
    }

    Volume find(String name) {
        return agent.query(stub ->
                stub.getVolume(GetVolumeRequest.newBuilder().setName(name).build()));
    }

    ControllerGetVolumeResponse get(ControllerGetVolumeRequest request) {
        Volume volume = find(Fields.required("volume_id", request.getVolumeId()));
        return ControllerGetVolumeResponse.newBuilder()
                .setVolume(CsiVolume.of(volume))
                .setStatus(ControllerGetVolumeResponse.VolumeStatus.newBuilder()
                        .setVolumeCondition(condition(volume.getPool())))
                .build();
    }

    private VolumeCondition condition(String pool) {
        try {
            PoolStatus status = agent.query(stub ->
                    stub.getPool(GetPoolRequest.newBuilder().setName(pool).build()));
            return CsiVolume.condition(status);
        } catch (StatusRuntimeException e) {
            if (GrpcProblems.fromStatus(e).problem() == Problem.NOT_FOUND) {
                return CsiVolume.withoutPool(pool);
            }
            throw e;
        }
    }

    ListVolumesResponse list(ListVolumesRequest request) {
        if (request.getMaxEntries() < 0) {
            throw new StorageException(
                    Problem.INVALID_ARGUMENT,
                    "max_entries cannot be negative: " + request.getMaxEntries() + "; use 0 for as many as fit");
        }
        int entries = request.getMaxEntries() == 0 ? MAX_PAGE : Math.min(request.getMaxEntries(), MAX_PAGE);
        PageToken token = PageToken.parse(request.getStartingToken());
        var page = agent.query(stub -> stub.listVolumes(io.sagara.api.v1.ListVolumesRequest.newBuilder()
                .setMaxEntries(entries)
                .setPageToken(token.value())
                .build()));
        page.getProblemsList()
                .forEach(problem -> LOG.atWarn().addKeyValue("problem", problem).log("volumes missing from a list"));
        Map<String, VolumeCondition> conditions = conditions();
        return ListVolumesResponse.newBuilder()
                .addAllEntries(page.getVolumesList().stream()
                        .map(volume -> entry(volume, conditions))
                        .toList())
                .setNextToken(new PageToken(page.getNextPageToken()).toCsi())
                .build();
    }

    private Map<String, VolumeCondition> conditions() {
        return agent.query(stub -> stub.listPools(ListPoolsRequest.getDefaultInstance())).getPoolsList().stream()
                .collect(Collectors.toMap(pool -> pool.getSpec().getName(), CsiVolume::condition));
    }

    private static Entry entry(Volume volume, Map<String, VolumeCondition> conditions) {
        VolumeCondition condition = Optional.ofNullable(conditions.get(volume.getPool()))
                .orElseGet(() -> CsiVolume.withoutPool(volume.getPool()));
        return Entry.newBuilder()
                .setVolume(CsiVolume.of(volume))
                .setStatus(ListVolumesResponse.VolumeStatus.newBuilder().setVolumeCondition(condition))
                .build();
    }

    GetCapacityResponse capacity(GetCapacityRequest request) {
        StorageParameters parameters = StorageParameters.parse(request.getParametersMap());
        if (request.getVolumeCapabilitiesCount() > 0) {
            VolumeKind _ = parameters.kindFor(Access.allOf(request.getVolumeCapabilitiesList()));
        }
        var answer = agent.query(stub -> stub.getCapacity(io.sagara.api.v1.GetCapacityRequest.newBuilder()
                .setPool(parameters.pool())
                .setLayout(parameters.layout())
                .setNode(parameters.node())
                .build()));
        return GetCapacityResponse.newBuilder()
                .setAvailableCapacity(answer.getAvailableBytes())
                .setMaximumVolumeSize(com.google.protobuf.Int64Value.of(answer.getMaximumVolumeBytes()))
                .build();
    }

    ValidateVolumeCapabilitiesResponse validate(ValidateVolumeCapabilitiesRequest request) {
        String name = Fields.required("volume_id", request.getVolumeId());
        List<Access> wanted = Access.allOf(request.getVolumeCapabilitiesList());
        Volume volume = find(name);
        return objection(request, volume, wanted)
                .map(message -> ValidateVolumeCapabilitiesResponse.newBuilder()
                        .setMessage(message)
                        .build())
                .orElseGet(() -> ValidateVolumeCapabilitiesResponse.newBuilder()
                        .setConfirmed(Confirmed.newBuilder()
                                .putAllVolumeContext(request.getVolumeContextMap())
                                .addAllVolumeCapabilities(request.getVolumeCapabilitiesList())
                                .putAllParameters(request.getParametersMap()))
                        .build());
    }

    /// Why the volume does not do what is wanted; empty where it does.
    private static Optional<String> objection(
            ValidateVolumeCapabilitiesRequest request, Volume volume, List<Access> wanted) {
        if (request.getChangeableParametersCount() > 0) {
            return Optional.of("mutable_parameters are not supported");
        }
        boolean isDevice = volume.getKind() == VolumeKind.RAWBLOCK;
        for (Access access : wanted) {
            if (access.block() != isDevice) {
                return Optional.of("the volume is a " + (isDevice ? "block device" : "file system"));
            }
            if (CsiVolume.growsOnNode(volume) && access.nodes() == Access.Nodes.MANY) {
                return Optional.of("the volume can be used on one node only");
            }
        }
        return VolumeContext.contradiction(request.getVolumeContextMap(), volume);
    }
}
