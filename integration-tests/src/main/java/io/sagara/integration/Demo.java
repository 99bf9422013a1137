package io.sagara.integration;

import io.sagara.csi.v1.Volume;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;

/// The main job, shown: two pools from YAML, a volume with a hard limit through CSI, grown online, with the
/// agent killed under I/O; then every trace removed. Each step is one line with its time. Ends with 0 only if
/// all of it worked.
public final class Demo {
    private static final long MIB = 1024L * 1024;
    private static final long VOLUME = 64 * MIB;
    private static final long EXPANDED = 128 * MIB;

    private final Path home;
    private final Path directory;
    private final List<AutoCloseable> open = new ArrayList<>();

    private Demo(Path home, Path directory) {
        this.home = home;
        this.directory = directory;
    }

    /// `arguments`: the checkout's directory.
    public static void main(String[] arguments) throws Exception {
        Path home = Path.of(arguments[0]).toRealPath();
        Path directory = Files.createTempDirectory("sagara-demo-");
        Demo demo = new Demo(home, directory);
        Thread cleanUp = new Thread(demo::leaveNothing, "demo-clean-up");
        Runtime.getRuntime().addShutdownHook(cleanUp);
        boolean worked = demo.run();
        if (!takeBack(cleanUp)) {
            // interrupted: the clean-up is under way and ends the process
            return;
        }
        demo.leaveNothing();
        List<String> traces = Traces.of(directory);
        traces.forEach(trace -> say("LEFT BEHIND: " + trace));
        say(worked && traces.isEmpty() ? "demo: everything worked and nothing is left behind" : "demo: FAILED");
        System.exit(worked && traces.isEmpty() ? 0 : 1);
    }

    private static boolean takeBack(Thread cleanUp) {
        try {
            return Runtime.getRuntime().removeShutdownHook(cleanUp);
        } catch (IllegalStateException e) {
            return false;
        }
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
        Path staging = Files.createDirectories(directory.resolve("staging"));
        Path target = directory.resolve("pod");
        Path yaml = step("two pools described: one on a path, one on a file device", this::describePools);
        Standalone sagara = step(
                "sagara up: agent, CSI driver and both pools are ready",
                () -> new Standalone(home, directory.resolve("state"), yaml));
        open.add(sagara);
        sagara.output().stream().filter(line -> !line.isBlank()).forEach(line -> say("        | " + line));
        CsiClient csi = new CsiClient(sagara.csiSocket());
        open.add(csi);

        Volume onDevice = step(
                "64 MiB volume 'disk' made in pool 'demo-device'", () -> csi.create("disk", "demo-device", VOLUME));
        Volume volume =
                step("64 MiB volume 'data' made in pool 'demo-path'", () -> csi.create("data", "demo-path", VOLUME));
        step("volume published at " + target, () -> {
            csi.publish(volume, staging, target);
            return target;
        });
        open.add(() -> withdraw(csi, volume, staging, target));
        say("        | " + df(target));
        step("48 MiB written and read back", () -> writeAll(target.resolve("first"), 48 * MIB));
        long refused = step("written on until the quota refuses", () -> writeUntilRefused(target.resolve("second")));
        say(String.format(
                Locale.ROOT,
                "        | refused after %.1f MiB in a volume of 64 MiB; %s",
                (48 * MIB + refused) / (double) MIB,
                df(target)));
        step("expanded online to 128 MiB", () -> {
            csi.expand(volume.getVolumeId(), EXPANDED);
            return volume;
        });
        say("        | " + df(target));
        step("32 MiB more written", () -> writeAll(target.resolve("third"), 32 * MIB));
        step("agent killed with SIGKILL and back, while a writer goes on", () -> killUnderLoad(sagara, target));
        step("volumes unpublished and deleted", () -> {
            withdraw(csi, volume, staging, target);
            csi.delete(volume.getVolumeId());
            csi.delete(onDevice.getVolumeId());
            expect(csi.list().isEmpty(), "ListVolumes still names " + csi.list());
            return volume;
        });
        step("sagara down --purge", () -> {
            csi.close();
            sagara.close();
            return sagara;
        });
        open.clear();
    }

    private Path describePools() throws IOException {
        Path path = Files.createDirectories(directory.resolve("storage"));
        Path device = directory.resolve("disk.img");
        Shell.check("truncate", "--size", "1G", device.toString());
        Path yaml = directory.resolve("pools.yaml");
        Files.writeString(yaml, """
                apiVersion: kadalu-operator.storage/v1alpha1
                kind: KadaluStorage
                metadata:
                  name: demo-path
                spec:
                  type: Replica1
                  storage:
                    - node: localhost
                      path: %s
                ---
                apiVersion: kadalu-operator.storage/v1alpha1
                kind: KadaluStorage
                metadata:
                  name: demo-device
                spec:
                  type: Replica1
                  storage:
                    - node: localhost
                      device: %s
                """.formatted(path, device));
        return yaml;
    }

    private static Path writeAll(Path file, long bytes) throws IOException {
        long written = Load.write(file, bytes);
        expect(written == bytes, "only " + written + " of " + bytes + " bytes could be written to " + file);
        Load.verify(file, bytes);
        return file;
    }

    private static long writeUntilRefused(Path file) throws IOException {
        long written = Load.write(file, EXPANDED);
        expect(written < EXPANDED, "the quota did not refuse anything");
        return written;
    }

    private static Path killUnderLoad(Standalone sagara, Path target) throws Exception {
        long agent = sagara.info().getPid();
        List<Long> before = bricks(sagara);
        try (Load load = new Load(target.resolve("under-load"))) {
            load.awaitRounds(3);
            ProcessHandle killed = ProcessHandle.of(agent).orElseThrow();
            killed.destroyForcibly();
            killed.onExit().join();
            load.awaitRounds(3);
            sagara.awaitAgentAfter(agent);
            load.awaitRounds(3);
            say("        | " + load.rounds() + " writes with fsync and read-back, no error; bricks " + before
                    + " kept running");
        }
        expect(before.equals(bricks(sagara)), "bricks were " + before + " and are " + bricks(sagara));
        return target;
    }

    private static List<Long> bricks(Standalone sagara) {
        return List.of(
                sagara.pool("demo-path").getBricks(0).getPid(),
                sagara.pool("demo-device").getBricks(0).getPid());
    }

    private static void withdraw(CsiClient csi, Volume volume, Path staging, Path target) {
        csi.unpublish(volume.getVolumeId(), target);
        csi.unstage(volume.getVolumeId(), staging);
    }

    private static String df(Path target) throws IOException {
        FileStore store = Files.getFileStore(target);
        return String.format(
                Locale.ROOT,
                "df: size %d MiB, used %d MiB, free %d MiB",
                store.getTotalSpace() / MIB,
                (store.getTotalSpace() - store.getUsableSpace()) / MIB,
                store.getUsableSpace() / MIB);
    }

    private static <T> T step(String what, Callable<T> action) throws Exception {
        long start = System.nanoTime();
        T result = action.call();
        say(String.format(Locale.ROOT, "%6.2f s  %s", (System.nanoTime() - start) / 1e9, what));
        return result;
    }

    /// Takes back what is still there, newest first, and goes on when something cannot be.
    private void leaveNothing() {
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
