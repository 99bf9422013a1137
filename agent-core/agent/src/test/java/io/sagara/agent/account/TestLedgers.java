package io.sagara.agent.account;

import io.sagara.spi.Bytes;
import io.sagara.spi.PoolName;
import io.sagara.spi.VolumeName;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;

/// Ledgers on a directory, with a clock that stands still.
final class TestLedgers {
    static final PoolName POOL = new PoolName("p1");
    static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-11-23T15:00:00Z"));
    static final Duration DEADLINE = Duration.ofSeconds(30);

    private TestLedgers() {}

    static Ledger in(Path root, Map<VolumeName, Bytes> truth) {
        return Ledger.of(POOL, () -> root, () -> Map.copyOf(truth), CLOCK, DEADLINE);
    }

    static VolumeName name(String value) {
        return new VolumeName(value);
    }
}
