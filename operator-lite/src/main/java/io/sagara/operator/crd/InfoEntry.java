package io.sagara.operator.crd;

import io.sagara.api.v1.BrickSpec;
import io.sagara.api.v1.ExternalVolume;
import io.sagara.api.v1.LayoutType;
import io.sagara.api.v1.PoolSpec;
import io.sagara.api.v1.ReclaimPolicy;
import io.sagara.api.v1.Tiebreaker;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;

/// One entry of `kadalu-info`, read.
///
/// `plan`: the pool it describes, as far as the format goes. `ours`: whether we wrote it; Kadalu knows no
/// ports.
public record InfoEntry(PoolSpec plan, boolean ours) {
    /// What the text of an entry says; a damaged one describes a pool without id and bricks.
    static InfoEntry of(String text) {
        Map<String, Object> tree = Json.tree(text).orElse(Map.of());
        PoolSpec.Builder pool = PoolSpec.newBuilder()
                .setName(Tree.text(tree, "volname"))
                .setId(Tree.text(tree, "volume_id"))
                .setLayout(TypeName.layout(Tree.text(tree, "type")))
                .setReclaimPolicy(policy(Tree.text(tree, "pvReclaimPolicy")))
                .setSingleVolume(Tree.flag(tree, "single_pv_per_pool"))
                .setDisperseData((int) Tree.number(Tree.map(tree, "disperse"), "data"))
                .setDisperseRedundancy((int) Tree.number(Tree.map(tree, "disperse"), "redundancy"));
        Tree.map(tree, "options").forEach((key, value) -> pool.putOptions(String.valueOf(key), String.valueOf(value)));
        Tree.maps(tree, "bricks").forEach(brick -> pool.addBricks(brick(brick)));
        Map<?, ?> third = Tree.map(tree, "tiebreaker");
        if (!third.isEmpty()) {
            pool.setTiebreaker(Tiebreaker.newBuilder()
                    .setNode(Tree.text(third, "node"))
                    .setPath(Tree.text(third, "path"))
                    .setPort((int) Tree.number(third, "port"))
                    .setServed(!Tree.text(third, "address").isEmpty())
                    .setAddress(Tree.text(third, "address")));
        }
        if (pool.getLayout() == LayoutType.EXTERNAL) {
            pool.setExternal(external(tree));
        }
        boolean ours = pool.getBricksList().stream().allMatch(brick -> brick.getPort() > 0);
        return new InfoEntry(pool.build(), ours && pool.getLayout() != LayoutType.LAYOUT_TYPE_UNSPECIFIED);
    }

    private static ExternalVolume external(Map<String, Object> tree) {
        return ExternalVolume.newBuilder()
                .addAllHosts(Arrays.stream(Tree.text(tree, "gluster_hosts").split(","))
                        .filter(host -> !host.isBlank())
                        .toList())
                .setVolume(Tree.text(tree, "gluster_volname"))
                .setMountOptions(Tree.text(tree, "gluster_options"))
                .setPort((int) Tree.number(tree, "gluster_port"))
                .build();
    }

    private static BrickSpec brick(Map<?, ?> tree) {
        BrickSpec.Builder brick = BrickSpec.newBuilder()
                .setNode(Tree.text(tree, "kube_hostname"))
                .setNodeId(Tree.text(tree, "node_id"))
                .setPort((int) Tree.number(tree, "port"))
                .setDecommissioned(!Tree.text(tree, "decommissioned").isEmpty());
        if (brick.getPort() > 0) {
            brick.setAddress(Tree.text(tree, "node"));
        }
        if (!Tree.text(tree, "backend").isEmpty()) {
            brick.setType(Tree.text(tree, "backend")).setSource(Tree.text(tree, "source"));
        } else if (!Tree.text(tree, "brick_device").isEmpty()) {
            brick.setType("device").setSource(Tree.text(tree, "brick_device"));
        } else if (!Tree.text(tree, "pvc_name").isEmpty()) {
            brick.setType("pvc").setSource(Tree.text(tree, "pvc_name"));
        } else {
            brick.setType("path").setSource(Tree.text(tree, "host_brick_path"));
        }
        return brick.build();
    }

    private static ReclaimPolicy policy(String word) {
        return switch (word.toLowerCase(Locale.ROOT)) {
            case "archive" -> ReclaimPolicy.ARCHIVE;
            case "retain" -> ReclaimPolicy.RETAIN;
            default -> ReclaimPolicy.DELETE;
        };
    }
}
