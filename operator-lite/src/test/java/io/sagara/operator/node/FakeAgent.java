package io.sagara.operator.node;

import io.sagara.api.v1.PoolSpec;
import io.sagara.api.v1.PoolStatus;
import io.sagara.api.v1.TlsMaterial;
import io.sagara.operator.Pools;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// An agent in memory.
final class FakeAgent implements Agent {
    final Map<String, PoolSpec> served = new TreeMap<>();
    final List<String> calls = new ArrayList<>();
    /// What it answers to a change of a pool, where it refuses it.
    final Map<String, StorageException> refusals = new HashMap<>();

    /// What came with the pools.
    final Map<String, TlsMaterial> certificates = new HashMap<>();

    boolean away;

    @Override
    public List<PoolStatus> pools() {
        if (away) {
            throw new StorageException(Problem.UNAVAILABLE, "the agent does not answer");
        }
        return served.values().stream().map(plan -> Pools.served(plan, "n1")).toList();
    }

    @Override
    public void apply(PoolSpec plan, Optional<TlsMaterial> given) {
        calls.add("apply " + plan.getName());
        refuse(plan.getName());
        served.put(plan.getName(), plan);
        given.ifPresent(what -> certificates.put(plan.getName(), what));
    }

    @Override
    public void remove(String pool) {
        calls.add("remove " + pool);
        refuse(pool);
        served.remove(pool);
    }

    private void refuse(String pool) {
        StorageException refusal = refusals.get(pool);
        if (refusal != null) {
            throw refusal;
        }
    }
}
