package io.sagara.agent.rpc;

import io.sagara.agent.heal.SplitFile;
import io.sagara.agent.volume.VolumeService;
import io.sagara.api.v1.LayoutType;
import io.sagara.api.v1.ListSplitBrainResponse;
import io.sagara.api.v1.SplitBrainFile;
import io.sagara.api.v1.Volume;
import io.sagara.api.v1.VolumeKind;
import io.sagara.spi.Bytes;
import io.sagara.spi.Layout;
import io.sagara.spi.PoolName;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.util.List;
import java.util.Optional;

/// Between the API's messages and the agent's values.
final class Answers {
    private Answers() {}

    static Volume volume(VolumeService.Placed placed) {
        io.sagara.spi.Volume volume = placed.volume();
        return Volume.newBuilder()
                .setName(volume.name().value())
                .setPool(placed.pool().name().value())
                .setKind(kind(volume.kind()))
                .setSizeBytes(volume.size().value())
                .setPath(volume.path().toString())
                .setLayout(layout(placed.pool().layout()))
                .setSingleVolume(!placed.pool().quota())
                .build();
    }

    static ListSplitBrainResponse splitBrain(List<SplitFile> files) {
        ListSplitBrainResponse.Builder response = ListSplitBrainResponse.newBuilder();
        for (SplitFile file : files) {
            response.addFiles(SplitBrainFile.newBuilder()
                    .setGfid(file.gfid().toString())
                    .setPath(file.path())
                    .addAllBricks(file.bricks()));
        }
        return response.build();
    }

    static io.sagara.spi.Volume.Kind kind(VolumeKind kind) {
        return switch (kind) {
            case VOLUME_KIND_UNSPECIFIED, SUBVOL -> io.sagara.spi.Volume.Kind.SUBVOL;
            case VIRTBLOCK -> io.sagara.spi.Volume.Kind.VIRTBLOCK;
            case RAWBLOCK -> io.sagara.spi.Volume.Kind.RAWBLOCK;
            case SNAPSHOT, UNRECOGNIZED ->
                throw new StorageException(
                        Problem.INVALID_ARGUMENT,
                        "no kind of volume that can be made; use SUBVOL, VIRTBLOCK or RAWBLOCK");
        };
    }

    static VolumeKind kind(io.sagara.spi.Volume.Kind kind) {
        return switch (kind) {
            case SUBVOL -> VolumeKind.SUBVOL;
            case VIRTBLOCK -> VolumeKind.VIRTBLOCK;
            case RAWBLOCK -> VolumeKind.RAWBLOCK;
            case SNAPSHOT -> VolumeKind.SNAPSHOT;
        };
    }

    static LayoutType layout(Layout layout) {
        return switch (layout) {
            case Layout.Replica1() -> LayoutType.REPLICA1;
            case Layout.Replica2() -> LayoutType.REPLICA2;
            case Layout.Replica3() -> LayoutType.REPLICA3;
            case Layout.Arbiter() -> LayoutType.ARBITER;
            case Layout.Disperse(int _, int _) -> LayoutType.DISPERSE;
            case Layout.External _ -> LayoutType.EXTERNAL;
        };
    }

    static Optional<Class<? extends Layout>> layout(LayoutType type) {
        return switch (type) {
            case LAYOUT_TYPE_UNSPECIFIED -> Optional.empty();
            case REPLICA1 -> Optional.of(Layout.Replica1.class);
            case REPLICA2 -> Optional.of(Layout.Replica2.class);
            case REPLICA3 -> Optional.of(Layout.Replica3.class);
            case ARBITER -> Optional.of(Layout.Arbiter.class);
            case DISPERSE -> Optional.of(Layout.Disperse.class);
            case EXTERNAL -> Optional.of(Layout.External.class);
            case UNRECOGNIZED ->
                throw new StorageException(Problem.INVALID_ARGUMENT, "unknown layout; use one of the API's LayoutType");
        };
    }

    static Optional<PoolName> pool(String name) {
        return name.isEmpty() ? Optional.empty() : Optional.of(new PoolName(name));
    }

    static Optional<String> text(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    /// 0 means that there is no limit.
    static Optional<Bytes> limit(long bytes) {
        return bytes == 0 ? Optional.empty() : Optional.of(new Bytes(bytes));
    }
}
