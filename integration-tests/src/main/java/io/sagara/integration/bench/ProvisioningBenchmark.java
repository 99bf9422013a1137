package io.sagara.integration.bench;

import io.sagara.csi.v1.Volume;
import io.sagara.integration.CsiClient;
import io.sagara.integration.Standalone;
import io.sagara.integration.Traces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReferenceArray;

/// CreateVolume, NodePublish, NodeUnpublish and DeleteVolume through CSI, beside the bare file operations of
/// one create and one delete on the same mount in the same run; then the memory of every process of the run.
///
/// Arguments: the checkout's directory, and how many operations each figure is made of (default 200).
public final class ProvisioningBenchmark {
    private static final int[] CALLERS = {1, 4, 16};
    private static final long SIZE = 1024L * 1024;
    private static final String POOL = "bench";

    private final int count;
    private final Path directory;
    private final CsiClient csi;
    private final Floor floor;

    private ProvisioningBenchmark(int count, Path directory, CsiClient csi, Floor floor) {
        this.count = count;
        this.directory = directory;
        this.csi = csi;
        this.floor = floor;
    }

    /// Runs it all and removes every trace.
    public static void main(String[] arguments) throws Exception {
        Path home = Path.of(arguments[0]).toRealPath();
        int count = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 200;
        Path directory = Files.createTempDirectory("sagara-bench-");
        long start = System.nanoTime();
        try (Standalone sagara = new Standalone(home, directory.resolve("state"), pool(directory));
                CsiClient csi = new CsiClient(sagara.csiSocket())) {
            say("start of 'sagara up' to ready, one new pool: %.2f s".formatted((System.nanoTime() - start) / 1e9));
            Floor floor = new Floor(sagara.state().resolve("mounts").resolve(POOL + ".management"));
            ProvisioningBenchmark benchmark = new ProvisioningBenchmark(count, directory, csi, floor);
            benchmark.round(2, "warm-up");
            for (int callers : CALLERS) {
                benchmark.round(callers, "%d caller%s".formatted(callers, callers == 1 ? "" : "s"));
            }
            memory(sagara.state());
        } finally {
            Traces.remove(directory);
        }
    }

    private static Path pool(Path directory) throws IOException {
        Path storage = Files.createDirectories(directory.resolve("storage"));
        return Files.writeString(directory.resolve("pool.yaml"), """
                apiVersion: kadalu-operator.storage/v1alpha1
                kind: KadaluStorage
                metadata:
                  name: %s
                spec:
                  type: Replica1
                  storage:
                    - node: localhost
                      path: %s
                """.formatted(POOL, storage));
    }

    private void round(int callers, String title) throws IOException, ExecutionException, InterruptedException {
        String prefix = title.replace(' ', '-') + "-";
        AtomicReferenceArray<Volume> volumes = new AtomicReferenceArray<>(count);
        Path mounts = Files.createDirectories(directory.resolve("pods").resolve(prefix));
        Latencies floorCreate = Latencies.measure(callers, count, i -> floor.create(prefix + i, SIZE));
        Latencies create = Latencies.measure(callers, count, i -> volumes.set(i, csi.create(prefix + i, POOL, SIZE)));
        Latencies stage = Latencies.measure(
                callers, count, i -> csi.stage(volumes.get(i), Files.createDirectory(mounts.resolve("staging-" + i))));
        Latencies publish = Latencies.measure(
                callers,
                count,
                i -> csi.publishStaged(volumes.get(i), mounts.resolve("staging-" + i), mounts.resolve("pod-" + i)));
        Latencies unpublish = Latencies.measure(
                callers, count, i -> csi.unpublish(volumes.get(i).getVolumeId(), mounts.resolve("pod-" + i)));
        for (int i = 0; i < count; i++) {
            csi.unstage(volumes.get(i).getVolumeId(), mounts.resolve("staging-" + i));
        }
        Latencies floorDelete = Latencies.measure(callers, count, i -> floor.delete(prefix + i));
        Latencies delete =
                Latencies.measure(callers, count, i -> csi.delete(volumes.get(i).getVolumeId()));
        say("%s, %d operations each".formatted(title, count));
        say("  floor of a create   %s".formatted(floorCreate));
        say("  CreateVolume        %s   %.2f of the floor"
                .formatted(create, create.perSecond() / floorCreate.perSecond()));
        say("  NodeStage           %s".formatted(stage));
        say("  NodePublish         %s".formatted(publish));
        say("  NodeUnpublish       %s".formatted(unpublish));
        say("  floor of a delete   %s".formatted(floorDelete));
        say("  DeleteVolume        %s   %.2f of the floor"
                .formatted(delete, delete.perSecond() / floorDelete.perSecond()));
    }

    private static void memory(Path state) throws IOException {
        say("memory of every process of the run (MiB)");
        for (long pid : Traces.processes(state)) {
            List<String> rollup = Files.readAllLines(Path.of("/proc/" + pid + "/smaps_rollup"));
            String command = Traces.commandLine(pid);
            say("  RSS %6.1f  PSS %6.1f  %s".formatted(mib(rollup, "Rss:"), mib(rollup, "Pss:"), role(command)));
        }
    }

    private static String role(String command) {
        List<String> roles = List.of(
                "io.sagara.agent/",
                "io.sagara.csi/",
                "io.sagara.cli/",
                "quotad",
                "glusterfsd",
                "client-pid=-5",
                "glusterfs");
        return roles.stream().filter(command::contains).findFirst().orElse(command);
    }

    private static double mib(List<String> rollup, String field) {
        return rollup.stream()
                .filter(line -> line.startsWith(field))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1024)
                .sum();
    }

    private static void say(String line) {
        System.out.println(line);
    }
}
