package io.sagara.csi;

import io.grpc.StatusRuntimeException;
import io.sagara.api.GrpcProblems;
import io.sagara.api.v1.GetSnapshotRequest;
import io.sagara.api.v1.Snapshot;
import io.sagara.csi.request.Fields;
import io.sagara.csi.request.PageToken;
import io.sagara.csi.v1.CreateSnapshotRequest;
import io.sagara.csi.v1.CreateSnapshotResponse;
import io.sagara.csi.v1.DeleteSnapshotRequest;
import io.sagara.csi.v1.DeleteSnapshotResponse;
import io.sagara.csi.v1.ListSnapshotsRequest;
import io.sagara.csi.v1.ListSnapshotsResponse;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Snapshots. One that the agent tells of is whole, so it is always ready to use; while it is being made the answer is
/// ABORTED, which callers repeat.
final class Snapshots {
    private static final Logger LOG = LoggerFactory.getLogger(Snapshots.class);
    // an entry takes up to 400 bytes, and callers refuse messages of more than 4 MiB (gRPC's default)
    private static final int MAX_PAGE = 5000;

    private final AgentLink agent;

    Snapshots(AgentLink agent) {
        this.agent = agent;
    }

    Snapshot find(String name) {
        return agent.query(stub ->
                stub.getSnapshot(GetSnapshotRequest.newBuilder().setName(name).build()));
    }

    CreateSnapshotResponse create(CreateSnapshotRequest request) {
        var wanted = io.sagara.api.v1.CreateSnapshotRequest.newBuilder()
                .setName(Fields.required("name", request.getName()))
                .setSourceVolume(Fields.required("source_volume_id", request.getSourceVolumeId()))
                .build();
        return CreateSnapshotResponse.newBuilder()
                .setSnapshot(csi(agent.change(stub -> stub.createSnapshot(wanted))))
                .build();
    }

    private static io.sagara.csi.v1.Snapshot csi(Snapshot snapshot) {
        return io.sagara.csi.v1.Snapshot.newBuilder()
                .setSnapshotId(snapshot.getName())
                .setSourceVolumeId(snapshot.getSourceVolume())
                .setSizeBytes(snapshot.getSizeBytes())
                .setCreationTime(snapshot.getTakenAt())
                .setReadyToUse(true)
                .build();
    }

    DeleteSnapshotResponse delete(DeleteSnapshotRequest request) {
        var wanted = io.sagara.api.v1.DeleteSnapshotRequest.newBuilder()
                .setName(Fields.required("snapshot_id", request.getSnapshotId()))
                .build();
        var _ = agent.change(stub -> stub.deleteSnapshot(wanted));
        return DeleteSnapshotResponse.getDefaultInstance();
    }

    ListSnapshotsResponse list(ListSnapshotsRequest request) {
        if (request.getMaxEntries() < 0) {
            throw new StorageException(
                    Problem.INVALID_ARGUMENT,
                    "max_entries cannot be negative: " + request.getMaxEntries() + "; use 0 for as many as fit");
        }
        PageToken token = PageToken.parse(request.getStartingToken());
        return request.getSnapshotId().isEmpty() ? page(request, token) : one(request);
    }

    private ListSnapshotsResponse page(ListSnapshotsRequest request, PageToken token) {
        int entries = request.getMaxEntries() == 0 ? MAX_PAGE : Math.min(request.getMaxEntries(), MAX_PAGE);
        var page = agent.query(stub -> stub.listSnapshots(io.sagara.api.v1.ListSnapshotsRequest.newBuilder()
                .setMaxEntries(entries)
                .setPageToken(token.value())
                .setSourceVolume(request.getSourceVolumeId())
                .build()));
        page.getProblemsList()
                .forEach(problem -> LOG.atWarn().addKeyValue("problem", problem).log("snapshots missing from a list"));
        ListSnapshotsResponse.Builder response =
                ListSnapshotsResponse.newBuilder().setNextToken(new PageToken(page.getNextPageToken()).toCsi());
        page.getSnapshotsList().forEach(snapshot -> response.addEntries(entry(snapshot)));
        return response.build();
    }

    private static ListSnapshotsResponse.Entry entry(Snapshot snapshot) {
        return ListSnapshotsResponse.Entry.newBuilder()
                .setSnapshot(csi(snapshot))
                .build();
    }

    /// A list of one, or of none.
    private ListSnapshotsResponse one(ListSnapshotsRequest request) {
        ListSnapshotsResponse.Builder response = ListSnapshotsResponse.newBuilder();
        try {
            Snapshot found = find(request.getSnapshotId());
            String source = request.getSourceVolumeId();
            if (source.isEmpty() || source.equals(found.getSourceVolume())) {
                response.addEntries(entry(found));
            }
        } catch (StatusRuntimeException e) {
            if (GrpcProblems.fromStatus(e).problem() != Problem.NOT_FOUND) {
                throw e;
            }
        }
        return response.build();
    }
}
