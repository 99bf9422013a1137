package io.sagara.agent.brick;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sagara.agent.process.DaemonProcess;
import io.sagara.agent.process.FakeDaemons;
import io.sagara.agent.process.life.DaemonReport;
import io.sagara.agent.process.life.DaemonReport.Phase;
import io.sagara.agent.process.life.Patience;
import io.sagara.agent.process.life.Supervision;
import io.sagara.agent.time.FakeTimer;
import io.sagara.spi.Brick;
import io.sagara.spi.BrickHealth;
import io.sagara.spi.Bytes;
import io.sagara.spi.Pool;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// With processes that run only in a fake; a socket of the test plays their port.
@Timeout(60)
class GlusterfsdBricksTest {
    @TempDir
    Path temporary;

    private final FakeDaemons daemons = FakeDaemons.asThisProcess();
    private final FakeTimer timer = new FakeTimer();
    private final FakePosix posix = new FakePosix();
    private final BlockingQueue<DaemonReport> changes = new LinkedBlockingQueue<>();
    private ServerSocket port;
    private Pool pool;
    private Brick brick;
    private Path directory;
    private GlusterfsdBricks bricks;

    @BeforeEach
    void aPreparedBrick() throws IOException {
        port = new ServerSocket();
        port.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
        pool = TestPools.replica1("p1", 1, port.getLocalPort());
        brick = pool.bricks().getFirst();
        bricks = newAgent();
        directory = bricks.prepare(pool, brick, temporary, temporary.resolve("data/brick"));
    }

    @AfterEach
    void close() throws IOException {
        bricks.close();
        port.close();
    }

    @Test
    void aStartedBrickServesAndIsReported() {
        bricks.start(pool, brick, directory);
        assertThat(daemons.running()).hasSize(1);
        BrickHealth health = bricks.check(pool, brick, directory);
        assertThat(health.serving()).as(health.detail()).isTrue();
        assertThat(health.detail()).contains(directory.toString(), "127.0.0.1:" + brick.port());
        assertThat(health.free()).isEqualTo(Bytes.gib(3));
        assertThat(bricks.report(pool, brick).orElseThrow().phase()).isEqualTo(Phase.RUNNING);
    }

