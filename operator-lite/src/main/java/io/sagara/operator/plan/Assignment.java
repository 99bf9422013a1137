package io.sagara.operator.plan;

import io.sagara.api.v1.PoolSpec;
import io.sagara.api.v1.PoolStatus;
import io.sagara.operator.crd.PoolResource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a node's agent has to be told.
public sealed interface Assignment {
    /// The name of the pool it is about.
    String pool();

    /// Serve it as planned.
    record Apply(PoolSpec plan) implements Assignment {
        @Override
        public String pool() {
            return plan.getName();
        }
    }

    /// Let go of it. `sure`: whether the API server said so; where it is false, the object is only not there,
    /// and the caller makes sure that it is gone.
    record Remove(String pool, boolean sure) implements Assignment {}

    /// What is left to be told, one thing for each pool.
    ///
    /// `objects`: all there are. `served`: what the agent has. `told`: the plans that it took from us since
    /// it and we started, by pool.
    static List<Assignment> of(
            Collection<PoolResource> objects, Map<String, PoolStatus> served, Map<String, PoolSpec> told) {
        List<Assignment> all = new ArrayList<>();
        Set<String> known = new HashSet<>();
        for (PoolResource object : objects) {
            known.add(object.name());
            PoolStatus present = served.get(object.name());
            if (object.removing()) {
                if (present != null) {
                    all.add(new Remove(object.name(), true));
                }
            } else {
                // without a plan there is nothing to do: it may have been lost, and is made again
                object.plan().flatMap(plan -> apply(plan, present, told)).ifPresent(all::add);
            }
        }
        served.keySet().stream()
                .filter(name -> !known.contains(name))
                .sorted()
                .forEach(name -> all.add(new Remove(name, false)));
        return all;
    }

    private static Optional<Assignment> apply(PoolSpec plan, @Nullable PoolStatus present, Map<String, PoolSpec> told) {
        if (present == null) {
            return Optional.of(new Apply(plan));
        }
        if (!present.getSpec().getId().equals(plan.getId())) {
            // of a pool of that name that is no more: its object could not go before the last one's had gone
            return Optional.of(new Remove(plan.getName(), true));
        }
        return plan.equals(told.get(plan.getName())) ? Optional.empty() : Optional.of(new Apply(plan));
    }
}
