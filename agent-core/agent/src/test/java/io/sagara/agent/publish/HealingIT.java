package io.sagara.agent.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagara.agent.mount.ClientPatience;
import io.sagara.agent.mount.ClientSpec.Kind;
import io.sagara.agent.mount.TestPool;
import io.sagara.agent.posix.MountInfo;
import io.sagara.spi.Problem;
import io.sagara.spi.VolumeName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A client of a pool dies, hangs or is unmounted while its volumes are in use, on the node and in containers.
@Timeout(150)
class HealingIT {
    private static final String DATA = "data of v1";

    @TempDir
    Path scratch;

    private TestNode node;
    private VolumeName volume;
    private Path writable;
    private Path readonly;
    private Path staged;
    private Container container;

    @BeforeEach
    void publish() throws IOException {
        node = new TestNode(scratch, "p1", ClientPatience.DEFAULT);
        volume = node.volume("v1");
        staged = node.stage(volume, node.pod("staging"));
        writable = node.publish(volume, node.pod("rw"));
        readonly = node.publish(volume, node.pod("ro"), "ro", "nosuid");
        container = node.container(writable, "private", "nosuid,nodev");
    }

    @AfterEach
    void clean() throws IOException {
        if (node != null) {
            node.close();
        }
    }

    private void assertHealed(String what) throws IOException {
        long host = TestNode.awaitContent(what, () -> TestNode.content(writable.resolve("f")), DATA);
        long inside = TestNode.awaitContent(what, this::seenInside, DATA);
        System.out.println(what + ": readable on the node after " + host + " ms, in the container after "
                + (host + inside) + " ms");
        assertSound();
    }

    private String seenInside() {
        return seenIn(container);
    }

