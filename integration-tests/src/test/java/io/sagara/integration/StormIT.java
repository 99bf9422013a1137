package io.sagara.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagara.api.v1.BrickSpec;
import io.sagara.api.v1.LayoutType;
import io.sagara.api.v1.PoolPhase;
import io.sagara.api.v1.PoolSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Agent, bricks, clients and quota daemon are killed at random while volumes are made, expanded, published,
/// unpublished and deleted. Whatever was acknowledged holds, whatever is repeated succeeds, and nothing is left
/// over.
///
/// A thousand kills take an hour on a busy machine. `-Dstorm.kills=1000`: how many (otherwise as many as there are
/// in a minute); `-Dstorm.seed=N`: which.
// the test sets the rest itself
@SuppressWarnings("NullAway.Init")
@Timeout(value = 6, unit = TimeUnit.HOURS)
class StormIT {
    private static final String POOL = "p1";
    private static final int CALLERS = 4;
    private static final int BATCH = 20;
    private static final Duration OTHERWISE = Duration.ofMinutes(1);
    private static final int LONGEST_PAUSE_MILLIS = 900;
    private static final Duration SETTLED = Duration.ofMinutes(2);
    private static final Pattern SIZE = Pattern.compile("\"size\": *(\\d+)");

    private static final Pattern LIMIT = Pattern.compile("=0x([0-9a-f]{16})");

    /// Who dies, as often as it is named.
    private static final List<String> VICTIMS = List.of(
            "agent",
            "agent",
            "agent",
            "starting agent",
            "--volfile-id p1.brick-0",
            "--volfile-id p1.brick-0",
            "--volfile-id p1 ",
            "--volfile-id p1 ",
            "--volfile-id p1.management",
            "--volfile-id p1.management",
            "--process-name quotad");

    private final ReadWriteLock lock = new ReentrantReadWriteLock(true);
    private final List<StormCaller> callers = new ArrayList<>();
    private final Map<String, Integer> kills = new TreeMap<>();
    private Scene scene;
    private AgentNode node;
    private Random random;

    @BeforeEach
    void open() throws IOException {
        LongTests.only();
        scene = new Scene();
    }

    @AfterEach
    void close() throws Exception {
        if (scene != null) {
            scene.close();
        }
    }

    @Test
    void nothingIsLostOrLeftOverHoweverOftenEverythingIsKilled() throws Exception {
        long seed = Long.getLong("storm.seed", System.nanoTime());
        int wanted = Integer.getInteger("storm.kills", Integer.MAX_VALUE);
        System.out.println("storm.seed=" + seed);
        random = new Random(seed);
        node = scene.keep(new AgentNode(Scene.home(), "storm", "127.7.3.1", scene.path("state"), Map.of()));
        var _ = node.apply(pool());
        Path pods = scene.newDirectory("pods");
        for (int i = 0; i < CALLERS; i++) {
            callers.add(
                    scene.keep(new StormCaller(node, POOL, pods, "v" + i + "-", random.nextLong(), lock.readLock())));
        }
        long end = System.nanoTime() + OTHERWISE.toNanos();
        int killed = 0;
        while (killed < wanted && (wanted != Integer.MAX_VALUE || System.nanoTime() < end)) {
            kill(VICTIMS.get(random.nextInt(VICTIMS.size())));
            killed++;
            LockSupport.parkNanos(
                    Duration.ofMillis(random.nextInt(LONGEST_PAUSE_MILLIS)).toNanos());
            if (killed % BATCH == 0) {
                check(killed);
            }
        }
        check(killed);
        assertThat(callers).allMatch(caller -> caller.operations() > 0);
    }

    private PoolSpec pool() throws IOException {
        return PoolSpec.newBuilder()
                .setName(POOL)
                .setLayout(LayoutType.REPLICA1)
                .addBricks(BrickSpec.newBuilder()
                        .setNode("storm")
                        .setType("path")
                        .setSource(scene.newDirectory("d").toString())
                        .setAddress("127.7.3.1"))
                .build();
    }

    private void kill(String victim) throws IOException {
        kills.merge(victim, 1, Integer::sum);
        switch (victim) {
            case "agent" -> {
                node.kill();
                node.restart();
            }
            case "starting agent" -> {
                node.kill();
                node.start();
                LockSupport.parkNanos(
                        Duration.ofMillis(500 + random.nextInt(1500)).toNanos());
                node.kill();
                node.restart();
            }
            default ->
                Traces.processes(scene.path("state")).stream()
                        .filter(pid -> (Traces.commandLine(pid) + " ").contains(victim))
                        .flatMap(pid -> ProcessHandle.of(pid).stream())
                        .forEach(ProcessHandle::destroyForcibly);
        }
    }

