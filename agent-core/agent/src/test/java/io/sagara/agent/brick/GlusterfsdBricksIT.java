package io.sagara.agent.brick;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sagara.agent.posix.JnrPosix;
import io.sagara.agent.process.DaemonProcess;
import io.sagara.agent.process.life.DaemonReport.Phase;
import io.sagara.spi.BrickHealth;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Real bricks of a real GlusterFS.
@Timeout(120)
class GlusterfsdBricksIT {
    @TempDir
    Path home;

    private final List<RealBricks> agents = new ArrayList<>();
    private final int port = RealBricks.freePort();

    @BeforeEach
    void needsRootAndGluster() {
        assumeTrue(new JnrPosix().userId() == 0, "SKIPPED: root is needed for trusted.* attributes");
        assumeTrue(Files.isExecutable(Path.of("/usr/sbin/glusterfsd")), "SKIPPED: glusterfs-server is not installed");
    }

    @AfterEach
    void stopEverything() {
        for (RealBricks agent : agents) {
            agent.stop();
            agent.close();
        }
    }

    @Test
    void aBrickStartsServesAndStops() throws Exception {
        RealBricks agent = agent("p1");
        DaemonProcess process = agent.start();
        BrickHealth health = agent.check();
        assertThat(health.serving()).as(health.detail()).isTrue();
        assertThat(health.total().value()).isPositive();
        agent.stop();
        assertThat(agent.daemons.alive(process)).isFalse();
        assertThat(agent.check().serving()).isFalse();
    }

    @Test
    void aKilledBrickIsStartedAgainWithBackoffOnItsPort() throws Exception {
        RealBricks agent = agent("p1");
        DaemonProcess before = agent.start();
        agent.daemons.signal(before, "KILL");
        long killed = System.nanoTime();
        assertThat(agent.await(Phase.BACKOFF).detail()).contains("process " + before.pid() + ") ended by itself");
        assertThat(agent.await(Phase.RUNNING).restarts()).isEqualTo(1);
        Duration away = Duration.ofNanos(System.nanoTime() - killed);
        assertThat(away).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(10));
        assertThat(agent.process()).isNotEqualTo(before);
        BrickHealth health = agent.check();
        assertThat(health.serving()).as(health.detail()).isTrue();
        assertThat(health.detail()).endsWith(":" + port);
    }

    @Test
    void theNextAgentAdoptsAndWatchesWhatRuns() throws Exception {
        RealBricks first = agent("p1");
        DaemonProcess process = first.start();
        first.close();
        RealBricks second = agent("p1");
        assertThat(second.start()).isEqualTo(process);
        // it is no child of this agent, and yet its end is noticed at once
        long killed = System.nanoTime();
        second.daemons.signal(process, "KILL");
        second.await(Phase.BACKOFF);
        assertThat(Duration.ofNanos(System.nanoTime() - killed)).isLessThan(Duration.ofMillis(900));
        second.await(Phase.RUNNING);
    }

    @Test
    void aBrickOutlivesTheKilledJvmThatStartedItAndIsAdopted() throws Exception {
        Process child = BrickChild.start(home, "p1", port);
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
            String line = out.readLine();
            while (line != null && !line.startsWith("started ")) {
                line = out.readLine();
            }
            assertThat(line).startsWith("started ");
            child.destroyForcibly().waitFor();
            RealBricks agent = agent("p1");
            DaemonProcess survivor = agent.process();
            assertThat(line).isEqualTo("started " + survivor.pid());
            assertThat(agent.start()).isEqualTo(survivor);
            assertThat(agent.check().serving()).isTrue();
        } finally {
            child.destroyForcibly();
        }
    }

    @Test
    void twoAgentsRunPoolsOfOneNameSideBySide() throws Exception {
        RealBricks one = new RealBricks(home.resolve("one"), "p1", port);
        RealBricks two = new RealBricks(home.resolve("two"), "p1", RealBricks.freePort());
        agents.addAll(List.of(one, two));
        assertThat(one.start()).isNotEqualTo(two.start());
        for (RealBricks agent : agents) {
            assertThat(agent.check().serving()).isTrue();
            // each sees a /run/gluster of its own, with its own sockets
            assertThat(agent.state.resolve("run/p1/gluster/brick-0.socket")).exists();
            assertThat(Path.of("/proc/" + agent.process().pid() + "/root/run/gluster/brick-0.socket"))
                    .exists();
        }
        assertThat(Path.of("/run/gluster/brick-0.socket")).doesNotExist();
        one.stop();
        assertThat(two.check().serving()).isTrue();
    }

    @Test
    void aPortTakenByAnotherProgramIsNamedAndServedOnceItIsFree() throws Exception {
        RealBricks agent = agent("p1");
        try (ServerSocket other = new ServerSocket()) {
            other.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
            assertThatExceptionOfType(StorageException.class)
                    .isThrownBy(agent::start)
                    .withMessageContaining("port " + port + " of 127.0.0.1 is taken by 'java' (process "
                            + ProcessHandle.current().pid() + ")")
                    .matches(e -> e.problem() == Problem.IN_USE);
        }
        agent.await(Phase.RUNNING);
        assertThat(agent.check().serving()).isTrue();
    }

    @Test
    void itsLogIsRotatedAndTheNewLinesGoToTheNewFile() throws Exception {
        RealBricks agent = agent("p1");
        agent.start();
        Path log = agent.spec().log();
        Path old = log.resolveSibling(log.getFileName() + ".1");
        while (!Files.exists(old)) {
            Thread.sleep(20);
        }
        assertThat(Files.size(old)).isGreaterThan(4096);
        // between the renaming and the signal, which one cannot see, it would still write to the old one
        Thread.sleep(500);
        agent.stop();
        assertThat(log).content().contains("shutting down");
        assertThat(old).content().doesNotContain("shutting down");
    }

    @Test
    void anErasedBrickLeavesNothingAndAForeignOneStays() throws Exception {
        RealBricks agent = agent("p1");
        agent.start();
        Path directory = agent.prepare();
        assertThat(directory.resolve(".glusterfs/00")).isDirectory();
        agent.stop();
        RealBricks other = new RealBricks(home.resolve("o"), home.resolve("unit"), "p2", RealBricks.freePort());
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(other::prepare)
                .withMessageContaining(agent.pool.id().toString())
                .withMessageContaining(other.pool.id().toString());
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> other.bricks.erase(other.pool, other.brick, directory))
                .matches(e -> e.problem() == Problem.IN_USE);
        agent.bricks.erase(agent.pool, agent.brick, directory);
        assertThat(directory).doesNotExist();
        other.close();
    }

    private RealBricks agent(String pool) throws IOException {
        RealBricks agent = new RealBricks(home, pool, port);
        agents.add(agent);
        return agent;
    }
}
