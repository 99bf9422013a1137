package io.sagara.operator.plan;

import io.sagara.api.v1.BrickSpec;
import io.sagara.api.v1.PoolSpec;
import io.sagara.api.v1.PoolStatus;
import io.sagara.operator.crd.NodeReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Which edits of a pool that is served would lose data or leave it unreadable. Everything else may be edited
/// while it is in use.
final class Edit {
    private Edit() {}

    /// Why `asked` cannot follow `was`; empty where it can. `alone`: whether there is one node only.
    static List<String> refusals(PoolSpec was, PoolSpec asked, Map<String, NodeReport> reports, boolean alone) {
        List<String> refusals = new ArrayList<>();
        same(refusals, "type", was.getLayout(), asked.getLayout());
        same(refusals, "disperse.data", was.getDisperseData(), asked.getDisperseData());
        same(refusals, "disperse.redundancy", was.getDisperseRedundancy(), asked.getDisperseRedundancy());
        same(refusals, "single_pv_per_pool", was.getSingleVolume(), asked.getSingleVolume());
        if (!asked.getId().isEmpty()) {
            same(refusals, "volume_id", was.getId(), asked.getId());
        }
        if (was.hasTiebreaker()) {
            same(refusals, "tiebreaker", third(was), third(asked));
        }
        same(
                refusals,
                "details.gluster_volname",
                was.getExternal().getVolume(),
                asked.getExternal().getVolume());
        int common = Math.min(was.getBricksCount(), asked.getBricksCount());
        for (int i = 0; i < common; i++) {
            if (!sameUnit(was.getBricks(i), asked.getBricks(i))) {
                refusals.add("storage[" + i + "] is " + unit(was.getBricks(i)) + " and cannot become "
                        + unit(asked.getBricks(i)) + ": the order of units says which data is where, so keep it and"
                        + " add new units at the end");
            }
        }
        for (int i = 0; i < common; i++) {
            departure(was, asked, i, reports, alone).ifPresent(refusals::add);
        }
        for (int i = common; i < was.getBricksCount(); i++) {
            removal(was, i, reports).ifPresent(refusals::add);
        }
        return refusals;
    }

    /// The agent of the one node judges the rest: whether it fits, and whether all bricks are well.
    private static Optional<String> departure(
            PoolSpec was, PoolSpec asked, int index, Map<String, NodeReport> reports, boolean alone) {
        boolean left = reports.values().stream()
                .map(report -> report.pools().get(was.getName()))
                .anyMatch(pool -> pool != null && pool.getRetiredList().contains(index));
        if (left && !asked.getBricks(index).getDecommissioned()) {
            return Optional.of(
                    "storage[" + index + "], " + unit(was.getBricks(index)) + ", has left the pool and cannot"
                            + " come back; keep it with 'decommissioned: true', and add storage at the end");
        }
        if (!alone
                && asked.getBricks(index).getDecommissioned()
                && !was.getBricks(index).getDecommissioned()) {
            return Optional.of("storage[" + index + "], " + unit(was.getBricks(index)) + ", cannot be decommissioned:"
                    + " in a cluster of several nodes none sees whether all have let go of it; take that back");
        }
        return Optional.empty();
    }

    /// A unit that its node never took up, because it could not, may be taken from the list again.
    private static Optional<String> removal(PoolSpec was, int index, Map<String, NodeReport> reports) {
        BrickSpec brick = was.getBricks(index);
        NodeReport own = reports.get(brick.getNode());
        boolean known = own != null && own.trouble().isEmpty();
        boolean served = reports.values().stream()
                .map(report -> report.pools().get(was.getName()))
                .anyMatch(pool -> pool != null && has(pool, index));
        if (known && !served) {
            return Optional.empty();
        }
        return Optional.of("storage[" + index + "], " + unit(brick) + ", may hold data and cannot be removed: "
                + (served ? "nodes serve it" : "node " + brick.getNode() + " does not say whether it serves it")
                + "; put it back");
    }

    private static boolean has(PoolStatus pool, int index) {
        return pool.getBricksList().stream().anyMatch(brick -> brick.getIndex() == index);
    }

    private static void same(List<String> refusals, String field, Object was, Object asked) {
        if (!was.equals(asked)) {
            refusals.add(field + " is " + shown(was) + " and cannot become " + shown(asked)
                    + ", because data on disk depends on it; set it back, or make a new pool");
        }
    }

    private static String shown(Object value) {
        return value.toString().isEmpty() ? "nothing" : value.toString();
    }

    private static String third(PoolSpec pool) {
        return pool.hasTiebreaker()
                ? pool.getTiebreaker().getPath() + " on " + pool.getTiebreaker().getNode()
                : "";
    }

    static boolean sameUnit(BrickSpec one, BrickSpec other) {
        return one.getNode().equals(other.getNode())
                && one.getType().equals(other.getType())
                && one.getSource().equals(other.getSource());
    }

    static String unit(BrickSpec brick) {
        return brick.getType() + " " + brick.getSource() + " on " + brick.getNode();
    }
}
