package io.sagara.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.grpc.StatusRuntimeException;
import io.sagara.api.v1.BrickSpec;
import io.sagara.api.v1.LayoutType;
import io.sagara.api.v1.PoolPhase;
import io.sagara.api.v1.PoolSpec;
import io.sagara.api.v1.PoolStatus;
import io.sagara.api.v1.ProcessStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// GlusterFS processes in a container of their own, without Kubernetes: the containers are cgroups and mount
/// namespaces, and deleting one is killing all that is in its cgroups.
class DataPlaneIT {
    private static final long MIB = Scene.MIB;
    private static final String ADDRESS = "127.7.1.1";

    private Scene scene;
    private Container data;
    private Container control;

    @BeforeEach
    void open() throws IOException {
        scene = new Scene();
        assumeTrue(Files.isWritable(Path.of("/sys/fs/cgroup")), "SKIPPED: cgroups cannot be made here");
        // as the host's /var/lib/… that both pods mount with Bidirectional propagation
        String shared = scene.newDirectory("shared").toString();
        Shell.check("mount", "--bind", shared, shared);
        scene.keep(() -> Shell.check("umount", "--recursive", shared));
        Shell.check("mount", "--make-shared", shared);
        String name = scene.path("").getFileName().toString();
        data = scene.keep(new Container(name + "-data"));
        control = scene.keep(new Container(name + "-control"));
        assumeTrue(data.cgroups() > 0, "SKIPPED: no cgroup hierarchy is mounted at /sys/fs/cgroup");
    }

    @AfterEach
    void close() throws Exception {
        if (scene != null) {
            scene.close();
        }
    }

    private Path shared(String name) {
        return scene.path("shared").resolve(name);
    }

    private Path pidFile() {
        return shared("data.pid");
    }

    /// The data plane's first process, which tells its pid and start as the container's would.
    private void startDataPlane() throws IOException {
        List<String> argv = new ArrayList<>(Arrays.asList(data.enter()));
        argv.addAll(List.of("sleep", "infinity"));
        Process first = new ProcessBuilder(argv).start();
        String stat = Files.readString(Path.of("/proc/" + first.pid() + "/stat"));
        String start = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[19];
        Path written = Files.writeString(shared("data.pid.tmp"), first.pid() + " " + start + "\n");
        Files.move(written, pidFile(), StandardCopyOption.ATOMIC_MOVE);
    }

    private AgentNode agent(Map<String, String> settings) throws IOException {
        return scene.keep(new AgentNode(Scene.home(), "a", ADDRESS, shared("state"), settings, control.enter()));
    }

    private AgentNode agent() throws IOException {
        return agent(Map.of("SAGARA_DATA_PLANE_PID_FILE", pidFile().toString()));
    }

    private PoolSpec pool() throws IOException {
        return PoolSpec.newBuilder()
                .setName("p1")
                .setId(UUID.randomUUID().toString())
                .setLayout(LayoutType.REPLICA1)
                .addBricks(BrickSpec.newBuilder()
                        .setNode("a")
                        .setType("path")
                        .setSource(Files.createDirectories(shared("storage")).toString()))
                .build();
    }

    private static Set<Long> daemons(PoolStatus status) {
        Set<Long> pids = new TreeSet<>();
        status.getBricksList().forEach(brick -> pids.add(brick.getPid()));
        status.getProcessesList().stream().map(ProcessStatus::getPid).forEach(pids::add);
        return pids;
    }

    @Test
    void theContainerOfTheAgentIsDeletedUnderLoadAndNothingIsLost() throws Exception {
        startDataPlane();
        AgentNode agent = agent();
        Set<Long> daemons = daemons(agent.apply(pool()));
        assertThat(daemons).hasSize(4);
        assertThat(data.processes()).containsAll(daemons);
        assertThat(control.processes()).containsExactly(agent.handle().pid());
        agent.create("pvc-1", "p1", 64 * MIB);
        Path pod = shared("pod");
        Path staging = Files.createDirectory(shared("staging"));
        agent.publish("pvc-1", staging, pod);
        try (Load load = new Load(pod.resolve("load"))) {
            load.awaitRounds(1);
            control.kill();
            load.awaitRounds(2);
            agent.restart();
            assertThat(daemons(agent.awaitPhase("p1", PoolPhase.READY))).isEqualTo(daemons);
            load.awaitRounds(1);
        }
        assertThat(data.processes()).containsAll(daemons);
        agent.unpublish("pvc-1", staging, pod);
    }

    @Test
    void aDataPlaneThatWasReplacedIsFilledAnew() throws Exception {
        startDataPlane();
        AgentNode agent = agent();
        Set<Long> before = daemons(agent.apply(pool()));
        agent.create("pvc-1", "p1", 64 * MIB);
        Path pod = shared("pod");
        Path staging = Files.createDirectory(shared("staging"));
        agent.publish("pvc-1", staging, pod);
        Load.write(pod.resolve("kept"), 4 * MIB);
        data.kill();
        PoolStatus away = Await.until(
                "the agent says that the data plane is away",
                () -> agent.pool("p1"),
                now -> now.toString().contains("data-plane container"));
        assertThat(away.getPhase()).isNotEqualTo(PoolPhase.READY);
        startDataPlane();
        Set<Long> after = daemons(agent.awaitPhase("p1", PoolPhase.READY));
        assertThat(after).hasSize(4).doesNotContainAnyElementsOf(before);
        assertThat(data.processes()).containsAll(after);
        Await.until("the volume is published again", () -> published(agent, staging, pod), done -> done);
        Load.verify(pod.resolve("kept"), 4 * MIB);
        agent.unpublish("pvc-1", staging, pod);
    }

    private static boolean published(AgentNode agent, Path staging, Path pod) {
        try {
            agent.publish("pvc-1", staging, pod);
            return true;
        } catch (StatusRuntimeException e) {
            return false;
        }
    }

    @Test
    void aCgroupThatCannotBeJoinedIsAFailureAndNoDaemonIsLeftInTheWrongOne() throws Exception {
        startDataPlane();
        Path nothing = Files.createDirectory(shared("no-cgroups"));
        AgentNode agent = agent(
                Map.of("SAGARA_DATA_PLANE_PID_FILE", pidFile().toString(), "SAGARA_CGROUP_ROOT", nothing.toString()));
        assertThatThrownBy(() -> agent.apply(pool()))
                .hasMessageContaining("SAGARA_CGROUP_ROOT")
                .hasMessageContaining("would die with the agent");
        assertThat(control.processes()).containsExactly(agent.handle().pid());
        assertThat(data.processes()).hasSize(1);
    }
}
