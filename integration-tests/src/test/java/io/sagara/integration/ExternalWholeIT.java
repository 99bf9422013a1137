package io.sagara.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagara.api.v1.ExternalVolume;
import io.sagara.api.v1.LayoutType;
import io.sagara.api.v1.PoolPhase;
import io.sagara.api.v1.PoolSpec;
import io.sagara.integration.cluster.GlusterCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A cluster's volume that is one PersistentVolume, as a whole, with what has been in it: first one of Kadalu's time,
/// of which nobody has written anything down.
class ExternalWholeIT {
    private static final long MIB = Scene.MIB;
    private static final String POOL = "p1";
    private static final String OLD = "pvc-old";

    private Scene scene;
    private GlusterCluster cluster;
    private AgentNode agent;
    private Path staging;
    private Path pod;

    @BeforeEach
    void begin() throws Exception {
        scene = new Scene();
        cluster = scene.keep(GlusterCluster.start(scene.path("cluster")));
        cluster.makeDistributed("data");
        Path root = scene.newDirectory("owner");
        Shell.check(
                "glusterfs",
                "-s",
                cluster.addresses().getFirst(),
                "--volfile-id",
                "data",
                "-l",
                scene.path("owner.log").toString(),
                root.toString());
        try {
            for (int i = 0; i < 8; i++) {
                assertThat(Load.write(root.resolve("file" + i), MIB)).isEqualTo(MIB);
            }
        } finally {
            Shell.check("umount", root.toString());
        }
        agent = scene.keep(new AgentNode(Scene.home(), "here", cluster.here(), scene.path("state"), Map.of()));
        staging = scene.newDirectory("staging");
        pod = scene.path("pod");
    }

    @AfterEach
    void end() throws Exception {
        if (scene != null) {
            scene.close();
        }
    }

    private void verify() throws IOException {
        for (int i = 0; i < 8; i++) {
            Load.verify(pod.resolve("file" + i), MIB);
        }
    }

    private boolean isWhole() {
        try {
            verify();
            return true;
        } catch (IOException e) {
            // its client has just been killed
            return false;
        }
    }

    /// What is in the bricks beside GlusterFS' own.
    private Set<String> contents() throws IOException {
        Set<String> names = new TreeSet<>();
        for (int server : new int[] {0, 1}) {
            try (Stream<Path> entries = Files.list(cluster.servers().get(server).data("data"))) {
                names.addAll(entries.map(entry -> entry.getFileName().toString())
                        .filter(name -> !name.equals(".glusterfs"))
                        .collect(Collectors.toSet()));
            }
        }
        return names;
    }

    @Test
    void theWholeVolumeIsServedWithNothingOfOursInIt() throws Exception {
        var pool = PoolSpec.newBuilder()
                .setName(POOL)
                .setLayout(LayoutType.EXTERNAL)
                .setSingleVolume(true)
                .setExternal(ExternalVolume.newBuilder()
                        .addAllHosts(cluster.addresses())
                        .setVolume("data"))
                .build();
        Set<String> before = contents();
        var served = agent.apply(pool);
        assertThat(served.getPhase()).isEqualTo(PoolPhase.READY);
        assertThat(served.getMessage()).isEmpty();

        agent.publish(OLD, POOL, staging, pod);
        verify();
        // seen by every pod that has the volume, however its client ends
        Traces.processes(scene.path("state")).stream()
                .filter(pid -> (Traces.commandLine(pid) + " ").contains("--volfile-id p1 "))
                .flatMap(pid -> ProcessHandle.of(pid).stream())
                .forEach(ProcessHandle::destroyForcibly);
        boolean _ = Await.until(Duration.ofSeconds(60), "the volume is bound anew", this::isWhole, whole -> whole);
        assertThatThrownBy(() -> agent.create("pvc-new", POOL, 32 * MIB)).hasMessageContaining(OLD);
        agent.unpublish(OLD, staging, pod);
        agent.delete(OLD);

        var _ = agent.create("pvc-new", POOL, 32 * MIB);
        agent.kill();
        agent.restart();
        var _ = agent.awaitPhase(POOL, PoolPhase.READY);
        assertThat(agent.list()).containsExactly(Map.entry("pvc-new", 32 * MIB));
        agent.publish("pvc-new", staging, pod);
        verify();
        agent.unpublish("pvc-new", staging, pod);
        assertThat(contents()).isEqualTo(before);
        agent.remove(POOL, true);
        assertThat(contents()).isEqualTo(before);
        assertThat(Shell.check(
                        "getfattr",
                        "--absolute-names",
                        "-d",
                        "-m",
                        "trusted.sagara",
                        cluster.servers().getFirst().data("data").toString()))
                .isEmpty();
    }
}
