package io.sagara.cli.text;

import io.sagara.api.v1.Difference;
import io.sagara.api.v1.PoolCheck;
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

    private static String kind(Difference difference) {
        return difference.getKind().name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
