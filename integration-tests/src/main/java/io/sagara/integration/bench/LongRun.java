package io.sagara.integration.bench;

import io.sagara.csi.v1.Volume;
import io.sagara.integration.CsiClient;
import io.sagara.integration.Standalone;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;

/// How the same operations do when there is much: CreateVolume with few and with many volumes in the pool,
/// ListVolumes of 5,000, then CreateVolume with one and with fifty pools.
final class LongRun {
    private static final int FEW = 100;
    private static final int LISTED = 5000;
    private static final int LISTS = 5;
    private static final int SAMPLE = 300;
    private static final int FILLERS = 16;
    private static final int POOLS = 50;
    private static final long SIZE = 1024L * 1024;

    private final Path home;
    private final Path directory;

    LongRun(Path home, Path directory) {
        this.home = home;
        this.directory = directory;
    }

    /// `most`: how many volumes are many.
    void run(int most) throws Exception {
        volumes(most);
        pools();
    }

    private void volumes(int most) throws Exception {
        Path pools = ProvisioningBenchmark.pools(directory, List.of("one"));
        try (Standalone sagara = new Standalone(home, directory.resolve("state"), pools);
                CsiClient csi = new CsiClient(sagara.csiSocket())) {
            Floor floor = ProvisioningBenchmark.floor(sagara, "one");
            fill(csi, floor, "warm-", FEW);
            sample(csi, floor, "one", "few-", FEW + " volumes");
            for (int filled = FEW + SAMPLE; filled < most; ) {
                int next = filled < LISTED ? Math.min(LISTED, most) : most;
                fill(csi, floor, "fill-" + filled + "-", next - filled);
                filled = next;
                if (filled == LISTED) {
                    list(csi);
                }
            }
            sample(csi, floor, "one", "many-", most + " volumes");
            list(csi);
            Footprint.print(sagara.state());
        }
    }

    private void pools() throws Exception {
        List<String> names =
                IntStream.rangeClosed(1, POOLS).mapToObj(i -> "p" + i).toList();
        for (List<String> served : List.of(names.subList(0, 1), names)) {
            Path pools = ProvisioningBenchmark.pools(directory, served);
            long start = System.nanoTime();
            try (Standalone sagara = new Standalone(home, directory.resolve("state"), pools);
                    CsiClient csi = new CsiClient(sagara.csiSocket())) {
                System.out.printf(
                        Locale.ROOT, "%d pools ready after %.1f s%n", served.size(), (System.nanoTime() - start) / 1e9);
                Floor floor = ProvisioningBenchmark.floor(sagara, "p1");
                fill(csi, floor, "warm-", FEW, "p1");
                sample(csi, floor, "p1", "pools-", served.size() + " pools");
            }
        }
    }

    private static void fill(CsiClient csi, Floor floor, String prefix, int count)
            throws IOException, ExecutionException, InterruptedException {
        fill(csi, floor, prefix, count, "one");
    }

    private static void fill(CsiClient csi, Floor floor, String prefix, int count, String pool)
            throws IOException, ExecutionException, InterruptedException {
        Latencies made = Latencies.measure(FILLERS, 0, count, i -> {
            Volume _ = csi.create(prefix + i, pool, SIZE);
        });
        // the floor's tree grows as much, so that what is compared stands in equal directories
        Latencies bare = Latencies.measure(FILLERS, 0, count, i -> floor.create(prefix + i, SIZE));
        System.out.printf(
                Locale.ROOT,
                "filling with %d: CreateVolume %.0f/s, floor %.0f/s, %d callers%n",
                count,
                made.perSecond(),
                bare.perSecond(),
                FILLERS);
    }

    /// One caller, in rounds, beside the floor.
    private static void sample(CsiClient csi, Floor floor, String pool, String prefix, String what)
            throws ExecutionException, InterruptedException {
        Latencies made = Latencies.NONE;
        Latencies bare = Latencies.NONE;
        int round = SAMPLE / 6;
        for (int first = 0; first < SAMPLE; first += round) {
            bare = bare.and(Latencies.measure(1, first, first + round, i -> floor.create(prefix + i, SIZE)));
            made = made.and(Latencies.measure(1, first, first + round, i -> {
                Volume _ = csi.create(prefix + i, pool, SIZE);
            }));
        }
        System.out.println(what + ", 1 caller, " + SAMPLE + " operations each");
        System.out.printf(Locale.ROOT, "  floor of a create  %s%n", bare);
        System.out.printf(
                Locale.ROOT,
                "  CreateVolume       %s   %.2f of the floor%n",
                made,
                made.perSecond() / bare.perSecond());
    }

    private static void list(CsiClient csi) throws ExecutionException, InterruptedException {
        List<Integer> sizes = new ArrayList<>();
        Latencies listed =
                Latencies.measure(1, 0, LISTS, i -> sizes.add(csi.list().size()));
        System.out.printf("ListVolumes of %d (one page)  %s%n", sizes.getLast(), listed);
    }
}
