package io.sagara.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.sagara.api.v1.BrickSpec;
import io.sagara.api.v1.GetCapacityRequest;
import io.sagara.api.v1.LayoutType;
import io.sagara.api.v1.PoolPhase;
import io.sagara.api.v1.PoolSpec;
import io.sagara.api.v1.PoolStatus;
import io.sagara.api.v1.ProcessStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Agents of several nodes with one pool: `a` and `b` have a brick each, `c` only mounts it. Here they are on
/// one machine, each with an address of its own.
class ManyNodesIT {
    private static final long MIB = Scene.MIB;
    private static final Map<String, String> ADDRESSES = Map.of("a", "127.7.0.1", "b", "127.7.0.2", "c", "127.7.0.3");

    private final Map<String, AgentNode> nodes = new HashMap<>();
    private final List<AutoCloseable> published = new ArrayList<>();
    private Scene scene;

    @BeforeEach
    void open() throws IOException {
        scene = new Scene();
    }

    @AfterEach
    void close() throws Exception {
        if (scene != null) {
            for (AutoCloseable one : published.reversed()) {
                one.close();
            }
            scene.close();
        }
    }

    private AgentNode node(String name) throws Exception {
        AgentNode known = nodes.get(name);
        if (known == null) {
            known = scene.keep(new AgentNode(
                    Scene.home(),
                    name,
                    Objects.requireNonNull(ADDRESSES.get(name)),
                    scene.path("state-" + name),
                    Map.of()));
            nodes.put(name, known);
        }
        return known;
    }

    private PoolSpec pool(String name, int port, String... bricks) throws IOException {
        PoolSpec.Builder spec = PoolSpec.newBuilder()
                .setName(name)
                .setId(UUID.randomUUID().toString())
                .setLayout(LayoutType.REPLICA1)
                .addAllClients(ADDRESSES.values().stream().sorted().toList());
        for (String node : bricks) {
            spec.addBricks(BrickSpec.newBuilder()
                    .setNode(node)
                    .setType("path")
                    .setSource(scene.newDirectory("data-" + name + "-" + node).toString())
                    .setNodeId(UUID.randomUUID().toString())
                    .setAddress(ADDRESSES.get(node))
                    .setPort(port));
        }
        return spec.build();
    }

    /// Three nodes that all serve the pool.
    private PoolSpec served() throws Exception {
        PoolSpec spec = pool("p1", 24_100, "a", "b");
        // first one that has nothing yet to mount
        for (String name : List.of("c", "a", "b")) {
            node(name).apply(spec);
        }
        for (String name : List.of("a", "b", "c")) {
            node(name).awaitPhase("p1", PoolPhase.READY);
        }
        return spec;
    }

    private Path publish(String node, String volume) throws Exception {
        Path staging = scene.newDirectory("staging-" + node + "-" + volume);
        Path target = scene.path("pod-" + node + "-" + volume);
        AgentNode agent = node(node);
        agent.publish(volume, staging, target);
        published.add(() -> agent.unpublish(volume, staging, target));
        return target;
    }

    @Test
    void aVolumeMadeOnOneNodeIsUsedOnTwoOthers() throws Exception {
        served();
        assertThat(processes("c")).containsExactlyInAnyOrder("client", "management-client");
        assertThat(processes("a")).containsExactlyInAnyOrder("quotad", "client", "management-client");
        node("a").create("pvc-1", "p1", 32 * MIB);
        Path onB = publish("b", "pvc-1");
        Path onC = publish("c", "pvc-1");
        Load.write(onB.resolve("file"), 8 * MIB);
        Load.verify(onC.resolve("file"), 8 * MIB);
        assertThat(Files.getFileStore(onB).getTotalSpace()).isEqualTo(32 * MIB);
        node("a").expand("pvc-1", 64 * MIB);
        Await.until(
                "df on b shows the new size", () -> Files.getFileStore(onB).getTotalSpace(), size -> size == 64 * MIB);
        assertThat(Load.write(onC.resolve("large"), 128 * MIB)).isLessThan(72 * MIB);
    }

    private Set<String> processes(String node) throws Exception {
        return node(node).pool("p1").getProcessesList().stream()
                .map(ProcessStatus::getRole)
                .collect(Collectors.toSet());
    }

