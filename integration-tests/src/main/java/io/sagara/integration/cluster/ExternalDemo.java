package io.sagara.integration.cluster;

import io.sagara.csi.v1.Volume;
import io.sagara.integration.CsiClient;
import io.sagara.integration.Load;
import io.sagara.integration.Standalone;
import io.sagara.integration.Traces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/// A pool in a cluster of someone else, shown: three real glusterd, a volume with a limit through CSI,
/// servers that are lost and come back; then every trace removed. Ends with 0 only if all of it worked.
public final class ExternalDemo {
    private static final long MIB = 1024L * 1024;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(200);

    private final Path home;
    private final Path directory;
    private final List<AutoCloseable> open = new ArrayList<>();

    private ExternalDemo(Path home, Path directory) {
        this.home = home;
        this.directory = directory;
    }

    /// `arguments`: the checkout's directory.
    public static void main(String[] arguments) throws Exception {
        Path directory = Files.createTempDirectory("sagara-demo-");
        ExternalDemo demo = new ExternalDemo(Path.of(arguments[0]).toRealPath(), directory);
        Thread cleanUp = new Thread(demo::leaveNothing, "demo-clean-up");
        Runtime.getRuntime().addShutdownHook(cleanUp);
        boolean worked = demo.run();
        demo.leaveNothing();
        List<String> traces = Traces.of(directory);
        traces.forEach(trace -> say("LEFT BEHIND: " + trace));
        boolean well = worked && traces.isEmpty();
        say(well ? "demo: everything worked and nothing is left behind" : "demo: FAILED");
        System.exit(well ? 0 : 1);
    }

    private boolean run() {
        try {
            steps();
            return true;
        } catch (Exception | AssertionError e) {
            say("FAILED: " + e);
            return false;
        }
    }

    private void steps() throws Exception {
        GlusterCluster cluster = step("a GlusterFS cluster of three servers, each in namespaces of its own", () -> {
            GlusterCluster started = keep(GlusterCluster.start(directory.resolve("cluster")));
            started.makeReplicated("data");
            started.enableQuota("data");
            return started;
        });
        Standalone sagara = step(
                "sagara up: a pool in its volume 'data', found by a name that nobody knows and three that work",
                () -> keep(new Standalone(home, directory.resolve("state"), describe(cluster))));
        CsiClient csi = keep(new CsiClient(sagara.csiSocket()));
        doctor(sagara);
        Volume volume = step("64 MiB volume made", () -> csi.create("data", "elsewhere", 64 * MIB));
        Path staging = Files.createDirectories(directory.resolve("staging"));
        Path target = directory.resolve("pod");
        step("volume published at " + target, () -> {
            csi.publish(volume, staging, target);
            return keep(() -> withdraw(csi, volume, staging, target));
        });
        long written = step(
                "written on until the cluster's quota refuses", () -> Load.write(target.resolve("first"), 128 * MIB));
        say("        | refused after " + written / MIB + " MiB");
        expect(written < 80 * MIB, "the quota did not refuse anything");
        step("expanded online to 128 MiB, and 32 MiB more written", () -> {
            csi.expand(volume.getVolumeId(), 128 * MIB);
            expect(Load.write(target.resolve("second"), 32 * MIB) == 32 * MIB, "the new limit does not hold");
            return volume;
        });
        step("one server killed; written and read on", () -> {
            cluster.servers().getLast().kill();
            expect(Load.write(target.resolve("third"), 4 * MIB) == 4 * MIB, "no write with two of three");
            return cluster;
        });
        step("all servers killed; doctor says why the pool fails", () -> {
            cluster.killAll();
            await("the pool fails", () -> sagara.pool("elsewhere").getMessage().contains("glusterd"));
            return cluster;
        });
        doctor(sagara);
        step("servers back; the published volume works again by itself, with all that was in it", () -> {
            cluster.startAll();
            await("the volume answers", () -> readable(target.resolve("third")));
            Load.verify(target.resolve("third"), 4 * MIB);
            Load.verify(target.resolve("first"), written);
            return cluster;
        });
        step("unpublished and deleted", () -> {
            withdraw(csi, volume, staging, target);
            csi.delete(volume.getVolumeId());
            expect(csi.list().isEmpty(), "ListVolumes still names " + csi.list());
            return volume;
        });
    }

    private Path describe(GlusterCluster cluster) throws IOException {
        return Files.writeString(
                directory.resolve("pools.yaml"), """
                apiVersion: kadalu-operator.storage/v1alpha1
                kind: KadaluStorage
                metadata:
                  name: elsewhere
                spec:
                  type: External
                  details:
                    gluster_hosts: [no-such-host.invalid, %s]
                    gluster_volname: data
                """.formatted(String.join(", ", cluster.addresses())));
    }

    private static void doctor(Standalone sagara) {
        say("        | sagara doctor");
        sagara.sagara("doctor").output().lines().forEach(line -> say("        | " + line));
    }

    private static boolean readable(Path file) {
        try {
            return Files.size(file) > 0 && Files.readAllBytes(file).length > 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static void withdraw(CsiClient csi, Volume volume, Path staging, Path target) {
        csi.unpublish(volume.getVolumeId(), target);
        csi.unstage(volume.getVolumeId(), staging);
    }

    private static void await(String what, Callable<Boolean> reached) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!reached.call()) {
            expect(System.nanoTime() < deadline, "not within " + PATIENCE.toSeconds() + " s: " + what);
            LockSupport.parkNanos(POLL.toNanos());
        }
    }

    private <T extends AutoCloseable> T keep(T resource) {
        open.add(resource);
        return resource;
    }

    private static <T> T step(String what, Callable<T> action) throws Exception {
        long start = System.nanoTime();
        T result = action.call();
        say(String.format(Locale.ROOT, "%6.2f s  %s", (System.nanoTime() - start) / 1e9, what));
        return result;
    }

    /// Takes back what is still there, newest first, and goes on when something cannot be. Once.
    private synchronized void leaveNothing() {
        for (AutoCloseable resource : open.reversed()) {
            try {
                resource.close();
            } catch (Exception | AssertionError e) {
                say("clean-up: " + e);
            }
        }
        open.clear();
        Traces.remove(directory);
    }

    private static void expect(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }

    private static void say(String line) {
        System.out.println(line);
    }
}
