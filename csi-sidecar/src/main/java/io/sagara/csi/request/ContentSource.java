package io.sagara.csi.request;

import io.sagara.csi.v1.CreateVolumeRequest;
import io.sagara.csi.v1.VolumeContentSource;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;

/// What a new volume begins with: the content of a volume, or of a snapshot, by its id; empty where it is not that.
public record ContentSource(String volume, String snapshot) {
    /// That of a request. INVALID_ARGUMENT where there is one and it names nothing.
    public static ContentSource of(CreateVolumeRequest request) {
        if (!request.hasVolumeContentSource()) {
            return new ContentSource("", "");
        }
        VolumeContentSource source = request.getVolumeContentSource();
        return switch (source.getTypeCase()) {
            case VOLUME ->
                new ContentSource(
                        Fields.required(
                                "volume_content_source.volume.volume_id",
                                source.getVolume().getVolumeId()),
                        "");
            case SNAPSHOT ->
                new ContentSource(
                        "",
                        Fields.required(
                                "volume_content_source.snapshot.snapshot_id",
                                source.getSnapshot().getSnapshotId()));
            case TYPE_NOT_SET ->
                throw new StorageException(
                        Problem.INVALID_ARGUMENT,
                        "volume_content_source names neither a volume nor a snapshot; name one or leave it away");
        };
    }

    /// Whether the volume begins empty.
    public boolean none() {
        return volume.isEmpty() && snapshot.isEmpty();
    }
}
