package io.sagara.resource;

import io.sagara.api.v1.BrickSpec;
import io.sagara.api.v1.LayoutType;
import io.sagara.api.v1.PoolSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// How the fields of a pool, and the pools of a text, must fit together.
final class PoolRules {
    // which unit, by node, type and source -> where it was first listed
    private final Map<List<String>, String> units = new HashMap<>();

    /// Adds to the findings of `spec` what does not fit in `pool`. Fields that could not be read are left out,
    /// they have their findings already. Remembers the pool's units, so that later pools cannot list them
    /// again.
    void check(Fields spec, List<Fields> listed, PoolSpec pool) {
        belongs(spec, "disperse", pool, LayoutType.DISPERSE, "Disperse");
        belongs(spec, "tiebreaker", pool, LayoutType.REPLICA2, "Replica2");
        belongs(spec, "details", pool, LayoutType.EXTERNAL, "External");
        thirdNode(spec, pool);
        needed(spec, "disperse", pool, LayoutType.DISPERSE, "'data' and 'redundancy'");
        needed(spec, "details", pool, LayoutType.EXTERNAL, "'gluster_hosts' and 'gluster_volname'");
        if (spec.has("tls") && pool.getLayout() == LayoutType.EXTERNAL) {
            spec.fault("tls", "of an External pool belongs into 'details'; move it there");
        }
        if (pool.getTls().getManagement() && pool.getLayout() != LayoutType.EXTERNAL) {
            spec.fault("tls", "has 'management', which belongs to 'type: External'; remove it");
        }
        if (pool.getTls().getAllowedNamesCount() > 0 && pool.getLayout() == LayoutType.EXTERNAL) {
            spec.fault("details", "has tls.allowedNames; an External cluster has its own list: auth.ssl-allow");
        }
        if (pool.getLayout() == LayoutType.EXTERNAL) {
            if (pool.getBricksCount() > 0) {
                spec.fault("storage", "has no place in an External pool, whose bricks are not ours; remove it");
            }
        } else if (pool.getLayout() != LayoutType.LAYOUT_TYPE_UNSPECIFIED) {
            counts(spec, pool);
        }
        duplicates(listed, pool);
    }

    private static void belongs(Fields spec, String field, PoolSpec pool, LayoutType layout, String type) {
        LayoutType actual = pool.getLayout();
        if (spec.has(field) && actual != layout && actual != LayoutType.LAYOUT_TYPE_UNSPECIFIED) {
            spec.fault(field, "belongs to 'type: " + type + "' only; remove it or change the type");
        }
    }

    /// On the node of a copy it goes away together with it, and the other copy stops.
    private static void thirdNode(Fields spec, PoolSpec pool) {
        List<String> nodes =
                pool.getBricksList().stream().map(BrickSpec::getNode).distinct().toList();
        String third = pool.getTiebreaker().getNode();
        if (pool.hasTiebreaker() && !third.isEmpty() && nodes.size() > 1 && nodes.contains(third)) {
            spec.fault(
                    "tiebreaker",
                    "is on node '" + Spelling.shown(third)
                            + "', which has a copy as well, and would be lost with it; name a third node");
        }
    }

    private static void needed(Fields spec, String field, PoolSpec pool, LayoutType layout, String contents) {
        if (pool.getLayout() == layout && !spec.has(field)) {
            spec.fault(field, "is missing; this type needs it, with " + contents);
        }
    }

    private static void counts(Fields spec, PoolSpec pool) {
        int data = pool.getDisperseData();
        int redundancy = pool.getDisperseRedundancy();
        boolean dispersed = pool.getLayout() == LayoutType.DISPERSE;
        if (dispersed && (data == 0 || redundancy == 0)) {
            return;
        }
        if (dispersed && data <= redundancy) {
            spec.fault(
                    "disperse",
                    "data (" + data + ") must be more than redundancy (" + redundancy
                            + "), or a set cannot be repaired");
            return;
        }
        int listed = spec.list("storage").size();
        int set = setSize(pool.getLayout(), data + redundancy);
        if (listed == 0) {
            spec.fault("storage", "lists nothing; add " + set + (set == 1 ? " unit" : " units"));
        } else if (listed % set != 0) {
            spec.fault(
                    "storage",
                    "lists " + listed + " units, but this type needs a multiple of " + set + "; add "
                            + (set - listed % set) + " or remove " + listed % set);
        } else if (listed == pool.getBricksCount()) {
            decommissioned(spec, pool, set);
        }
    }

    private static int setSize(LayoutType layout, int fragments) {
        return switch (layout) {
            case REPLICA1 -> 1;
            case REPLICA2 -> 2;
            case REPLICA3, ARBITER -> 3;
            case DISPERSE -> fragments;
            case EXTERNAL, LAYOUT_TYPE_UNSPECIFIED, UNRECOGNIZED ->
                throw new IllegalArgumentException(layout + " has no sets of bricks");
        };
    }

    private static void decommissioned(Fields spec, PoolSpec pool, int set) {
        List<BrickSpec> bricks = pool.getBricksList();
        for (int first = 0; first < bricks.size(); first += set) {
            long leaving = bricks.subList(first, first + set).stream()
                    .filter(BrickSpec::getDecommissioned)
                    .count();
            if (leaving != 0 && leaving != set) {
                spec.fault(
                        "storage",
                        "units " + first + " to " + (first + set - 1)
                                + " hold the same files, so all of them are decommissioned or none");
            }
        }
        if (bricks.stream().allMatch(BrickSpec::getDecommissioned)) {
            spec.fault("storage", "decommissions every unit; leave one set for the data, or remove the pool");
        }
    }

    private void duplicates(List<Fields> listed, PoolSpec pool) {
        for (int i = 0; i < listed.size(); i++) {
            BrickSpec brick = pool.getBricks(i);
            if (brick.getSource().isEmpty()) {
                continue;
            }
            String here = "storage[" + i + "] of pool " + Spelling.shown(pool.getName());
            List<String> unit = List.of(brick.getNode(), brick.getType(), brick.getSource());
            String first = units.putIfAbsent(unit, here);
            if (first != null) {
                listed.get(i)
                        .fault(brick.getType() + " " + Spelling.shown(brick.getSource()) + " is already " + first
                                + "; a unit serves one brick, so list another");
            }
        }
    }
}
