package io.sagara.agent.rpc;

import com.google.protobuf.Timestamp;
import io.sagara.agent.volume.SnapshotService;
import io.sagara.api.v1.ListSnapshotsRequest;
import io.sagara.api.v1.ListSnapshotsResponse;
import io.sagara.api.v1.Snapshot;
import io.sagara.spi.StorageException;
import io.sagara.spi.VolumeName;
import java.time.Instant;
import java.util.Optional;

/// Between the API's messages about snapshots and the agent's values.
final class Snapshots {
    private Snapshots() {}

    static Snapshot snapshot(SnapshotService.Kept kept) {
        io.sagara.spi.Provisioning.Snapshot snapshot = kept.snapshot();
        Instant takenAt = snapshot.takenAt();
        return Snapshot.newBuilder()
                .setName(snapshot.volume().name().value())
                .setPool(kept.pool().name().value())
                .setSourceVolume(snapshot.source().value())
                .setKind(Answers.kind(snapshot.content()))
                .setSizeBytes(snapshot.volume().size().value())
                .setTakenAt(Timestamp.newBuilder()
                        .setSeconds(takenAt.getEpochSecond())
                        .setNanos(takenAt.getNano()))
                .build();
    }

    static ListSnapshotsResponse list(SnapshotService snapshots, ListSnapshotsRequest request) {
        Optional<VolumeName> source;
        try {
            source = Answers.text(request.getSourceVolume()).map(VolumeName::new);
        } catch (StorageException e) {
            // a name no volume can have has no snapshots
            return ListSnapshotsResponse.getDefaultInstance();
        }
        SnapshotService.Listing listing = snapshots.list(
                Answers.pool(request.getPool()),
                source,
                Answers.text(request.getPageToken()).map(VolumeName::new),
                request.getMaxEntries());
        ListSnapshotsResponse.Builder response =
                ListSnapshotsResponse.newBuilder().addAllProblems(listing.problems());
        listing.snapshots().forEach(kept -> response.addSnapshots(snapshot(kept)));
        listing.next().ifPresent(next -> response.setNextPageToken(next.value()));
        return response.build();
    }
}
