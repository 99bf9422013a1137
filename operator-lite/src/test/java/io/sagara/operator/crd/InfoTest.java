package io.sagara.operator.crd;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagara.api.v1.BrickSpec;
import io.sagara.api.v1.ExternalVolume;
import io.sagara.api.v1.LayoutType;
import io.sagara.api.v1.PoolSpec;
import io.sagara.api.v1.ReclaimPolicy;
import io.sagara.api.v1.Tiebreaker;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class InfoTest {
    private static final PoolSpec PLAN = PoolSpec.newBuilder()
            .setName("p1")
            .setId("id-1")
            .setLayout(LayoutType.REPLICA2)
            .setReclaimPolicy(ReclaimPolicy.ARCHIVE)
            .setTiebreaker(Tiebreaker.newBuilder().setNode("n3").setPath("/t").setPort(24007))
            .putOptions("performance.io-cache", "on")
            .addBricks(brick("n1", "device", "/images/one.img", 24_100))
            .addBricks(brick("n2", "path", "/data", 24_101))
            .build();

    private static BrickSpec brick(String node, String type, String source, int port) {
        return BrickSpec.newBuilder()
                .setNode(node)
                .setType(type)
                .setSource(source)
                .setNodeId("id-of-" + node)
                .setAddress("10.0.0.1")
                .setPort(port)
                .build();
    }

    private static InfoEntry read(PoolSpec plan) {
        return KadaluInfo.ABSENT
                .with("p1", InfoText.of(plan, "kadalu", "1.0"))
                .entry("p1")
                .orElseThrow();
    }

    @Test
    void whatIsWrittenIsReadAgain() {
        assertThat(read(PLAN)).isEqualTo(new InfoEntry(PLAN, true));
        PoolSpec foreign = PLAN.toBuilder()
                .clearTiebreaker()
                .setLayout(LayoutType.DISPERSE)
                .setDisperseData(2)
                .setDisperseRedundancy(1)
                .setSingleVolume(true)
                .addBricks(brick("n3", "tape", "drive 7", 24_102))
                .build();
        assertThat(read(foreign)).isEqualTo(new InfoEntry(foreign, true));
        PoolSpec external = PoolSpec.newBuilder()
                .setName("p1")
                .setId("id-1")
                .setLayout(LayoutType.EXTERNAL)
                .setReclaimPolicy(ReclaimPolicy.DELETE)
                .setExternal(ExternalVolume.newBuilder()
                        .addHosts("a")
                        .addHosts("b")
                        .setVolume("gv0")
                        .setMountOptions("log-level=DEBUG"))
                .build();
        assertThat(read(external)).isEqualTo(new InfoEntry(external, true));
    }

    @Test
    void theFieldsAreKadalus() {
        Map<String, Object> entry =
                Json.tree(InfoText.of(PLAN, "kadalu", "1.0")).orElseThrow();
        assertThat(entry)
                .containsEntry("namespace", "kadalu")
                .containsEntry("kadalu_version", "1.0")
                .containsEntry("volname", "p1")
                .containsEntry("volume_id", "id-1")
                .containsEntry("single_pv_per_pool", false)
                .containsEntry("type", "Replica2")
                .containsEntry("pvReclaimPolicy", "archive")
                .containsEntry("disperse", Map.of("data", 0L, "redundancy", 0L))
                .containsEntry("options", Map.of("performance.io-cache", "on"))
                .containsEntry("tiebreaker", Map.of("node", "n3", "path", "/t", "port", 24_007L));
        assertThat((List<?>) entry.get("bricks"))
                .first()
                .isEqualTo(Map.ofEntries(
                        Map.entry("brick_path", "/bricks/p1/data/brick"),
                        Map.entry("kube_hostname", "n1"),
                        Map.entry("node", "10.0.0.1"),
                        Map.entry("node_id", "id-of-n1"),
                        Map.entry("host_brick_path", ""),
                        Map.entry("brick_device", "/images/one.img"),
                        Map.entry("pvc_name", ""),
                        Map.entry("brick_device_dir", "/images"),
                        Map.entry("decommissioned", ""),
                        Map.entry("brick_index", 0L),
                        Map.entry("port", 24_100L)));
        assertThat(InfoText.of(PLAN, "kadalu", "1.0")).contains("\"brick_index\":0,\"port\":24100");
    }

    @Test
    void anEntryOfKadaluIsNotTakenForOurs() {
        KadaluInfo info = new KadaluInfo(
                "1",
                Map.of(
                        "uid",
                        "x",
                        "p1.info",
                        "{\"volname\":\"p1\",\"type\":\"Replica1\",\"bricks\":[{\"kube_hostname\":\"n1\"}]}",
                        "p2.info",
                        "{ damaged"));
        assertThat(info.entries().keySet()).containsExactly("p1", "p2");
        assertThat(info.entry("p1").orElseThrow().ours()).isFalse();
        assertThat(info.entry("p2").orElseThrow().ours()).isFalse();
    }
}
