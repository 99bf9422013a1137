package io.sagara.agent.process.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagara.agent.process.DaemonProcess;
import io.sagara.agent.process.DaemonSpec;
import io.sagara.agent.process.FakeDaemons;
import io.sagara.agent.process.life.DaemonReport.Phase;
import io.sagara.agent.time.FakeTimer;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SupervisorTest {
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final DaemonSpec SPEC = new DaemonSpec(
            "p1.brick-0",
            List.of("glusterfsd", "-p", "/none/run/b.pid"),
            Path.of("/none/run/b.pid"),
            Path.of("/none/log/b.log"),
            Optional.empty());

    private static final class Brick implements Supervised {
        private volatile String missing = "";
        private volatile boolean portTaken;
        private final CountDownLatch probed = new CountDownLatch(1);
        private volatile CountDownLatch hanging = new CountDownLatch(0);
        private volatile boolean over;

        @Override
        public String name() {
            return SPEC.name();
        }

        @Override
        public DaemonSpec spec() {
            return SPEC;
        }

        @Override
        public Optional<String> missing() {
            probed.countDown();
            while (hanging.getCount() > 0) {
                Thread.onSpinWait();
            }
            over = true;
            return missing.isEmpty() ? Optional.empty() : Optional.of(missing);
        }

        @Override
        public StorageException diagnose(StorageException failure) {
            return portTaken ? new StorageException(Problem.IN_USE, "the port is taken by nginx") : failure;
        }
    }

    private final FakeDaemons daemons = new FakeDaemons();
    private final FakeTimer timer = new FakeTimer();
    private final Brick brick = new Brick();
    private final BlockingQueue<DaemonReport> changes = new LinkedBlockingQueue<>();
    private Supervisor supervisor;

    @BeforeEach
    void supervise() {
        supervisor = supervisor();
        supervisor.onChange(changes::add);
    }

    @AfterEach
    void close() {
        supervisor.close();
    }

    @Test
    void whoHasClosedItMayBelieveThatNothingIsUnderWay() throws Exception {
        CountDownLatch hanging = new CountDownLatch(1);
        brick.hanging = hanging;
        supervisor.start();
        brick.probed.await();
        supervisor.stop();
        FutureTask<Boolean> closing = new FutureTask<>(() -> {
            supervisor.close();
            return brick.over;
        });
        Thread closer = Thread.ofPlatform().start(closing);
        while (closer.getState() != Thread.State.WAITING && closer.isAlive()) {
            Thread.onSpinWait();
        }
        hanging.countDown();
        assertThat(closing.get()).isTrue();
    }

    @Test
    void aStartedDaemonServes() throws Exception {
        supervisor.start();
        DaemonProcess process = supervisor.awaitRunning(LONG);
        assertThat(daemons.running()).containsExactly(process);
        assertThat(changes.take().phase()).isEqualTo(Phase.STARTING);
        assertThat(changes.take()).satisfies(report -> {
            assertThat(report.phase()).isEqualTo(Phase.RUNNING);
            assertThat(report.pid()).hasValue(process.pid());
        });
    }

    @Test
    void whatRunsAlreadyIsAdopted() {
        DaemonProcess before = daemons.ensure(SPEC, LONG);
        supervisor.start();
        assertThat(supervisor.awaitRunning(LONG)).isEqualTo(before);
        assertThat(daemons.starts()).isEqualTo(1);
    }

    @Test
    void aCrashIsFollowedByBackoffAndANewProcess() throws Exception {
        supervisor.start();
        DaemonProcess first = supervisor.awaitRunning(LONG);
        daemons.crash(first);
        DaemonReport down = await(Phase.BACKOFF);
        assertThat(down.detail())
                .contains("p1.brick-0 (process " + first.pid() + ") ended by itself")
                .contains("tried again at 2026-01-01T00:00:01Z");
        assertThat(daemons.starts()).isEqualTo(1);
        timer.advance(Duration.ofSeconds(1));
        assertThat(supervisor.awaitRunning(LONG)).isNotEqualTo(first);
        assertThat(supervisor.report().restarts()).isEqualTo(1);
    }

    @Test
    void failedStartsAreTriedAgainUntilOneSucceeds() throws Exception {
        for (int i = 0; i < 3; i++) {
            daemons.failNext(new StorageException(Problem.UNAVAILABLE, "no disk " + i));
        }
        supervisor.start();
        for (int i = 0; i < 3; i++) {
            assertThat(await(Phase.BACKOFF).detail()).startsWith("no disk " + i);
            timer.advance(Duration.ofSeconds(1L << i));
        }
        supervisor.awaitRunning(LONG);
        assertThat(daemons.starts()).isEqualTo(4);
        assertThat(supervisor.report().restarts()).isZero();
    }

    @Test
    void whoWaitsTooLongIsToldTheLastFailure() throws Exception {
        daemons.failNext(new StorageException(Problem.UNAVAILABLE, "no disk"));
        supervisor.start();
        await(Phase.BACKOFF);
        FutureTask<DaemonProcess> waits = new FutureTask<>(() -> supervisor.awaitRunning(Duration.ofMillis(10)));
        Thread waiting = Thread.ofPlatform().start(waits);
        while (waiting.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        timer.advance(Duration.ofMillis(10));
        assertThatThrownBy(waits::get).hasRootCauseMessage("no disk");
    }

    @Test
    void nobodyWaitsWhereTryingAgainCannotHelp() {
        brick.portTaken = true;
        daemons.failNext(new StorageException(Problem.UNAVAILABLE, "binding failed"));
        supervisor.start();
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> supervisor.awaitRunning(LONG))
                .withMessage("the port is taken by nginx")
                .matches(e -> e.problem() == Problem.IN_USE);
    }

    @Test
    void aDaemonThatDoesNotAnswerIsStoppedAndTriedAgain() throws Exception {
        brick.missing = "its port does not accept connections";
        supervisor.start();
        FutureTask<DaemonReport> down = new FutureTask<>(() -> await(Phase.BACKOFF));
        Thread.ofVirtual().start(down);
        while (!down.isDone()) {
            timer.awaitScheduled();
            // what is scheduled while it backs off is the next start, which must not come
            boolean over = supervisor.report().phase() == Phase.BACKOFF;
            timer.advance(over ? Duration.ZERO : Patience.DEFAULT.probe());
        }
        assertThat(down.get().detail())
                .contains("runs but does not serve after 30 s: its port does not accept connections");
        assertThat(daemons.running()).isEmpty();
    }

    @Test
    void aStopDuringAHangingStartGivesItUp() {
        CountDownLatch never = daemons.hangStarts();
        supervisor.start();
        supervisor.stop();
        supervisor.awaitStopped(LONG);
        assertThat(daemons.running()).isEmpty();
        assertThat(never.getCount()).isEqualTo(1);
    }

    @Test
    void aStopEndsTheProcessAndStartsNothingAgain() {
        supervisor.start();
        supervisor.awaitRunning(LONG);
        supervisor.stop();
        supervisor.awaitStopped(LONG);
        timer.advance(LONG);
        assertThat(daemons.running()).isEmpty();
        assertThat(daemons.starts()).isEqualTo(1);
    }

    @Test
    void aStopEndsAlsoWhatAnEarlierAgentLeft() {
        daemons.ensure(SPEC, LONG);
        supervisor.start();
        supervisor.stop();
        supervisor.awaitStopped(LONG);
        assertThat(daemons.running()).isEmpty();
    }

    @Test
    void aStopThatFailsIsReportedAndTriedAgain() throws Exception {
        supervisor.start();
        supervisor.awaitRunning(LONG);
        daemons.failNextStop(new StorageException(Problem.UNAVAILABLE, "it hangs on a disk"));
        supervisor.stop();
        for (DaemonReport report = changes.take(); !report.detail().equals("it hangs on a disk"); ) {
            report = changes.take();
        }
        timer.advance(Patience.DEFAULT.maxBackoff());
        supervisor.awaitStopped(LONG);
        assertThat(daemons.running()).isEmpty();
    }

    @Test
    void closingLeavesTheDaemonAloneAndTheNextSupervisorAdoptsIt() {
        supervisor.start();
        DaemonProcess process = supervisor.awaitRunning(LONG);
        supervisor.close();
        assertThat(daemons.running()).containsExactly(process);
        daemons.crash(process);
        timer.advance(LONG);
        assertThat(daemons.running()).isEmpty();
        supervisor = supervisor();
        supervisor.start();
        supervisor.awaitRunning(LONG);
        assertThat(daemons.starts()).isEqualTo(2);
    }

    @Test
    void requestsToAClosedSupervisorReturn() {
        supervisor.close();
        supervisor.start();
        assertThat(daemons.starts()).isZero();
    }

    @Test
    void signalsReachTheRunningProcessOnly() {
        supervisor.signal("HUP");
        supervisor.start();
        DaemonProcess process = supervisor.awaitRunning(LONG);
        supervisor.signal("HUP");
        assertThat(daemons.signals()).containsExactly(process.pid() + " HUP");
    }

    private DaemonReport await(Phase phase) throws InterruptedException {
        DaemonReport report = changes.take();
        while (report.phase() != phase) {
            report = changes.take();
        }
        return report;
    }

    private Supervisor supervisor() {
        return new Supervision(daemons, timer, timer, Patience.DEFAULT).of(brick);
    }
}
