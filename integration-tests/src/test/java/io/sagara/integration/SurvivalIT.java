package io.sagara.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sagara.api.v1.BrickStatus;
import io.sagara.csi.v1.Volume;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What Sagara survives: its own death under I/O, a brick's, and the whole node's.
class SurvivalIT {
    private static final long MIB = Scene.MIB;
    private static final int FIO_SECONDS = 40;

    private Scene scene;
    private Standalone sagara;
    private CsiClient csi;
    private Volume volume;

    @BeforeEach
    void open() throws IOException {
        scene = new Scene();
        sagara = scene.up("state", scene.yaml(Scene.replica1("p1", "path: " + scene.newDirectory("d"))));
        csi = scene.csi(sagara);
        volume = csi.create("pvc-1", "p1", 128 * MIB);
        csi.publish(volume, scene.newDirectory("staging"), scene.path("pod"));
    }

    @AfterEach
    void close() throws Exception {
        if (scene != null) {
            if (csi != null) {
                csi.unpublish("pvc-1", scene.path("pod"));
                csi.unstage("pvc-1", scene.path("staging"));
            }
            scene.close();
        }
    }

    @Test
    void killingTheAgentUnderFioCausesNoErrorAndNoSecondProcess() throws Exception {
        assumeTrue(Scene.installed("fio"), "SKIPPED: fio is not installed");
        Set<Long> before = daemons();
        Process fio = new ProcessBuilder(List.of(
                        "fio",
                        "--name=survive",
                        "--directory=" + scene.path("pod"),
                        "--rw=randrw",
                        "--bs=16k",
                        "--size=32M",
                        "--time_based",
                        "--runtime=" + FIO_SECONDS,
                        "--verify=crc32c",
                        "--verify_backlog=64",
                        "--verify_state_save=0",
                        "--fsync=16",
                        "--output=" + scene.path("fio.out")))
                .redirectErrorStream(true)
                .start();
        for (int kill = 0; kill < 2; kill++) {
            long agent = sagara.info().getPid();
            ProcessHandle handle = ProcessHandle.of(agent).orElseThrow();
            handle.destroyForcibly();
            handle.onExit().join();
            assertThat(fio.isAlive()).isTrue();
            sagara.awaitAgentAfter(agent);
        }
        assertThat(fio.waitFor(FIO_SECONDS * 3, TimeUnit.SECONDS)).isTrue();
        assertThat(fio.exitValue()).isZero();
        assertThat(daemons()).isEqualTo(before);
    }

    @Test
    void aKilledBrickComesBackOnItsPortAndClientsGoOn() throws Exception {
        BrickStatus before = sagara.pool("p1").getBricks(0);
        try (Load load = new Load(scene.path("pod").resolve("load"))) {
            load.awaitRounds(2);
        }
        ProcessHandle brick = ProcessHandle.of(before.getPid()).orElseThrow();
        brick.destroyForcibly();
        brick.onExit().join();
        BrickStatus after = Await.until(
                "the brick is running again",
                () -> sagara.pool("p1").getBricks(0),
                now -> now.getState().equals("RUNNING") && now.getPid() != before.getPid());
        assertThat(after.getPort()).isEqualTo(before.getPort());
        assertThat(after.getRestarts()).isEqualTo(before.getRestarts() + 1);
        Await.until(
                "the volume can be written again",
                () -> written(scene.path("pod").resolve("again")),
                ok -> ok);
    }

    @Test
    void everythingComesBackFromDesiredStateAfterAReboot() throws Exception {
        Load.write(scene.path("pod").resolve("kept"), 16 * MIB);
        sagara.kill();
        // a reboot: no process and no mount is left
        for (long pid : Traces.processes(scene.path("state"))) {
            ProcessHandle.of(pid).ifPresent(process -> {
                process.destroyForcibly();
                process.onExit().join();
            });
        }
        for (String line : Traces.mounts(scene.path("")).reversed()) {
            Shell.check("umount", "--lazy", Traces.mountPoint(line).toString());
        }
        sagara.restart();
        assertThat(csi.list()).containsExactly("pvc-1");
        csi.publish(volume, scene.path("staging"), scene.path("pod"));
        Load.verify(scene.path("pod").resolve("kept"), 16 * MIB);
    }

    @Test
    void aDeadClientIsReplacedAndPublishedVolumesComeBack() throws Exception {
        Load.write(scene.path("pod").resolve("kept"), 4 * MIB);
        long client = sagara.pool("p1").getProcessesList().stream()
                .filter(process -> process.getRole().equals("client"))
                .findFirst()
                .orElseThrow()
                .getPid();
        ProcessHandle handle = ProcessHandle.of(client).orElseThrow();
        handle.destroyForcibly();
        handle.onExit().join();
        Await.until(
                "the published volume can be written again",
                () -> written(scene.path("pod").resolve("again")),
                ok -> ok);
        Load.verify(scene.path("pod").resolve("kept"), 4 * MIB);
        Await.until(
                "staged and published are bound anew",
                () -> sagara.pool("p1").getVolumesRebound(),
                rebound -> rebound == 2);
        assertThat(csi.stats("pvc-1", scene.path("pod")).getVolumeCondition().getAbnormal())
                .isFalse();
        csi.publish(volume, scene.path("staging"), scene.path("pod2"));
        Load.verify(scene.path("pod2").resolve("kept"), 4 * MIB);
        csi.unpublish("pvc-1", scene.path("pod2"));
    }

    private static boolean written(Path file) {
        try {
            return Load.write(file, MIB) == MIB;
        } catch (IOException e) {
            return false;
        }
    }

    private Set<Long> daemons() {
        Set<Long> pids = new TreeSet<>();
        for (long pid : Traces.processes(scene.path("state"))) {
            if (Traces.commandLine(pid).contains("gluster")) {
                pids.add(pid);
            }
        }
        return pids;
    }
}
