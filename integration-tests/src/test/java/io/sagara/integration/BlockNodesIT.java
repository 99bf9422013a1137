package io.sagara.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.sagara.api.v1.BrickSpec;
import io.sagara.api.v1.CreateVolumeRequest;
import io.sagara.api.v1.LayoutType;
import io.sagara.api.v1.PoolPhase;
import io.sagara.api.v1.PoolSpec;
import io.sagara.api.v1.PublishVolumeRequest;
import io.sagara.api.v1.StageVolumeRequest;
import io.sagara.api.v1.VolumeKind;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A block volume and two nodes that want it: `a` has the brick, `b` only mounts the pool.
class BlockNodesIT {
    private static final long MIB = Scene.MIB;
    private static final Map<String, String> ADDRESSES = Map.of("a", "127.7.1.1", "b", "127.7.1.2");
    private static final String VOLUME = "pvc-1";

    private Scene scene;

    @BeforeEach
    void open() throws IOException {
        scene = new Scene();
    }

    @AfterEach
    void close() throws Exception {
        if (scene != null) {
            scene.close();
        }
    }

    private AgentNode node(String name) throws IOException {
        return scene.keep(new AgentNode(
                Scene.home(), name, ADDRESSES.getOrDefault(name, ""), scene.path("state-" + name), Map.of()));
    }

    @Test
    void oneNodeAtATimeHasItAndAnotherTakesItOverFromADeadOne() throws Exception {
        AgentNode a = node("a");
        AgentNode b = node("b");
        PoolSpec pool = pool();
        b.apply(pool);
        a.apply(pool);
        a.awaitPhase("p1", PoolPhase.READY);
        b.awaitPhase("p1", PoolPhase.READY);
        var _ = a.agent()
                .createVolume(CreateVolumeRequest.newBuilder()
                        .setName(VOLUME)
                        .setPool("p1")
                        .setKind(VolumeKind.VIRTBLOCK)
                        .setSizeBytes(400 * MIB)
                        .build());
        Path podOnB = publish(b);
        Load.write(podOnB.resolve("f"), 16 * MIB);
        try (FileChannel file = FileChannel.open(podOnB.resolve("f"), StandardOpenOption.WRITE)) {
            file.force(true);
        }
        refused(Status.Code.FAILED_PRECONDITION, "on node b", () -> stage(a));
        refused(Status.Code.FAILED_PRECONDITION, "on node b", () -> a.delete(VOLUME));

        // a brick that was restarted has forgotten all locks, and says so to nobody
        ProcessHandle.of(a.pool("p1").getBricks(0).getPid()).orElseThrow().destroyForcibly();
        Await.until(
                "the lock to be forgotten, and the word of node b to count",
                () -> {
                    try {
                        stage(a);
                        return "staged on both nodes";
                    } catch (StatusRuntimeException e) {
                        return e.getStatus().getCode() + " " + e.getMessage();
                    }
                },
                said -> said.startsWith("ABORTED") && said.contains("on node b"));
        refused(Status.Code.ABORTED, "on node b", () -> stage(a));

        b.powerCut();
        for (Path mounted : List.of(podOnB, scene.path("staging-b"))) {
            Shell.check("umount", "--lazy", mounted.toString());
        }
        Await.until(
                Duration.ofSeconds(80),
                "node a to get the volume",
                () -> {
                    try {
                        stage(a);
                        return "";
                    } catch (StatusRuntimeException e) {
                        return String.valueOf(e.getMessage());
                    }
                },
                String::isEmpty);
        Path podOnA = publish(a);
        Load.verify(podOnA.resolve("f"), 16 * MIB);
        a.unpublish(VOLUME, scene.path("staging-a"), podOnA);
        a.delete(VOLUME);
        assertThat(a.list()).isEmpty();
    }

    private void stage(AgentNode node) throws IOException {
        var _ = node.agent()
                .stageVolume(StageVolumeRequest.newBuilder()
                        .setName(VOLUME)
                        .setStagingPath(
                                scene.newDirectory("staging-" + node.name()).toString())
                        .build());
    }

    private Path publish(AgentNode node) throws IOException {
        stage(node);
        Path pod = scene.path("pod-" + node.name());
        var _ = node.agent()
                .publishVolume(PublishVolumeRequest.newBuilder()
                        .setName(VOLUME)
                        .setStagingPath(scene.path("staging-" + node.name()).toString())
                        .setTargetPath(pod.toString())
                        .build());
        return pod;
    }

    private PoolSpec pool() throws IOException {
        return PoolSpec.newBuilder()
                .setName("p1")
                .setId(UUID.randomUUID().toString())
                .setLayout(LayoutType.REPLICA1)
                .addAllClients(ADDRESSES.values().stream().sorted().toList())
                .addBricks(BrickSpec.newBuilder()
                        .setNode("a")
                        .setType("path")
                        .setSource(scene.newDirectory("data").toString())
                        .setNodeId(UUID.randomUUID().toString())
                        .setAddress(ADDRESSES.get("a"))
                        .setPort(24_140))
                .build();
    }

    private static void refused(Status.Code code, String hint, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode())
                                .as(e.getMessage())
                                .isEqualTo(code))
                .hasMessageContaining(hint);
    }
}
