package io.sagara.operator.node;

import io.sagara.api.v1.PoolSpec;
import io.sagara.api.v1.TlsMaterial;
import io.sagara.spi.StorageException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// What the agent was given of the Secrets that pools name, to see when one has changed. They may be read, and not
/// watched, so that nobody here sees a Secret that no pool names.
final class PoolSecrets {
    /// A certificate is renewed days before it ends.
    private static final Duration PERIOD = Duration.ofMinutes(1);

    private final Objects objects;
    private final InstantSource clock;
    private final Map<String, TlsMaterial> given = new ConcurrentHashMap<>();
    private Instant looked = Instant.MIN;

    PoolSecrets(Objects objects, InstantSource clock) {
        this.objects = objects;
        this.clock = clock;
    }

    /// What the pool's Secret holds now; empty where it names none. Throws what [Objects#secret] throws.
    Optional<TlsMaterial> of(PoolSpec plan) {
        return Optional.of(plan.getTls().getSecretName())
                .filter(name -> !name.isEmpty())
                .map(objects::secret);
    }

    /// The agent has taken it.
    void gave(String pool, Optional<TlsMaterial> material) {
        material.ifPresentOrElse(what -> given.put(pool, what), () -> given.remove(pool));
    }

    /// Takes those pools out of `told` whose Secret holds another thing than the agent was given, or cannot be read:
    /// they have to be told again, and who does says why that fails. Looks once a minute, by one thread.
    void outdate(Map<String, PoolSpec> told) {
        if (looked.plus(PERIOD).isAfter(clock.instant())) {
            return;
        }
        looked = clock.instant();
        given.keySet().retainAll(told.keySet());
        for (Map.Entry<String, PoolSpec> pool : Set.copyOf(told.entrySet())) {
            if (!pool.getValue().getTls().getSecretName().isEmpty() && changed(pool.getKey(), pool.getValue())) {
                told.remove(pool.getKey(), pool.getValue());
            }
        }
    }

    private boolean changed(String pool, PoolSpec plan) {
        try {
            return !of(plan).equals(Optional.ofNullable(given.get(pool)));
        } catch (StorageException e) {
            return true;
        }
    }
}
