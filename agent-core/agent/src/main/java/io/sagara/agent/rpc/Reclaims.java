package io.sagara.agent.rpc;

import com.google.protobuf.Timestamp;
import io.sagara.agent.volume.CheckReport;
import io.sagara.agent.volume.Difference;
import io.sagara.agent.volume.Kept;
import io.sagara.agent.volume.ReclaimService;
import io.sagara.api.v1.DeletedVolume;
import io.sagara.api.v1.DifferenceKind;
import io.sagara.api.v1.ListDeletedVolumesResponse;
import io.sagara.api.v1.PoolCheck;
import io.sagara.api.v1.PurgeArchivedRequest;
import io.sagara.api.v1.PurgeArchivedResponse;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import io.sagara.spi.VolumeName;
import java.util.List;
import java.util.Optional;

/// Between the API's messages about checks and reclaimed volumes, and the agent's values.
final class Reclaims {
    private Reclaims() {}

    static PoolCheck check(CheckReport report) {
        PoolCheck.Builder check =
                PoolCheck.newBuilder().setVolumes(report.volumes()).setArchived(report.archived());
        report.differences()
                .forEach(difference -> check.addDifferences(io.sagara.api.v1.Difference.newBuilder()
                        .setKind(kind(difference.kind()))
                        .setWhat(difference.what())
                        .setAdvice(difference.advice())
                        .setRepaired(difference.repaired())));
        return check.build();
    }

    static ListDeletedVolumesResponse kept(List<Kept> kept) {
        ListDeletedVolumesResponse.Builder response = ListDeletedVolumesResponse.newBuilder();
        for (Kept each : kept) {
            DeletedVolume.Builder volume = response.addVolumesBuilder()
                    .setName(each.volume().name().value())
                    .setPool(each.pool().value())
                    .setKind(Answers.kind(each.volume().kind()))
                    .setSizeBytes(each.volume().size().value())
                    .setPath(each.volume().path().toString())
                    .setArchived(each.deletedAt().isEmpty());
            each.deletedAt()
                    .ifPresent(at -> volume.setDeletedAt(Timestamp.newBuilder().setSeconds(at.getEpochSecond())));
        }
        return response.build();
    }

    /// The one archived volume to be purged; empty for all. Throws INVALID_ARGUMENT where it is neither.
    static Optional<VolumeName> named(PurgeArchivedRequest request) {
        if (request.getAll() != request.getVolume().isEmpty()) {
            throw new StorageException(
                    Problem.INVALID_ARGUMENT, "name one archived volume, or say that all shall be purged");
        }
        return request.getAll() ? Optional.empty() : Optional.of(new VolumeName(request.getVolume()));
    }

    static PurgeArchivedResponse purged(ReclaimService.Purged purged) {
        return PurgeArchivedResponse.newBuilder()
                .addAllVolumes(purged.names().stream().map(VolumeName::value).toList())
                .addAllProblems(purged.problems())
                .build();
    }

    private static DifferenceKind kind(Difference.Kind kind) {
        return switch (kind) {
            case NOT_COUNTED -> DifferenceKind.NOT_COUNTED;
            case NO_VOLUME -> DifferenceKind.NO_VOLUME;
            case OTHER_SIZE -> DifferenceKind.OTHER_SIZE;
            case NO_LIMIT -> DifferenceKind.NO_LIMIT;
            case OTHER_LIMIT -> DifferenceKind.OTHER_LIMIT;
            case UNFINISHED -> DifferenceKind.UNFINISHED;
            case BROKEN -> DifferenceKind.BROKEN;
            case ACCOUNT_SET_ASIDE -> DifferenceKind.ACCOUNT_SET_ASIDE;
        };
    }
}
