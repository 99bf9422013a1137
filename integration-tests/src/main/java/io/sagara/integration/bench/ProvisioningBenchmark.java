package io.sagara.integration.bench;

import io.sagara.integration.CsiClient;
import io.sagara.integration.Standalone;
import io.sagara.integration.Traces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/// CreateVolume, NodeStage, NodePublish, NodeUnpublish and DeleteVolume through CSI, beside the bare file
/// operations of one create and one delete on the same mount in the same run; the memory of every process after
/// that; and the time from a start to the first Probe.
///
/// Arguments: the checkout's directory, then `--count N` (how many operations each figure is made of, 200),
/// `--callers 1,4,16`, `--dir DIR` (where everything is put, the directory for temporary files), and `--long` for
/// the [LongRun] instead.
public final class ProvisioningBenchmark {
    private static final long SIZE = 1024L * 1024;
    private static final String POOL = "bench";
    private static final int ROUNDS = 5;
    private static final int STARTS = 5;

    private ProvisioningBenchmark() {}

    /// Runs it all and removes every trace.
    public static void main(String[] arguments) throws Exception {
        Path home = Path.of(arguments[0]).toRealPath();
        List<String> options = List.of(arguments).subList(1, arguments.length);
        Path directory = Files.createTempDirectory(
                Path.of(option(options, "--dir", System.getProperty("java.io.tmpdir"))), "sagara-bench-");
        try {
            if (options.contains("--long")) {
                new LongRun(home, directory).run(Integer.parseInt(option(options, "--count", "10000")));
            } else {
                int[] callers = Arrays.stream(
                                option(options, "--callers", "1,4,16").split(",", -1))
                        .mapToInt(Integer::parseInt)
                        .toArray();
                run(home, directory, Integer.parseInt(option(options, "--count", "200")), callers);
            }
        } finally {
            Traces.remove(directory);
        }
    }

    private static String option(List<String> options, String name, String otherwise) {
        int at = options.indexOf(name);
        return at < 0 ? otherwise : options.get(at + 1);
    }

    private static void run(Path home, Path directory, int count, int[] callers) throws Exception {
        long start = System.nanoTime();
        Path pools = pools(directory, List.of(POOL));
        try (Standalone sagara = new Standalone(home, directory.resolve("state"), pools)) {
            System.out.printf(
                    Locale.ROOT,
                    "start of 'sagara up' to ready, one new pool: %.2f s%n",
                    (System.nanoTime() - start) / 1e9);
            try (CsiClient csi = new CsiClient(sagara.csiSocket())) {
                Scene scene = new Scene(POOL, directory.resolve("pods"), csi, floor(sagara, POOL), SIZE);
                Map<Scene.Step, Latencies> _ = scene.run("warm-up-", 2, count, 1);
                for (int each : callers) {
                    System.out.printf("%d caller%s, %d operations each%n", each, each == 1 ? "" : "s", count);
                    Scene.print(scene.run(each + "-callers-", each, count, ROUNDS));
                }
            }
            Footprint.print(sagara.state());
            sagara.kill();
            startup(home, directory, sagara.state());
            sagara.restart();
        }
    }

    /// The bare operations on the management mount of a pool.
    static Floor floor(Standalone sagara, String pool) throws IOException {
        return new Floor(sagara.state().resolve("mounts").resolve(pool + ".management"));
    }

    /// A file with Replica1 pools of these names on directories of this machine.
    static Path pools(Path directory, List<String> names) throws IOException {
        StringBuilder yaml = new StringBuilder();
        for (String name : names) {
            yaml.append("""
                    ---
                    apiVersion: kadalu-operator.storage/v1alpha1
                    kind: KadaluStorage
                    metadata:
                      name: %s
                    spec:
                      type: Replica1
                      storage:
                        - node: localhost
                          path: %s
                    """.formatted(name, Files.createDirectories(directory.resolve("storage-" + name))));
        }
        return Files.writeString(directory.resolve("pools.yaml"), yaml);
    }

    private static void startup(Path home, Path directory, Path served) throws IOException, InterruptedException {
        String installed = System.getenv("SAGARA_HOME");
        Startup startup = new Startup(installed == null ? home.resolve("deploy/target/sagara") : Path.of(installed));
        start(startup, "with no pool", directory.resolve("empty"));
        start(startup, "with a pool that is served", served);
    }

    private static void start(Startup startup, String what, Path state) throws IOException, InterruptedException {
        double[] seconds = new double[STARTS];
        for (int i : IntStream.range(0, STARTS).toArray()) {
            Duration took = startup.measure(state);
            seconds[i] = took.toNanos() / 1e9;
        }
        Arrays.sort(seconds);
        System.out.printf(
                Locale.ROOT,
                "start to first Probe, %s: median %.2f s, best %.2f s, worst %.2f s%n",
                what,
                seconds[STARTS / 2],
                seconds[0],
                seconds[STARTS - 1]);
    }
}
