package io.sagara.agent.rpc;

import io.sagara.agent.volume.CheckReport;
import io.sagara.agent.volume.Difference;
import io.sagara.api.v1.DifferenceKind;
import io.sagara.api.v1.PoolCheck;

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
