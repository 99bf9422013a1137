package io.sagara.operator.plan;

import io.sagara.api.v1.BrickSpec;
import io.sagara.api.v1.PoolSpec;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// Which pods that hold claims are missing, and which have done their work.
public final class Holding {
    private Holding() {}

    /// All of a pool.
    public static List<HolderPod> of(String pool, Surroundings around) {
        return around.holders().stream().filter(pod -> pod.pool().equals(pool)).toList();
    }

    /// Claims that can be served, and that no pod holds.
    public static List<HolderWish> missing(String pool, List<HolderWish> wishes, Surroundings around) {
        return wishes.stream()
                .filter(wish -> around.servable(wish.claim()))
                .filter(wish -> around.holder(pool, wish.claim()).isEmpty())
                .toList();
    }

    /// Pods that are to end, or of no use any more, and on whose claim no brick is: none was ever planned
    /// there, or its node has given it back.
    public static List<HolderPod> done(
            String pool, Optional<PoolSpec> plan, List<HolderWish> wishes, Surroundings around) {
        return of(pool, around).stream()
                .filter(pod -> pod.ending() || !isWanted(pod, wishes) || isSpent(pod, plan))
                .filter(pod -> plan.isEmpty() || isFree(pool, plan.get(), pod, around))
                .toList();
    }

    private static boolean isWanted(HolderPod pod, List<HolderWish> wishes) {
        return wishes.stream().anyMatch(wish -> wish.claim().equals(pod.claim()));
    }

    /// Whether a brick left it: it is never taken from this pod again.
    private static boolean isSpent(HolderPod pod, Optional<PoolSpec> plan) {
        return plan.stream()
                .flatMap(spec -> spec.getBricksList().stream())
                .anyMatch(brick -> isOn(brick, pod) && brick.getNode().isEmpty());
    }

    private static boolean isFree(String pool, PoolSpec plan, HolderPod pod, Surroundings around) {
        return IntStream.range(0, plan.getBricksCount())
                .filter(index -> isOn(plan.getBricks(index), pod))
                .allMatch(index -> plan.getBricks(index).getNode().isEmpty()
                        && ClaimBrick.givenBack(pool, index, plan.getBricks(index), around));
    }

    private static boolean isOn(BrickSpec brick, HolderPod pod) {
        return ClaimBrick.is(brick)
                && brick.getSource().equals(pod.claim())
                && ClaimBrick.holder(brick).equals(pod.uid());
    }
}
