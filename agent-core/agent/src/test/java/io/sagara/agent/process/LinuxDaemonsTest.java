package io.sagara.agent.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// With a shell under the name of glusterfsd that goes into the background as glusterfsd does.
@Timeout(60)
class LinuxDaemonsTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    /// Goes into a session of its own, says that it is ready, and then waits for a fifo nobody writes to.
    private static final String DAEMON =
            "echo started >> \"$1.count\"; echo $$ > \"$1\"; echo up > \"$1.ready\"; read x < \"$1.hold\"";

    private static final String DETACH =
            "setsid \"$0\" -c \"$2\" \"$0\" \"$1\" \"$2\" </dev/null >/dev/null 2>&1 &" + " read x < \"$1.ready\"";

    @TempDir
    Path directory;

    private final LinuxDaemons daemons = new LinuxDaemons();
    private final List<DaemonProcess> started = new ArrayList<>();
    private Path program;
    private Path pidFile;

    @BeforeEach
    void aProgramNamedGlusterfsd() throws IOException, InterruptedException {
        program = Files.copy(Path.of("/bin/sh").toRealPath(), directory.resolve("glusterfsd"));
        pidFile = directory.resolve("run/d.pid");
        Files.createDirectories(pidFile.getParent());
        for (String fifo : List.of(".ready", ".hold")) {
            new ProcessBuilder("mkfifo", pidFile + fifo).start().waitFor();
        }
    }

    @AfterEach
    void stopAll() {
        started.forEach(process -> daemons.stop(process, Duration.ZERO));
        assertThat(daemons.find(spec(DETACH))).isEmpty();
    }

    @Test
    void aDaemonIsStartedDetachedAndFound() {
        DaemonProcess daemon = start();
        assertThat(daemons.alive(daemon)).isTrue();
        assertThat(daemons.find(spec(DETACH))).contains(daemon);
        assertThat(daemon.pid()).isNotEqualTo(ProcessHandle.current().pid());
        assertThat(ProcessHandle.current().descendants().map(ProcessHandle::pid))
                .doesNotContain(daemon.pid());
    }

    @Test
    void ensuringTwiceStartsOne() throws IOException {
        assertThat(start()).isEqualTo(start());
        assertThat(starts()).isEqualTo(1);
    }

    @Test
    void ensuringFromManyThreadsAtOnceStartsOne() throws Exception {
        try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<DaemonProcess> ensure = () -> daemons.ensure(spec(DETACH), LONG);
            List<Future<DaemonProcess>> all = tasks.invokeAll(Collections.nCopies(20, ensure));
            started.add(all.getFirst().get());
            for (Future<DaemonProcess> one : all) {
                assertThat(one.get()).isEqualTo(started.getFirst());
            }
        }
        assertThat(starts()).isEqualTo(1);
    }

    @Test
    void anotherAgentAdoptsWhatRunsEvenWithoutAPidFile() throws IOException {
        DaemonProcess daemon = start();
        Files.delete(pidFile);
        assertThat(new LinuxDaemons().ensure(spec(DETACH), LONG)).isEqualTo(daemon);
        assertThat(starts()).isEqualTo(1);
    }

    @Test
    void aHalfFinishedStartOfAnEarlierAgentIsWaitedForAndAdopted() throws Exception {
        Path go = directory.resolve("go");
        new ProcessBuilder("mkfifo", go.toString()).start().waitFor();
        List<String> slow = spec("read x < " + go + "; " + DETACH).argv();
        Process orphan = new ProcessBuilder(slow).start();
        FutureTask<DaemonProcess> ensured = new FutureTask<>(() -> daemons.ensure(spec(DETACH), LONG));
        Thread waits = Thread.ofPlatform().start(ensured);
        while (waits.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        new ProcessBuilder("sh", "-c", "echo > " + go).start().waitFor();
        started.add(ensured.get());
        assertThat(orphan.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(starts()).isEqualTo(1);
    }

    @Test
    void aHalfFinishedStartThatHangsIsKilledAtTheDeadline() throws Exception {
        Process orphan = new ProcessBuilder(spec("read x < \"$1.hold\"").argv()).start();
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> daemons.ensure(spec(DETACH), Duration.ofMillis(300)))
                .withMessageContaining("earlier start of it hung (pid " + orphan.pid() + ")");
        assertThat(orphan.waitFor(10, TimeUnit.SECONDS)).isTrue();
        start();
    }

    @Test
    void aDaemonThatFailsAtItsStartIsUnavailableWithItsReasons() {
        String script = "echo '[t] E [x.c:1:f] 0-d: no such disk' >> \"$1.log\"; echo bad option >&2; exit 3";
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> daemons.ensure(spec(script), LONG))
                .withMessageContaining("d.pid")
                .withMessageContaining("ended with exit code 3")
                .withMessageContaining("bad option")
                .withMessageContaining("no such disk")
                .matches(e -> e.problem() == Problem.UNAVAILABLE);
    }

    @Test
    void aDaemonThatEndsRightAfterItsStartIsUnavailable() {
        assertThatThrownBy(() -> daemons.ensure(spec("exit 0"), LONG)).hasMessageContaining("ended right after");
    }

    @Test
    void aStartThatHangsIsKilledWithTheDaemonItMade() throws IOException {
        String script = DETACH + "; read x < \"$1.hold\"";
        assertThatThrownBy(() -> daemons.ensure(spec(script), Duration.ofSeconds(2)))
                .hasMessageContaining("did not come up within");
        long pid = Long.parseLong(Files.readString(pidFile).strip());
        ProcessHandle.of(pid).ifPresent(handle -> handle.onExit().join());
        assertThat(daemons.find(spec(DETACH))).isEmpty();
    }

    @Test
    void itsEndIsReportedWithoutPolling() throws Exception {
        DaemonProcess daemon = start();
        var exit = daemons.onExit(daemon).toCompletableFuture();
        var again = daemons.onExit(daemon).toCompletableFuture();
        assertThat(exit).isNotDone();
        daemons.signal(daemon, "KILL");
        exit.get(10, TimeUnit.SECONDS);
        again.get(10, TimeUnit.SECONDS);
        assertThat(daemons.alive(daemon)).isFalse();
        daemons.onExit(daemon).toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @Test
    void stoppingEndsItAndStoppingAgainSucceeds() {
        DaemonProcess daemon = start();
        daemons.stop(daemon, LONG);
        assertThat(daemons.alive(daemon)).isFalse();
        daemons.stop(daemon, LONG);
    }

    @Test
    void aDaemonThatIgnoresTermIsKilled() {
        DaemonProcess daemon = daemons.ensure(spec(DETACH, "trap '' TERM; " + DAEMON), LONG);
        started.add(daemon);
        daemons.stop(daemon, Duration.ofMillis(100));
        assertThat(daemons.alive(daemon)).isFalse();
    }

    @Test
    void aProcessWithARecycledPidIsLeftAlone() {
        DaemonProcess daemon = start();
        DaemonProcess earlier = new DaemonProcess(daemon.pid(), daemon.startTicks() - 1);
        daemons.stop(earlier, LONG);
        daemons.signal(earlier, "KILL");
        assertThat(daemons.alive(earlier)).isFalse();
        assertThat(daemons.onExit(earlier).toCompletableFuture()).succeedsWithin(LONG);
        assertThat(daemons.alive(daemon)).isTrue();
    }

    @Test
    void anUnknownSignalIsRefused() {
        DaemonProcess daemon = start();
        assertThatThrownBy(() -> daemons.signal(daemon, "SIGHUP")).hasMessageContaining("SIGHUP");
    }

    @Test
    void aCommandLineWithoutItsPidFileIsRefused() {
        assertThatThrownBy(() -> new DaemonSpec("d", List.of("glusterfsd"), pidFile, pidFile, Optional.empty()))
                .hasMessageContaining("must name the absolute pid file");
    }

    private DaemonProcess start() {
        DaemonProcess daemon = daemons.ensure(spec(DETACH), LONG);
        started.add(daemon);
        return daemon;
    }

    private long starts() throws IOException {
        return Files.readAllLines(Path.of(pidFile + ".count")).size();
    }

    private DaemonSpec spec(String script) {
        return spec(script, DAEMON);
    }

    private DaemonSpec spec(String script, String daemon) {
        return new DaemonSpec(
                "d.pid",
                List.of(program.toString(), "-c", script, program.toString(), pidFile.toString(), daemon),
                pidFile,
                Path.of(pidFile + ".log"),
                Optional.empty());
    }
}
