package io.sagara.operator.plan;

import io.sagara.api.v1.BrickSpec;
import io.sagara.api.v1.PoolSpec;
import java.util.Collection;
import java.util.Optional;

/// Whether a pool asks for what belongs to another.
final class Clash {
    private Clash() {}

    static Optional<String> with(PoolSpec asked, Collection<PoolSpec> others) {
        return others.stream().flatMap(other -> with(asked, other).stream()).findFirst();
    }

    private static Optional<String> with(PoolSpec asked, PoolSpec other) {
        if (!asked.getId().isEmpty() && asked.getId().equals(other.getId())) {
            return Optional.of("volume_id: " + asked.getId() + " is the id of pool " + other.getName()
                    + "; give the id of this pool's own bricks, or remove the field");
        }
        for (int i = 0; i < asked.getBricksCount(); i++) {
            BrickSpec unit = asked.getBricks(i);
            if (other.getBricksList().stream().anyMatch(brick -> Edit.sameUnit(brick, unit))) {
                return Optional.of("storage[" + i + "]: " + Edit.unit(unit) + " belongs to pool " + other.getName()
                        + "; list other storage");
            }
        }
        return Optional.empty();
    }
}