    /// While nobody works and nothing dies: all is as it was acknowledged, and there is nothing else.
    private void check(int killed) throws Exception {
        callers.forEach(StormCaller::check);
        lock.writeLock().lock();
        try {
            callers.forEach(StormCaller::check);
            var _ = node.awaitPhase(POOL, PoolPhase.READY);
            Map<String, Long> sizes = new TreeMap<>();
            Set<String> mounted = new TreeSet<>();
            for (StormCaller caller : callers) {
                caller.volumes().forEach((name, known) -> {
                    sizes.put(name, known.size());
                    if (known.published()) {
                        mounted.add(caller.target(name).toString());
                        mounted.add(caller.staging(name).toString());
                    }
                });
            }
            assertThat(node.list()).isEqualTo(sizes);
            Path brick = scene.path("d/data/brick");
            same("directories of volumes", () -> directories(brick), sizes.keySet());
            same("info files", () -> infos(brick.resolve("info")), sizes);
            same("reservations", this::reservations, sizes);
            same("limits", () -> limits(brick), sizes);
            same("data in the trash", () -> trash(brick.resolve(".sagara-trash")), Set.of());
            same("mounts of volumes", this::mounts, mounted);
            same(
                    "records of published volumes",
                    () -> names(scene.path("state/run/.published")).size(),
                    mounted.size());
            long operations =
                    callers.stream().mapToLong(StormCaller::operations).sum();
            long stale = callers.stream().mapToLong(StormCaller::stale).sum();
            long repeats = callers.stream().mapToLong(StormCaller::repeats).sum();
            System.out.printf(
                    "%d kills %s: %d operations acknowledged, %d repeated, %d stale reads, %d volumes, %d mounts, nothing lost or left%n",
                    killed, kills, operations, repeats, stale, sizes.size(), mounted.size());
        } finally {
            lock.writeLock().unlock();
        }
    }

    private static <T> void same(String what, Await.Look<T> look, T expected) throws Exception {
        T _ = Await.until(SETTLED, what + " are " + expected, look, expected::equals);
    }

    private static Set<String> directories(Path brick) throws IOException {
        return volumes(brick.resolve("subvol")).stream()
                .map(path -> path.getFileName().toString())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /// What is two directories below `top`.
    private static List<Path> volumes(Path top) throws IOException {
        List<Path> found = new ArrayList<>();
        for (String first : names(top)) {
            for (String second : names(top.resolve(first))) {
                Path bucket = top.resolve(first).resolve(second);
                names(bucket).forEach(name -> found.add(bucket.resolve(name)));
            }
        }
        return found;
    }

    private static Map<String, Long> infos(Path info) throws IOException {
        Map<String, Long> sizes = new TreeMap<>();
        for (Path file : volumes(info.resolve("subvol"))) {
            Matcher size = SIZE.matcher(Files.readString(file));
            String name = file.getFileName().toString();
            sizes.put(name.replaceFirst("\\.json$", ""), size.find() ? Long.parseLong(size.group(1)) : -1L);
        }
        return sizes;
    }

    private Map<String, Long> reservations() {
        Map<String, Long> sizes = new TreeMap<>();
        Shell.check(
                        "sqlite3",
                        "-readonly",
                        scene.path("state/mounts/p1.management/stat.db").toString(),
                        "SELECT pvname || ' ' || size FROM pv_stats")
                .lines()
                .map(line -> line.split(" ", -1))
                .forEach(row -> sizes.put(row[0], Long.parseLong(row[1])));
        return sizes;
    }

    private static Map<String, Long> limits(Path brick) throws IOException {
        Map<String, Long> sizes = new TreeMap<>();
        for (Path volume : volumes(brick.resolve("subvol"))) {
            Shell.Result limit = Shell.run(
                    Duration.ofSeconds(10),
                    List.of(
                            "getfattr",
                            "--absolute-names",
                            "-e",
                            "hex",
                            "-n",
                            "trusted.glusterfs.quota.limit-set.1",
                            volume.toString()));
            Matcher hex = LIMIT.matcher(limit.output());
            sizes.put(volume.getFileName().toString(), hex.find() ? Long.parseLong(hex.group(1), 16) : -1L);
        }
        return sizes;
    }

    /// The info file of a volume that was made again stays until the next purge.
    private static Set<String> trash(Path trash) throws IOException {
        return names(trash).stream()
                .filter(name -> !name.endsWith(".json"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> names(Path directory) throws IOException {
        try (Stream<Path> found = Files.list(directory)) {
            return found.map(path -> path.getFileName().toString()).collect(Collectors.toCollection(TreeSet::new));
        } catch (NoSuchFileException e) {
            return Set.of();
        }
    }

    private Set<String> mounts() {
        return Traces.mounts(scene.path("pods")).stream()
                .map(line -> Traces.mountPoint(line).toString())
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
