package io.sagara.agent.volume;

import io.sagara.spi.PoolName;
import io.sagara.spi.Volume;
import java.time.Instant;
import java.util.Optional;

/// A volume that was archived or deleted and can come back. `deletedAt`: when it was deleted; empty where it is
/// archived.
public record Kept(Volume volume, PoolName pool, Optional<Instant> deletedAt) {}