    @Test
    void anEmptyDirectoryInPlaceOfABrickIsRefusedAlsoByTheNextAgent() throws IOException {
        bricks.close();
        Path away = temporary.resolve("away");
        Files.move(temporary.resolve("data"), away);
        bricks = newAgent();
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> bricks.prepare(pool, brick, temporary, temporary.resolve("data/brick")))
                .withMessageContaining("holds no brick, but the pool's brick was there; mount its file system")
                .satisfies(e -> assertThat(e.problem()).isEqualTo(Problem.UNAVAILABLE));
        assertThat(temporary.resolve("data")).doesNotExist();
    }

    @Test
    void aBrickThatWasErasedMayBeMadeAgain() {
        bricks.erase(pool, brick, directory);
        assertThat(bricks.prepare(pool, brick, temporary, temporary.resolve("data/brick")))
                .isEqualTo(directory);
    }

    @Test
    void startingTwiceAndByTheNextAgentStartsOneProcess() {
        bricks.start(pool, brick, directory);
        bricks.start(pool, brick, directory);
        bricks.close();
        bricks = newAgent();
        bricks.prepare(pool, brick, temporary, temporary.resolve("data/brick"));
        bricks.start(pool, brick, directory);
        assertThat(daemons.starts()).isEqualTo(1);
    }

    @Test
    void theCommandLineIsTheOneGlusterExpects() {
        Path state = temporary.resolve("state");
        var places = new BrickDaemon.Places(state, List.of("-s", "/s.sock", "--volfile-server-transport", "unix"));
        assertThat(new BrickDaemon(places, daemons, pool, brick, directory)
                        .spec()
                        .argv())
                .containsExactly(
                        "glusterfsd",
                        "--volfile-id",
                        "p1.brick-0",
                        "-p",
                        state + "/run/p1/brick-0.pid",
                        "-S",
                        "/run/gluster/brick-0.socket",
                        "--brick-name",
                        directory.toString(),
                        "-l",
                        state + "/log/p1.brick-0.log",
                        "--xlator-option",
                        "*-posix.glusterd-uuid=" + brick.nodeId(),
                        "--process-name",
                        "brick",
                        "--xlator-option",
                        "p1-server.listen-port=" + brick.port(),
                        "-s",
                        "/s.sock",
                        "--volfile-server-transport",
                        "unix");
    }

    @Test
    void aBrickWithoutAPortIsRefused() {
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> bricks.start(pool, brick.withPort(0), directory))
                .withMessageContaining("no port yet");
    }

    @Test
    void aCrashedBrickIsReportedAndStartedAgainOnItsPort() throws Exception {
        bricks.start(pool, brick, directory);
        daemons.crash(daemons.running().getFirst());
        await(Phase.BACKOFF);
        BrickHealth down = bricks.check(pool, brick, directory);
        assertThat(down.serving()).isFalse();
        // here the test is who answers at the port, so the brick says so
        assertThat(down.detail()).contains("is taken by 'java'");
        timer.advance(Duration.ofSeconds(1));
        await(Phase.RUNNING);
        assertThat(bricks.report(pool, brick).orElseThrow().restarts()).isEqualTo(1);
    }

    @Test
    void aPortThatAnotherProgramTookIsToldApartFromOtherFailures() {
        daemons.failNext(new StorageException(Problem.UNAVAILABLE, "binding to 127.0.0.1 failed"));
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> bricks.start(pool, brick, directory))
                .withMessageContaining("port " + brick.port() + " of 127.0.0.1 is taken by 'java' (process "
                        + ProcessHandle.current().pid() + ")")
                .withMessageContaining("stop that program")
                .matches(e -> e.problem() == Problem.IN_USE);
    }

    @Test
    void troubleWithTheDirectoryIsReportedThoughTheProcessRuns() throws IOException {
        bricks.start(pool, brick, directory);
        VolumeId.remove(posix, directory);
        BrickHealth health = bricks.check(pool, brick, directory);
        assertThat(health.serving()).isFalse();
        assertThat(health.detail()).contains("does not carry the volume id");
    }

    @Test
    void aBrickThatWasNotStartedSaysSo() {
        assertThat(bricks.check(pool, brick, directory).detail()).isEqualTo("the brick was not started");
        assertThat(bricks.report(pool, brick)).isEmpty();
    }

    @Test
    void stoppingEndsTheProcessAndStoppingAgainSucceeds() {
        bricks.start(pool, brick, directory);
        bricks.stop(pool, brick);
        assertThat(daemons.running()).isEmpty();
        bricks.stop(pool, brick);
        timer.advance(Duration.ofHours(1));
        assertThat(daemons.starts()).isEqualTo(1);
    }

    @Test
    void stoppingEndsAlsoWhatAnEarlierAgentStarted() {
        bricks.start(pool, brick, directory);
        bricks.close();
        bricks = newAgent();
        bricks.stop(pool, brick);
        assertThat(daemons.running()).isEmpty();
    }

    @Test
    void aBrickThatMovesToAnotherDirectoryIsStartedAnew() throws IOException {
        bricks.start(pool, brick, directory);
        DaemonProcess before = daemons.running().getFirst();
        Files.move(directory, temporary.resolve("other"));
        Path other = bricks.prepare(pool, brick, temporary, temporary.resolve("other"));
        bricks.start(pool, brick, other);
        assertThat(daemons.running()).hasSize(1).doesNotContain(before);
    }

    @Test
    void aRunningBrickIsNotErasedAlsoNotByTheNextAgent() {
        bricks.start(pool, brick, directory);
        assertErasureRefused();
        bricks.close();
        bricks = newAgent();
        assertErasureRefused();
        bricks.stop(pool, brick);
        bricks.erase(pool, brick, directory);
        assertThat(directory).doesNotExist();
    }

    @Test
    void itsLogIsKeptBoundedWhileItIsStarted() throws IOException {
        bricks.start(pool, brick, directory);
        Path log = temporary.resolve("state/log/p1.brick-0.log");
        Files.createDirectories(log.getParent());
        Files.writeString(log, "x".repeat(2000));
        timer.advance(Duration.ofMinutes(1));
        assertThat(daemons.signals())
                .containsExactly(daemons.running().getFirst().pid() + " HUP");
    }

    private void assertErasureRefused() {
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> bricks.erase(pool, brick, directory))
                .withMessageContaining("still runs")
                .matches(e -> e.problem() == Problem.IN_USE);
        assertThat(directory).exists();
    }

    private void await(Phase phase) throws InterruptedException {
        while (changes.take().phase() != phase) {
            assertThat(changes).hasSizeLessThan(1000);
        }
    }

    private GlusterfsdBricks newAgent() {
        return new GlusterfsdBricks(
                temporary.resolve("state"),
                List.of("-f", "/none.vol"),
                new Supervision(daemons, timer, timer, Patience.DEFAULT),
                posix,
                new LogRotation(timer, Duration.ofMinutes(1), new Bytes(1000), 3),
                changes::add);
    }
}
