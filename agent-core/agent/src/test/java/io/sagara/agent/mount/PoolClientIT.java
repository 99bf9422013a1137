package io.sagara.agent.mount;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagara.agent.mount.ClientSpec.Kind;
import io.sagara.agent.posix.MountInfo;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class PoolClientIT {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final ClientPatience HASTY = new ClientPatience(
            Duration.ofMillis(200),
            Duration.ofSeconds(1),
            Duration.ofSeconds(3),
            Duration.ofSeconds(30),
            Duration.ofMillis(100),
            Duration.ofSeconds(1),
            Duration.ofMinutes(1),
            4);

    @TempDir
    Path scratch;

    private TestPool pool;

    @BeforeEach
    void start() throws IOException {
        pool = new TestPool(scratch, "p1");
    }

    @AfterEach
    void clean() throws IOException {
        if (pool != null) {
            pool.close();
        }
    }

    @Test
    void aPoolIsMountedAndUsable() throws IOException {
        pool.startBrick();
        var client = pool.mounted(Kind.VOLUMES);
        Files.writeString(client.root().resolve("f"), "data");

        assertThat(client.root().resolve("f")).hasContent("data");
        assertThat(scratch.resolve("brick/f")).hasContent("data");
        assertThat(client.health().state()).isEqualTo(new MountState.Mounted(1, 1, true));
        assertThat(client.health().detail()).isEmpty();
        assertThat(client.health().pid()).hasValue(pool.process(Kind.VOLUMES).pid());
    }

    @Test
    void withoutABrickThePoolIsRefusedAtOnceAndUsableWhenTheBrickComes() throws IOException {
        var client = pool.client(Kind.VOLUMES);
        TestPool.await("stalled", TestPool.LONG, () -> client.health().state() instanceof MountState.Stalled);

        assertThatThrownBy(client::root)
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.problem()).isEqualTo(Problem.UNAVAILABLE))
                .hasMessageContaining("pool p1")
                .hasMessageContaining(client.spec().directory().toString())
                .hasMessageContaining("check that the pool's bricks run");
        pool.startBrick();
        client.awaitMounted(TestPool.LONG);
        assertThat(client.health().restarts()).isZero();
    }

    @Test
    void awaitingAMountEndsAtTheDeadlineWithTheReason() {
        var client = pool.client(Kind.VOLUMES);

        assertThatThrownBy(() -> client.awaitMounted(Duration.ofSeconds(3)))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("cannot be used");
    }

    @Test
    void aKilledClientIsMountedAgainWithinSeconds() throws Exception {
        pool.startBrick();
        var client = pool.mounted(Kind.VOLUMES);
        Files.writeString(client.root().resolve("f"), "data");
        var remounted = new CountDownLatch(1);
        client.onRemount(remounted::countDown);
        long pid = pool.process(Kind.VOLUMES).pid();
        pool.signal(pool.process(Kind.VOLUMES), "KILL");
        Instant killed = Instant.now();

        assertThat(remounted.await(10, TimeUnit.SECONDS)).isTrue();
        System.out.println(
                "remounted after " + Duration.between(killed, Instant.now()).toMillis() + " ms");
        assertThat(client.root().resolve("f")).hasContent("data");
        assertThat(client.health().restarts()).isEqualTo(1);
        assertThat(pool.process(Kind.VOLUMES).pid()).isNotEqualTo(pid);
        assertThat(mountsAt(client.root())).isEqualTo(1);
    }

    @Test
    void aStoppedBrickStallsTheMountWhichRecoversWithTheSameClient() throws IOException {
        var brick = pool.startBrick();
        var client = pool.client(Kind.VOLUMES, HASTY);
        client.awaitMounted(TestPool.LONG);
        long pid = pool.process(Kind.VOLUMES).pid();
        pool.signal(brick, "STOP");
        TestPool.await("stalled", SOON, () -> client.health().state() instanceof MountState.Stalled);
        long asked = System.nanoTime();

        assertThatThrownBy(client::root).hasMessageContaining("bricks do not answer");
        assertThat(System.nanoTime() - asked).isLessThan(TimeUnit.MILLISECONDS.toNanos(100));
        // far longer than a client may hang: bricks that stall must not cost the client
        TestPool.await(
                "ping-timeout", TestPool.LONG, () -> client.health().detail().contains("not connected"));
        pool.signal(brick, "CONT");
        client.awaitMounted(TestPool.LONG);
        assertThat(client.health().restarts()).isZero();
        assertThat(pool.process(Kind.VOLUMES).pid()).isEqualTo(pid);
    }

    @Test
    void aHungClientIsCutOffSoThatBlockedThreadsGetErrors() throws Exception {
        pool.startBrick();
        var client = pool.client(Kind.VOLUMES, HASTY);
        client.awaitMounted(TestPool.LONG);
        Path root = client.root();
        pool.signal(pool.process(Kind.VOLUMES), "STOP");
        var failed = new CountDownLatch(1);
        Thread.ofPlatform().daemon().start(() -> {
            try {
                Files.writeString(root.resolve("f"), "data");
            } catch (IOException e) {
                failed.countDown();
            }
        });

        assertThat(failed.await(20, TimeUnit.SECONDS)).isTrue();
        client.awaitMounted(TestPool.LONG);
        Files.writeString(client.root().resolve("g"), "data");
        assertThat(client.health().restarts()).isEqualTo(1);
    }

    @Test
    void workOnAHungMountIsGivenUpAtItsDeadline() {
        pool.startBrick();
        var client = pool.mounted(Kind.VOLUMES);
        Path root = client.root();
        pool.signal(pool.process(Kind.VOLUMES), "STOP");

        assertThatThrownBy(() -> client.threads()
                        .call("write", Duration.ofSeconds(1), () -> Files.writeString(root.resolve("f"), "x")))
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.problem()).isEqualTo(Problem.UNAVAILABLE))
                .hasMessageContaining("did not let us write within 1.0 s");
        assertThat(client.threads().busy()).isEqualTo(1);
    }

    @Test
    void anotherAgentTakesARunningClientOverWithItsOpenFiles() throws IOException {
        pool.startBrick();
        var first = pool.mounted(Kind.VOLUMES);
        long pid = pool.process(Kind.VOLUMES).pid();
        try (var open =
                FileChannel.open(first.root().resolve("f"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            first.close();
            var second = pool.mounted(Kind.VOLUMES);
            open.write(ByteBuffer.wrap(new byte[] {'x'}));
            open.force(true);

            assertThat(pool.process(Kind.VOLUMES).pid()).isEqualTo(pid);
            assertThat(second.root().resolve("f")).hasContent("x");
            assertThat(second.health().restarts()).isZero();
            assertThat(second.health().pid()).hasValue(pid);
            assertThat(mountsAt(second.root())).isEqualTo(1);
        }
    }

    @Test
    void aDeadMountThatAnEarlierAgentLeftIsReplaced() throws Exception {
        pool.startBrick();
        var first = pool.mounted(Kind.VOLUMES);
        Path root = first.root();
        first.close();
        var process = pool.process(Kind.VOLUMES);
        pool.signal(process, "KILL");
        pool.daemons.onExit(process).toCompletableFuture().get(10, TimeUnit.SECONDS);
        assertThat(mountsAt(root)).isEqualTo(1);

        var second = pool.mounted(Kind.VOLUMES);
        Files.writeString(second.root().resolve("f"), "data");
        assertThat(mountsAt(root)).isEqualTo(1);
    }

    @Test
    void aMountThatSomeoneTookAwayIsMadeAgain() throws IOException {
        pool.startBrick();
        var client = pool.client(Kind.VOLUMES, HASTY);
        client.awaitMounted(TestPool.LONG);
        pool.posix.unmount(client.root(), true);

        TestPool.await("restarted", SOON, () -> client.health().restarts() > 0);
        client.awaitMounted(TestPool.LONG);
        Files.writeString(client.root().resolve("f"), "data");
        assertThat(scratch.resolve("brick/f")).hasContent("data");
    }

    @Test
    void whatElseIsMountedThereIsLeftAlone() throws IOException {
        pool.startBrick();
        Path directory = pool.spec(Kind.VOLUMES).directory();
        Files.createDirectories(directory);
        pool.posix.bind(scratch.resolve("brick"), directory, java.util.Set.of());
        var client = pool.client(Kind.VOLUMES, HASTY);
        TestPool.await("refused", SOON, () -> client.health().restarts() > 1);

        assertThatThrownBy(client::root).hasMessageContaining("is mounted at " + directory);
        assertThat(MountInfo.read().at(directory).orElseThrow().type()).isNotEqualTo("fuse.glusterfs");
        pool.posix.unmount(directory, false);
        client.awaitMounted(TestPool.LONG);
    }

    @Test
    void anUnknownVolfileIsToldAndTheMountMadeWhenItIsPublished() {
        pool.startBrick();
        pool.server().withdraw("p1");
        var client = pool.client(Kind.VOLUMES, HASTY);
        TestPool.await("failed", SOON, () -> client.health().restarts() > 1);

        assertThatThrownBy(client::root).isInstanceOf(StorageException.class).hasMessageContaining("p1.client");
        pool.server().publish("p1", pool.volfiles.client(10));
        client.awaitMounted(TestPool.LONG);
    }

    @Test
    void stoppingLeavesNoMountNoProcessAndNoDirectory() throws IOException {
        pool.startBrick();
        var client = pool.mounted(Kind.VOLUMES);
        Path root = client.root();
        client.stop(SOON);

        assertThat(mountsAt(root)).isZero();
        assertThat(Files.exists(root)).isFalse();
        assertThat(pool.daemons.find(client.spec().daemon())).isEmpty();
        assertThatThrownBy(client::root).isInstanceOf(StorageException.class);
    }

    private static long mountsAt(Path point) throws IOException {
        return MountInfo.read().all().stream()
                .filter(mount -> mount.point().equals(point))
                .count();
    }
}
