package io.sagara.agent.pool;

import io.sagara.api.v1.BrickSpec;
import io.sagara.api.v1.LayoutType;
import io.sagara.api.v1.PoolSpec;
import io.sagara.api.v1.Tiebreaker;
import io.sagara.spi.PoolName;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.util.List;
import java.util.Optional;

/// The part of [PoolPlan] that is about tiebreakers. `node`, `address`: of this agent.
record TiebreakerPlan(String node, String address) {
    /// Of GlusterFS' own set-up.
    private static final int DEFAULT_PORT = 24_007;

    /// The tiebreaker with everything that was left open. Throws INVALID_ARGUMENT for one that is of no use.
    Tiebreaker complete(PoolName name, PoolSpec asked, Optional<PoolSpec> present) {
        Tiebreaker third = asked.getTiebreaker();
        if (asked.getLayout() != LayoutType.REPLICA2) {
            throw refused(name, "only Replica2 can have a tiebreaker; leave it out, or use Replica2");
        }
        if (third.getNode().isEmpty() || !third.getPath().startsWith("/")) {
            throw refused(name, "a tiebreaker needs a node and an absolute path");
        }
        Optional<Tiebreaker> was = present.filter(PoolSpec::hasTiebreaker).map(PoolSpec::getTiebreaker);
        boolean served = third.getServed() || third.getNode().equals(node);
        refuseUseless(name, served, asked);
        Tiebreaker.Builder complete = third.toBuilder().setServed(served);
        if (third.getAddress().isEmpty()) {
            complete.setAddress(was.map(Tiebreaker::getAddress).orElse(served ? address : third.getNode()));
        }
        if (third.getPort() == 0) {
            complete.setPort(was.map(Tiebreaker::getPort).orElse(served ? 0 : DEFAULT_PORT));
        }
        return complete.build();
    }

    /// On the node of a copy it goes away together with it, and the other copy stops.
    private static void refuseUseless(PoolName name, boolean served, PoolSpec asked) {
        List<String> nodes = asked.getBricksList().stream()
                .map(BrickSpec::getNode)
                .distinct()
                .toList();
        String third = asked.getTiebreaker().getNode();
        if (served && nodes.size() > 1 && nodes.contains(third)) {
            throw refused(
                    name,
                    "the tiebreaker is on node " + third + ", which has a copy as well, and would be lost with it; name"
                            + " a third node");
        }
    }

    /// Throws INVALID_ARGUMENT where `asked` would take the tiebreaker away, or ask another one: what it knows of stale
    /// copies would be lost.
    static void refuseUnsafe(PoolName name, PoolSpec was, PoolSpec asked) {
        if (was.hasTiebreaker() && !place(was).equals(place(asked))) {
            throw refused(
                    name,
                    "its tiebreaker is " + place(was) + " and cannot become " + place(asked)
                            + ", because it knows which copy is stale; keep it, or make a new pool");
        }
    }

    private static String place(PoolSpec pool) {
        Tiebreaker third = pool.getTiebreaker();
        return pool.hasTiebreaker() ? third.getPath() + " on " + third.getNode() : "nothing";
    }

    private static StorageException refused(PoolName name, String why) {
        return new StorageException(Problem.INVALID_ARGUMENT, "pool " + name + ": " + why);
    }
}
