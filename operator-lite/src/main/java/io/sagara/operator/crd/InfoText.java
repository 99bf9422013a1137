package io.sagara.operator.crd;

import io.sagara.api.v1.BrickSpec;
import io.sagara.api.v1.LayoutType;
import io.sagara.api.v1.PoolSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Writes entries of `kadalu-info` as Kadalu does. Added are a brick's `port`, where Kadalu has 24007 for
/// all, `backend` with `source` for units that Kadalu does not know, and the `address` of a tiebreaker that we
/// run; what reads Kadalu's format passes over them.
public final class InfoText {
    private InfoText() {}

    /// The entry of a complete plan.
    public static String of(PoolSpec plan, String namespace, String version) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("namespace", namespace);
        entry.put("kadalu_version", version);
        entry.put("volname", plan.getName());
        entry.put("volume_id", plan.getId());
        entry.put("single_pv_per_pool", plan.getSingleVolume());
        entry.put("type", TypeName.of(plan.getLayout()));
        entry.put("pvReclaimPolicy", policy(plan));
        if (plan.getLayout() == LayoutType.EXTERNAL) {
            entry.put("gluster_hosts", String.join(",", plan.getExternal().getHostsList()));
            entry.put("gluster_volname", plan.getExternal().getVolume());
            entry.put("gluster_options", plan.getExternal().getMountOptions());
            if (plan.getExternal().getPort() > 0) {
                entry.put("gluster_port", plan.getExternal().getPort());
            }
            return Json.text(entry);
        }
        List<Object> bricks = new ArrayList<>();
        for (int i = 0; i < plan.getBricksCount(); i++) {
            bricks.add(brick(plan.getName(), i, plan.getBricks(i)));
        }
        entry.put("bricks", bricks);
        entry.put("disperse", Map.of("data", plan.getDisperseData(), "redundancy", plan.getDisperseRedundancy()));
        entry.put("options", plan.getOptionsMap());
        if (plan.getLayout() == LayoutType.REPLICA2) {
            entry.put("tiebreaker", tiebreaker(plan));
        }
        return Json.text(entry);
    }

    private static Map<String, Object> tiebreaker(PoolSpec plan) {
        if (!plan.hasTiebreaker()) {
            return Map.of();
        }
        int port = plan.getTiebreaker().getPort();
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("node", plan.getTiebreaker().getNode());
        entry.put("path", plan.getTiebreaker().getPath());
        entry.put("port", port == 0 ? 24_007 : port);
        if (plan.getTiebreaker().getServed()) {
            entry.put("address", plan.getTiebreaker().getAddress());
        }
        return entry;
    }

    private static Map<String, Object> brick(String pool, int index, BrickSpec brick) {
        boolean device = brick.getType().equals("device");
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("brick_path", "/bricks/" + pool + "/data/brick");
        entry.put("kube_hostname", brick.getNode());
        entry.put("node", brick.getAddress());
        entry.put("node_id", brick.getNodeId());
        entry.put("host_brick_path", brick.getType().equals("path") ? brick.getSource() : "");
        entry.put("brick_device", device ? brick.getSource() : "");
        entry.put("pvc_name", brick.getType().equals("pvc") ? brick.getSource() : "");
        // the directory of a file that serves as a device, which Kadalu mounts into its pod
        boolean file = device && !brick.getSource().startsWith("/dev/");
        entry.put(
                "brick_device_dir",
                file ? brick.getSource().substring(0, brick.getSource().lastIndexOf('/')) : "");
        entry.put("decommissioned", brick.getDecommissioned() ? "true" : "");
        entry.put("brick_index", index);
        entry.put("port", brick.getPort());
        if (!List.of("path", "device", "pvc").contains(brick.getType())) {
            entry.put("backend", brick.getType());
            entry.put("source", brick.getSource());
        }
        return entry;
    }

    private static String policy(PoolSpec plan) {
        return switch (plan.getReclaimPolicy()) {
            case ARCHIVE, RETAIN -> plan.getReclaimPolicy().name().toLowerCase(Locale.ROOT);
            case DELETE, RECLAIM_POLICY_UNSPECIFIED, UNRECOGNIZED -> "delete";
        };
    }
}