    @Test
    void anotherNodeGoesOnAsController() throws Exception {
        served();
        for (int i = 1; i <= 6; i++) {
            node("a").create("pvc-" + i, "p1", 16 * MIB);
        }
        node("a").expand("pvc-2", 32 * MIB);
        node("a").delete("pvc-3");
        assertThat(node("c").list())
                .isEqualTo(Map.of(
                        "pvc-1", 16 * MIB, "pvc-2", 32 * MIB, "pvc-4", 16 * MIB, "pvc-5", 16 * MIB, "pvc-6", 16 * MIB));
        assertThat(node("c").create("pvc-1", "p1", 16 * MIB).getSizeBytes()).isEqualTo(16 * MIB);
        assertStatus(Status.Code.ALREADY_EXISTS, () -> node("c").create("pvc-2", "p1", 16 * MIB));
        assertThat(node("c").create("pvc-3", "p1", 8 * MIB).getSizeBytes()).isEqualTo(8 * MIB);
        node("c").delete("pvc-4");
        node("c").delete("pvc-3");
        assertThat(node("c").expand("pvc-5", 24 * MIB).getSizeBytes()).isEqualTo(24 * MIB);
        assertThat(node("a").list())
                .isEqualTo(Map.of("pvc-1", 16 * MIB, "pvc-2", 32 * MIB, "pvc-5", 24 * MIB, "pvc-6", 16 * MIB));
        assertStatus(Status.Code.NOT_FOUND, () -> publish("b", "pvc-4"));
        assertThat(capacity("a")).isEqualTo(capacity("b")).isEqualTo(capacity("c"));
        assertThat(Load.write(publish("b", "pvc-5").resolve("file"), 64 * MIB)).isLessThan(28 * MIB);
        assertAccountIsRight("a");
    }

    private long capacity(String node) throws Exception {
        return node(node)
                .agent()
                .getCapacity(GetCapacityRequest.newBuilder().setPool("p1").build())
                .getAvailableBytes();
    }

