package io.sagara.agent.brick;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sagara.agent.posix.JnrPosix;
import io.sagara.agent.process.DaemonProcess;
import io.sagara.agent.process.ProcessCommands;
import io.sagara.spi.BrickHealth;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Bricks and file systems that come and go on the host, below a directory whose mounts are shared, as the
/// agent's state directory is.
@Timeout(120)
class MountNamespaceIT {
    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir
    Path home;

    private final ProcessCommands commands = new ProcessCommands();
    private final Deque<List<String>> undo = new ArrayDeque<>();
    private final List<RealBricks> agents = new ArrayList<>();
    private Path shared;

    @BeforeEach
    void aSharedDirectory() throws IOException {
        assumeTrue(new JnrPosix().userId() == 0, "SKIPPED: root is needed to mount");
        assumeTrue(Files.isExecutable(Path.of("/usr/sbin/glusterfsd")), "SKIPPED: glusterfs-server is not installed");
        shared = Files.createDirectory(home.resolve("shared")).toRealPath();
        run("mount", "--bind", shared.toString(), shared.toString());
        undo.push(List.of("umount", shared.toString()));
        run("mount", "--make-private", shared.toString());
        run("mount", "--make-shared", shared.toString());
    }

    @AfterEach
    void undoEverything() {
        for (RealBricks agent : agents) {
            agent.stop();
            agent.close();
        }
        undo.forEach(command -> commands.check(LONG, command));
    }

    @Test
    void whatTheHostUnmountsIsNotKeptBusyByARunningBrick() throws Exception {
        String device = device();
        Path mount = Files.createDirectory(shared.resolve("disk"));
        run("mount", device, mount.toString());
        RealBricks agent = agent(shared.resolve("unit"));
        DaemonProcess process = agent.start();
        assertThat(mountsOf(process)).contains(mount.toString());

        run("umount", mount.toString());

        assertThat(mountsOf(process)).doesNotContain(mount.toString());
        assertThat(agent.daemons.alive(process)).isTrue();
        assertThat(exclusivelyOpens(device)).isTrue();
    }

    @Test
    void aBrickOnADeviceKeepsItBusyWhileItRunsAndNotLonger() throws Exception {
        String device = device();
        Path mount = Files.createDirectory(shared.resolve("disk"));
        run("mount", device, mount.toString());
        RealBricks agent = agent(mount.resolve("unit"));
        agent.start();
        assertThat(commands.run(LONG, List.of("umount", mount.toString())).exitCode())
                .isNotZero();
        agent.stop();
        run("umount", mount.toString());
        assertThat(exclusivelyOpens(device)).isTrue();
    }

    @Test
    void aFileSystemThatBecameReadOnlyIsReported() throws Exception {
        Path mount = Files.createDirectory(shared.resolve("disk"));
        String device = device();
        run("mount", "-o", "errors=remount-ro", device, mount.toString());
        undo.push(List.of("umount", mount.toString()));
        RealBricks agent = agent(mount.resolve("unit"));
        agent.start();
        assertThat(agent.check().serving()).isTrue();
        Path trigger = Path.of("/sys/fs/ext4", device.substring("/dev/".length()), "trigger_fs_error");
        assumeTrue(Files.isWritable(trigger), "SKIPPED: this kernel offers no " + trigger);
        Files.writeString(trigger, "1");
        BrickHealth health = agent.check();
        assertThat(health.serving()).isFalse();
        assertThat(health.detail()).contains("is read-only");
        agent.stop();
    }

    private RealBricks agent(Path unit) throws IOException {
        RealBricks agent = new RealBricks(shared, Files.createDirectory(unit), "p1", RealBricks.freePort());
        agents.add(agent);
        return agent;
    }

    /// A loop device with ext4 on it, made for this test.
    private String device() throws IOException {
        Path image = home.resolve("disk.img");
        run("truncate", "-s", "64M", image.toString());
        run("mkfs.ext4", "-q", image.toString());
        String device = commands.check(LONG, List.of("losetup", "--find", "--show", image.toString()))
                .stdout()
                .strip();
        undo.push(List.of("losetup", "--detach", device));
        return device;
    }

    /// The kernel refuses O_EXCL on a device that is mounted in any namespace; e2fsck asks so before it writes.
    private boolean exclusivelyOpens(String device) {
        return commands.run(LONG, List.of("e2fsck", "-f", "-y", device)).exitCode() <= 1;
    }

    private static String mountsOf(DaemonProcess process) throws IOException {
        return Files.readString(Path.of("/proc/" + process.pid() + "/mountinfo"));
    }

    private void run(String... argv) {
        assertThat(commands.check(LONG, List.of(argv)).exitCode()).isZero();
    }
}
