package io.sagara.backend.external;

import io.sagara.spi.Pool;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.util.Optional;

/// What shall become of a volume's limit where the cluster has no quota, as the user chose for the pool.
enum LimitRule {
    /// Such a volume is refused.
    REQUIRE,
    /// It is made, and may take more than its size; what it takes is reported.
    REPORT;

    /// In the pool's options.
    static final String OPTION = "quota";

    /// Throws INVALID_ARGUMENT where the user chose neither.
    static LimitRule of(Pool pool) {
        String chosen = pool.options().getOrDefault(OPTION, "require");
        return switch (chosen) {
            case "require" -> REQUIRE;
            case "report" -> REPORT;
            default ->
                throw new StorageException(
                        Problem.INVALID_ARGUMENT,
                        "pool " + pool.name() + ": option '" + OPTION + "' cannot be '" + chosen
                                + "'; choose require (volumes need a limit that holds) or report (usage is reported)");
        };
    }

    /// What the owner of the pool should know.
    Optional<String> warning(Pool pool, ServedVolume volume) {
        if (!pool.quota() || volume.quota() != Quota.OFF) {
            return Optional.empty();
        }
        String without = "volume '" + volume.volume().volume() + "' has no quota, so ";
        return Optional.of(
                this == REPORT
                        ? without + "limits of volumes are reported and not enforced, as the pool's option '" + OPTION
                                + ": report' says"
                        : without + "no volumes can be made in pool " + pool.name() + "; " + remedy(volume));
    }

    static String remedy(ServedVolume volume) {
        String name = volume.volume().volume();
        return "turn it on there ('gluster volume quota " + name
                + " enable', then soft-timeout 0 and hard-timeout 0), or" + " set the pool's option '" + OPTION
                + "' to 'report': limits are not enforced then";
    }
}
