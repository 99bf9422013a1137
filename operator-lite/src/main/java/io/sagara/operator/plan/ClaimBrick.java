package io.sagara.operator.plan;

import io.sagara.api.v1.BrickSpec;
import io.sagara.api.v1.BrickStatus;
import io.sagara.api.v1.PoolStatus;
import io.sagara.operator.crd.NodeReport;
import io.sagara.spi.StorageUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Where a brick on a claim is: on the node of the pod that holds the claim, and on none from when that pod is
/// to end until the next one runs and the node that had it says that it has given it back.
final class ClaimBrick {
    private static final List<String> OWN = List.of(StorageUnit.HOLDER, StorageUnit.MADE, StorageUnit.LEFT);

    private ClaimBrick() {}

    static boolean is(BrickSpec brick) {
        return brick.getType().equals(HolderPod.TYPE);
    }

    static String holder(BrickSpec brick) {
        return brick.getUnitOptionsOrDefault(StorageUnit.HOLDER, "");
    }

    /// The brick with its node and holder, as they are to be now; empty where it never had any, and has none
    /// yet.
    static Optional<BrickSpec> moved(
            String pool, int index, BrickSpec asked, Optional<BrickSpec> was, Surroundings around) {
        Optional<HolderPod> pod = around.holder(pool, asked.getSource());
        Optional<HolderPod> next = pod.filter(found -> found.running() && !found.ending());
        BrickSpec.Builder brick = asked.toBuilder().clearNode();
        // whatever a user writes there
        OWN.forEach(brick::removeUnitOptions);
        if (was.isEmpty()) {
            return next.map(found -> held(brick, found));
        }
        BrickSpec before = was.get();
        brick.putAllUnitOptions(own(before));
        if (!before.getNode().isEmpty()) {
            boolean stays = pod.filter(found -> !found.ending() && found.uid().equals(holder(before)))
                    .isPresent();
            return Optional.of(
                    stays ? brick.setNode(before.getNode()).build() : left(brick, pool, index, before, around));
        }
        boolean free = givenBack(pool, index, before, around);
        return Optional.of(next.filter(found -> free && !found.uid().equals(holder(before)))
                .map(found -> held(brick.removeUnitOptions(StorageUnit.LEFT), found))
                .orElseGet(brick::build));
    }

    private static Map<String, String> own(BrickSpec brick) {
        Map<String, String> own = new TreeMap<>();
        for (String key : OWN) {
            String value = brick.getUnitOptionsOrDefault(key, "");
            if (!value.isEmpty()) {
                own.put(key, value);
            }
        }
        return own;
    }

    private static BrickSpec held(BrickSpec.Builder brick, HolderPod pod) {
        return brick.setNode(pod.node())
                .putUnitOptions(StorageUnit.HOLDER, pod.uid())
                .build();
    }

    private static BrickSpec left(
            BrickSpec.Builder brick, String pool, int index, BrickSpec before, Surroundings around) {
        brick.putUnitOptions(StorageUnit.LEFT, before.getNode());
        // a plan that was read from Kadalu's record may lack it
        brick.putUnitOptions(StorageUnit.HOLDER, holder(before).isEmpty() ? "unknown" : holder(before));
        Optional.ofNullable(around.reports().get(before.getNode()))
                .flatMap(report -> status(report, pool, index))
                .filter(status -> status.getLocal() && !status.getDirectory().isEmpty())
                .ifPresent(_ -> brick.putUnitOptions(StorageUnit.MADE, "true"));
        return brick.build();
    }

    /// Whether the node that had the brick says so: it has it planned as on no node, after the very holder that
    /// is to end. That is in its desired state only after it was given back, and it never takes it again from
    /// that holder. A node that is no more in the cluster has nothing.
    static boolean givenBack(String pool, int index, BrickSpec before, Surroundings around) {
        String node = before.getUnitOptionsOrDefault(StorageUnit.LEFT, "");
        if (!around.nodes().containsKey(node)) {
            return true;
        }
        return Optional.ofNullable(around.reports().get(node))
                .flatMap(report -> status(report, pool, index))
                .filter(status -> !status.getLocal()
                        && status.getUnitOptionsOrDefault(StorageUnit.HOLDER, "")
                                .equals(holder(before))
                        && status.getUnitOptionsOrDefault(StorageUnit.LEFT, "").equals(node))
                .isPresent();
    }

    private static Optional<BrickStatus> status(NodeReport report, String pool, int index) {
        return Optional.ofNullable(report.pools().get(pool)).map(PoolStatus::getBricksList).stream()
                .flatMap(List::stream)
                .filter(brick -> brick.getIndex() == index)
                .findFirst();
    }

    /// Why it is on no node, for people.
    static String absence(String pool, int index, BrickSpec brick, Surroundings around) {
        String node = brick.getUnitOptionsOrDefault(StorageUnit.LEFT, "");
        String claim = "PersistentVolumeClaim " + brick.getSource() + ": ";
        if (!around.claims().containsKey(brick.getSource())) {
            return claim + "there is none of this name in Sagara's namespace; make it";
        }
        if (!around.servable(brick.getSource())) {
            return claim + "it is a raw block volume, which is not served yet; make one with 'volumeMode: Filesystem'";
        }
        if (!node.isEmpty() && !givenBack(pool, index, brick, around)) {
            return claim + "waiting until node " + node + " says that it has given it back; where that node is lost for"
                    + " good, delete its Node object";
        }
        return claim
                + around.holder(pool, brick.getSource())
                        .map(HolderPod::inWords)
                        .orElse("the pod that holds it is being made");
    }
}