    private static void assertStatus(Status.Code code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(code));
    }

    @Test
    void nothingIsLostWhenAnAgentOpensThePoolWhileAnotherMakesVolumesInIt() throws Exception {
        served();
        Map<String, Long> expected = new ConcurrentSkipListMap<>();
        AtomicBoolean done = new AtomicBoolean();
        AtomicInteger next = new AtomicInteger();
        AgentNode controller = node("a");
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> work = Stream.generate(() -> callers.submit(() -> churn(controller, next, done, expected)))
                    .limit(3)
                    .<Future<?>>map(future -> future)
                    .toList();
            try {
                for (int i = 0; i < 4; i++) {
                    node("b").kill();
                    node("b").restart();
                    node("b").awaitPhase("p1", PoolPhase.READY);
                    assertThat(node("b").list()).isNotEmpty();
                }
            } finally {
                done.set(true);
            }
            for (Future<?> one : work) {
                one.get();
            }
        }
        System.out.println("volumes made while another agent opened the pool 4 times: " + next.get());
        assertThat(node("a").list()).isEqualTo(expected);
        for (String name : List.of("b", "c")) {
            // the kernel believes in a name for a second after it was removed on another node
            Await.until("the list of " + name + " is right", () -> node(name).list(), expected::equals);
        }
        assertAccountIsRight("c");
    }

    /// Makes volumes, expands every fifth and deletes every third.
    private static void churn(AgentNode on, AtomicInteger next, AtomicBoolean done, Map<String, Long> expected) {
        while (!done.get()) {
            int i = next.incrementAndGet();
            String name = "pvc-" + i;
            expected.put(name, on.create(name, "p1", MIB).getSizeBytes());
            if (i % 5 == 0) {
                expected.put(name, on.expand(name, 2 * MIB).getSizeBytes());
            }
            if (i % 3 == 0) {
                on.delete(name);
                expected.remove(name);
            }
        }
    }

    /// Every row of stat.db is a volume with this size, every info file has a row, and every volume its
    /// directory.
    private void assertAccountIsRight(String node) throws Exception {
        Path root = node(node).state().resolve("mounts/p1.management");
        Map<String, Long> rows = new TreeMap<>();
        Shell.check("sqlite3", root.resolve("stat.db").toString(), "SELECT pvname || ' ' || size FROM pv_stats")
                .lines()
                .map(line -> line.split(" "))
                .forEach(row -> rows.put(row[0], Long.valueOf(row[1])));
        Map<String, Long> infos = new TreeMap<>();
        try (Stream<Path> files = Files.walk(root.resolve("info"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String json = Files.readString(file);
                String name = file.getFileName().toString().replace(".json", "");
                infos.put(name, Long.valueOf(json.replaceFirst("(?s).*\"size\": *(\\d+).*", "$1")));
                Path data = root.resolve(root.resolve("info").relativize(file)).resolveSibling(name);
                assertThat(data).isDirectory();
            }
        }
        assertThat(rows).isEqualTo(infos);
    }

    @Test
    void aPoolWaitsForTheBricksOfOtherNodesAndHoldsUpNoOther() throws Exception {
        PoolSpec spec = pool("p1", 24_100, "a", "b");
        for (String name : List.of("a", "c")) {
            PoolStatus status = node(name).apply(spec);
            assertThat(status.getPhase()).isEqualTo(PoolPhase.STARTING);
            assertThat(status.getMessage()).contains("waits for unit 1 on node b");
        }
        assertThat(node("a").apply(spec).getPhase()).isEqualTo(PoolPhase.STARTING);
        assertThat(node("a").apply(pool("p2", 24_101, "a")).getPhase()).isEqualTo(PoolPhase.READY);
        assertStatus(Status.Code.UNAVAILABLE, () -> node("a").create("pvc-1", "p1", MIB));
        node("a").create("pvc-2", "p2", MIB);
        node("b").apply(spec);
        for (String name : List.of("a", "b", "c")) {
            node(name).awaitPhase("p1", PoolPhase.READY);
        }
        node("c").create("pvc-1", "p1", MIB);
    }

    @Test
    void aNodeWithABrickGoesAndComesBack() throws Exception {
        served();
        node("a").create("pvc-1", "p1", 32 * MIB);
        Path onC = publish("c", "pvc-1");
        for (int i = 0; i < 8; i++) {
            Load.write(onC.resolve("file-" + i), MIB);
        }
        node("b").powerCut();
        assertThat(node("a").awaitPhase("p1", PoolPhase.DEGRADED).getMessage()).contains("1 of 2 bricks");
        node("b").restart();
        for (String name : List.of("a", "b", "c")) {
            node(name).awaitPhase("p1", PoolPhase.READY);
        }
        for (int i = 0; i < 8; i++) {
            Load.verify(onC.resolve("file-" + i), MIB);
        }
        node("b").create("pvc-2", "p1", MIB);
        assertAccountIsRight("c");
    }

    @Test
    void aNodeWithoutBricksComesBack() throws Exception {
        served();
        node("a").create("pvc-1", "p1", 32 * MIB);
        Path staging = scene.newDirectory("staging");
        Path target = scene.path("pod");
        node("c").publish("pvc-1", staging, target);
        Load.write(target.resolve("file"), 4 * MIB);
        long brick = node("a").pool("p1").getBricks(0).getPid();
        node("c").powerCut();
        for (Path point : List.of(target, staging)) {
            Shell.check("umount", "--lazy", point.toString());
        }
        node("c").restart();
        node("c").awaitPhase("p1", PoolPhase.READY);
        node("c").publish("pvc-1", staging, target);
        published.add(() -> node("c").unpublish("pvc-1", staging, target));
        Load.verify(target.resolve("file"), 4 * MIB);
        assertThat(node("a").pool("p1").getBricks(0).getPid()).isEqualTo(brick);
    }

    @Test
    void bricksRefuseANodeThatThePoolDoesNotName() throws Exception {
        PoolSpec spec = pool("p1", 24_100, "a");
        PoolSpec withoutC =
                spec.toBuilder().clearClients().addClients(ADDRESSES.get("b")).build();
        node("a").apply(withoutC);
        node("b").apply(withoutC);
        node("b").awaitPhase("p1", PoolPhase.READY);
        node("c").apply(spec);
        assertThat(node("c").pool("p1").getPhase()).isNotEqualTo(PoolPhase.READY);
        node("a").apply(spec);
        node("c").awaitPhase("p1", PoolPhase.READY);
    }
}