    private static String seenIn(Container container) {
        try {
            return container.run("cat /data/f");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void assertSound() throws IOException {
        TestPool.await(
                "ro bound anew",
                Duration.ofSeconds(20),
                () -> TestNode.content(readonly.resolve("f")).equals(DATA));
        TestPool.await(
                "staging bound anew",
                Duration.ofSeconds(20),
                () -> TestNode.content(staged.resolve("f")).equals(DATA));
        Files.writeString(writable.resolve("g"), "new");
        assertThat(container.run("cat /data/g")).isEqualTo("new");
        assertThat(container.run("echo inside > /data/h; cat /data/h")).isEqualTo("inside");
        assertThat(container.run("ls /data")).isEqualTo("f\ng\nh");
        assertThat(container.options()).containsExactly(options("rw,nosuid,nodev"));
        assertThat(node.mountsBelow(node.directory.resolve("pods")))
                .hasSize(3)
                .allSatisfy(mount -> assertThat(mount.device())
                        .isEqualTo(node.pool.posix.device(node.client().root())));
        MountInfo.Mount again = MountInfo.read().at(readonly).orElseThrow();
        assertThat(again.options()).contains("ro", "nosuid");
        assertThat(MountInfo.read().at(writable).orElseThrow().options()).doesNotContain("ro");
        TestPool.await(
                "healthy",
                Duration.ofSeconds(20),
                () -> node.stats(volume, writable).getCondition().equals("healthy"));
        assertThat(node.repaired().volumes()).isEqualTo(3);
        // at least: whoever began meanwhile on this machine with mounts of their own has copies of ours
        assertThat(node.repaired().containers()).isPositive();
    }

    private static String options(String wanted) {
        return wanted + ",relatime";
    }

    @Test
    void aKilledClientIsReplacedOnTheNodeAndInContainersAndOtherPoolsNoticeNothing() throws Exception {
        try (TestNode other = new TestNode(scratch, "p2", ClientPatience.DEFAULT)) {
            VolumeName v2 = other.volume("v2");
            Path elsewhere = other.publish(v2, other.pod("rw"));
            Container second = other.container(elsewhere, "private", "rw");
            long pid = other.pool.process(Kind.VOLUMES).pid();
            int mount = MountInfo.read().at(elsewhere).orElseThrow().id();
            node.signalClient("KILL");

            assertHealed("client killed");
            assertThat(other.pool.process(Kind.VOLUMES).pid()).isEqualTo(pid);
            assertThat(MountInfo.read().at(elsewhere).orElseThrow().id()).isEqualTo(mount);
            assertThat(second.run("cat /data/f")).isEqualTo("data of v2");
            assertThat(other.repaired().volumes()).isZero();
        }
    }

    @Test
    void aHungClientIsReplaced() throws Exception {
        node.signalClient("STOP");
        long asked = System.nanoTime();

        assertThat(node.stats(volume, writable).getAbnormal()).isTrue();
        assertThat(System.nanoTime() - asked).isLessThan(TimeUnit.SECONDS.toNanos(6));
        assertHealed("client hung");
    }

    @Test
    void aPoolThatWasUnmountedByHandIsMountedAgain() throws Exception {
        node.pool.posix.unmount(node.client().root(), true);

        TestPool.await(
                "noticed", Duration.ofSeconds(20), () -> node.client().health().restarts() > 0);
        assertHealed("pool unmounted");
    }

    @Test
    void clientsThatDieAgainAndAgainAreReplacedEachTime() throws Exception {
        for (int i = 1; i <= 3; i++) {
            node.signalClient("KILL");
            TestPool.await(
                    "dead",
                    Duration.ofSeconds(20),
                    () -> !TestNode.content(writable.resolve("f")).equals(DATA));
            long healed = TestNode.awaitContent("again", this::seenInside, DATA);
            System.out.println("death " + i + ": in the container after " + healed + " ms");
        }
        TestPool.await("all", Duration.ofSeconds(20), () -> node.repaired().volumes() == 9);
        assertThat(node.mountsBelow(node.directory.resolve("pods"))).hasSize(3);
        assertThat(container.options()).hasSize(1);
    }

    @Test
    void anAgentThatBeginsAfterItsClientDiedHealsWhatTheOtherAgentPublished() throws Exception {
        node.end();
        var client = node.pool.process(Kind.VOLUMES);
        node.pool.signal(client, "KILL");
        node.pool.daemons.onExit(client).toCompletableFuture().get(10, TimeUnit.SECONDS);

        node.begin();
        assertHealed("agent began after its client had died");
    }

    @Test
    void anAgentThatDiedBetweenTakingAwayAndBindingLeavesAPlaceThatIsBoundAnew() throws Exception {
        node.end();
        var client = node.pool.process(Kind.VOLUMES);
        node.pool.posix.abort(node.client().spec().directory());
        node.pool.posix.unmount(writable, true);
        node.pool.signal(client, "KILL");
        node.pool.daemons.onExit(client).toCompletableFuture().get(10, TimeUnit.SECONDS);

        node.begin();
        assertHealed("agent began in the middle of healing");
    }

    @Test
    void whereTheNodeSharesItsMountsContainersAreHealedAsWell() throws Exception {
        Path shared = Files.createDirectory(scratch.toRealPath().resolve("shared"));
        node.pool.posix.bind(shared, shared, Set.of());
        shell("mount", "--make-shared", shared.toString());
        try (TestNode other = new TestNode(shared, "p2", ClientPatience.DEFAULT)) {
            VolumeName v2 = other.volume("v2");
            Path target = other.publish(v2, other.pod("rw"));
            Container slave = other.container(target, "slave", "rw,nodev");
            Container separate = other.container(target, "private", "ro");
            assertThat(slave.options()).containsExactly(options("rw,nodev"), "master");
            other.signalClient("KILL");

            for (Container each : List.of(slave, separate)) {
                TestNode.awaitContent("in a container", () -> seenIn(each), "data of v2");
            }
            // the kernel has made it private when the last mount went that it was a slave of
            assertThat(slave.options()).startsWith(options("rw,nodev"));
            assertThat(separate.options()).containsExactly(options("ro"));
            assertThat(other.mountsBelow(target)).hasSize(1);
            other.unpublish(v2, target);
            assertThat(other.mountsBelow(target)).isEmpty();
        } finally {
            node.pool.posix.unmount(shared, true);
        }
    }

    @Test
    void aContainerWithAMountBelowTheVolumeIsLeftAloneAndToldOf() throws Exception {
        Container nested = node.container(readonly, "private", "rw");
        assertThat(nested.run("mkdir /data/below && mount -t tmpfs none /data/below && echo ok"))
                .isEqualTo("ok");
        node.signalClient("KILL");

        TestPool.await(
                "told",
                Duration.ofSeconds(20),
                () -> node.stats(volume, readonly).getCondition().contains("something is mounted below it"));
        assertThat(node.stats(volume, readonly).getAbnormal()).isTrue();
        assertThat(node.stats(volume, readonly).getCondition()).contains("restart its pod");
        TestNode.awaitContent("the other container", this::seenInside, DATA);
        assertThat(nested.run("cat /proc/mounts")).contains("/data/below tmpfs");
    }

    @Test
    void aDeadOrHungVolumeIsUnpublishedWithinItsDeadlineAndLeavesNothing() throws Exception {
        node.signalClient("STOP");
        long begun = System.nanoTime();
        node.unpublish(volume, readonly);
        node.unstage(volume, staged);
        System.out.println("hung: unpublished and unstaged after " + (System.nanoTime() - begun) / 1_000_000 + " ms");
        assertThat(System.nanoTime() - begun).isLessThan(TimeUnit.SECONDS.toNanos(2));
        assertThat(Files.notExists(readonly)).isTrue();
        assertThat(staged).isEmptyDirectory();
        node.signalClient("KILL");
        node.unpublish(volume, writable);

        assertThat(node.mountsBelow(node.directory.resolve("pods"))).isEmpty();
        assertThat(node.directory.resolve("records")).isEmptyDirectory();
        node.client().awaitMounted(TestPool.LONG);
        node.published.heal(node.pool.pool.name());
        assertThat(node.mountsBelow(node.directory.resolve("pods"))).isEmpty();
    }

    @Test
    void whatSomeoneElseMountedInThePlaceIsLeftAlone() throws Exception {
        node.pool.posix.unmount(readonly, true);
        shell("mount", "-t", "tmpfs", "none", readonly.toString());
        node.signalClient("KILL");

        TestNode.awaitContent("healed", this::seenInside, DATA);
        assertThat(MountInfo.read().at(readonly).orElseThrow().type()).isEqualTo("tmpfs");
        TestNode.refused(Problem.IN_USE, "left alone", () -> node.unpublish(volume, readonly));
    }

    private static void shell(String... argv) throws Exception {
        Process process = new ProcessBuilder(List.of(argv)).inheritIO().start();
        assertThat(process.waitFor()).isZero();
    }
}
