package io.sagara.cli.text;

import io.sagara.api.v1.DeletedVolume;
import io.sagara.api.v1.Difference;
import io.sagara.api.v1.PoolCheck;
import io.sagara.api.v1.PoolStatus;
import io.sagara.api.v1.TrashState;
import io.sagara.spi.Bytes;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/// What people are shown of checks and of volumes that were deleted.
public final class ReclaimText {
    private ReclaimText() {}

    /// A line and its advice for each difference, and how many there are.
    public static String check(PoolCheck check) {
        StringBuilder text = new StringBuilder();
        for (Difference difference : check.getDifferencesList()) {
            text.append("%-17s  %s\n".formatted(kind(difference), difference.getWhat()));
            text.append("%-17s  %s\n"
                    .formatted("", difference.getRepaired() ? "repaired" : "-> " + difference.getAdvice()));
        }
        long repaired = check.getDifferencesList().stream()
                .filter(Difference::getRepaired)
                .count();
        return text.append("%d volumes and %d archived ones: %d differences%s\n"
                        .formatted(
                                check.getVolumes(),
                                check.getArchived(),
                                check.getDifferencesCount(),
                                repaired == 0 ? "" : ", %d repaired".formatted(repaired)))
                .toString();
    }

    /// One line a volume.
    public static String deleted(List<DeletedVolume> volumes) {
        Table table = new Table("VOLUME", "POOL", "STATE", "SIZE", "DELETED");
        for (DeletedVolume volume : volumes) {
            table.add(
                    volume.getName(),
                    volume.getPool(),
                    volume.getArchived() ? "archived" : "deleted",
                    Sizes.shown(volume.getSizeBytes()),
                    volume.hasDeletedAt()
                            ? Instant.ofEpochSecond(volume.getDeletedAt().getSeconds())
                                    .toString()
                            : "");
        }
        return table.toString();
    }

    /// What waits to be purged: a line for each pool that has any.
    static String trash(List<PoolStatus> pools) {
        StringBuilder text = new StringBuilder();
        for (PoolStatus pool : pools) {
            TrashState trash = pool.getTrash();
            if (trash.getVolumes() > 0 || trash.getPurging()) {
                text.append("trash     pool %s: %d deleted volumes of %s%s\n"
                        .formatted(
                                pool.getSpec().getName(),
                                trash.getVolumes(),
                                new Bytes(trash.getBytes()),
                                trash.getPurging() ? ", being purged, %d files left".formatted(trash.getFiles()) : ""));
            }
        }
        return text.toString();
    }

    private static String kind(Difference difference) {
        return difference.getKind().name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
