package io.sagara.agent.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagara.spi.Commands.Result;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ProcessCommandsTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    private final ProcessCommands commands = new ProcessCommands();

    @Test
    void exitCodeAndBothOutputsAreReturned() {
        assertThat(sh("echo out; echo err >&2; exit 7")).isEqualTo(new Result(7, "out\n", "err\n"));
    }

    @Test
    void argumentsReachTheProgramAsTheyAre() {
        assertThat(commands.run(LONG, List.of("printf", "%s|", "a b", "$HOME", "*", "", "'"))
                        .stdout())
                .isEqualTo("a b|$HOME|*||'|");
    }

    @Test
    void theLocaleIsPlainAndThereIsNoInput() {
        assertThat(sh("echo $LC_ALL; cat").stdout()).isEqualTo("C\n");
    }

    @Test
    void muchOutputOnBothStreamsNeitherBlocksNorFillsMemory() {
        Result result = sh("head -c 5000000 /dev/zero | tr '\\0' e >&2; head -c 5000000 /dev/zero; echo end");
        assertThat(result.exitCode()).isZero();
        assertThat(result.stdout()).endsWith("end\n").hasSizeBetween(1 << 20, (1 << 20) + 100);
        assertThat(result.stderr()).endsWith("eee").hasSizeBetween(1 << 20, (1 << 20) + 100);
    }

    @Test
    void aProgramThatIsNotInstalledIsUnsupported() {
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> commands.run(LONG, List.of("no-such-program-of-sagara", "x")))
                .withMessageContaining("'no-such-program-of-sagara' is not installed")
                .matches(e -> e.problem() == Problem.UNSUPPORTED);
    }

    @Test
    void thePackageOfAMissingProgramIsNamed() throws IOException {
        Path missing = directory.resolve("mkfs.xfs");
        assertThatThrownBy(() -> commands.run(LONG, List.of(missing.toString())))
                .hasMessageContaining("install the package xfsprogs");
        Files.writeString(missing, "not executable");
        assertThatThrownBy(() -> commands.run(LONG, List.of(missing.toString())))
                .hasMessageContaining("not installed");
    }

    @Test
    void atTheDeadlineTheProgramAndItsDescendantsAreKilled() throws Exception {
        Path pids = directory.resolve("pids");
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> commands.run(Duration.ofMillis(700), endless(pids)))
                .withMessageContaining("did not end within 700 ms")
                .matches(e -> e.problem() == Problem.UNAVAILABLE);
        assertAllGone(pids, 2);
    }

    @Test
    void whenItsCallerIsInterruptedTheProgramIsKilled() throws Exception {
        Path pids = directory.resolve("pids");
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        CountDownLatch keptInterrupt = new CountDownLatch(1);
        Thread caller = Thread.ofVirtual().start(() -> {
            try {
                commands.run(LONG, endless(pids));
            } catch (StorageException e) {
                thrown.set(e);
                if (Thread.currentThread().isInterrupted()) {
                    keptInterrupt.countDown();
                }
            }
        });
        while (!Files.exists(pids) || Files.readAllLines(pids).size() < 2) {
            Thread.onSpinWait();
        }
        caller.interrupt();
        caller.join();
        assertThat(thrown.get()).isInstanceOf(StorageException.class).hasMessageContaining("given up by its caller");
        assertThat(keptInterrupt.await(0, TimeUnit.SECONDS)).isTrue();
        assertAllGone(pids, 2);
    }

    @Test
    void aBackgroundProcessThatKeepsTheOutputOpenDoesNotHoldUpTheAnswer() throws Exception {
        Path pids = directory.resolve("pids");
        Result result = sh("sleep 600 & echo $! > " + pids + "; echo done");
        assertThat(result.stdout()).isEqualTo("done\n");
        long background = Long.parseLong(Files.readString(pids).strip());
        assertThat(ProcessHandle.of(background).map(ProcessHandle::destroyForcibly))
                .contains(true);
    }

    @Test
    void checkTurnsFailureIntoAnError() {
        assertThatThrownBy(() -> commands.check(LONG, List.of("sh", "-c", "echo why >&2; exit 3")))
                .hasMessageContaining("failed with exit code 3: why");
    }

    private Result sh(String script) {
        return commands.run(LONG, List.of("sh", "-c", script));
    }

    private static List<String> endless(Path pids) {
        return List.of("sh", "-c", "sleep 600 & echo $! >> " + pids + "; echo $$ >> " + pids + "; wait");
    }

    private static void assertAllGone(Path pids, int count) throws Exception {
        List<String> lines = Files.readAllLines(pids);
        assertThat(lines).hasSize(count);
        for (String pid : lines) {
            var handle = ProcessHandle.of(Long.parseLong(pid));
            if (handle.isPresent()) {
                handle.get().onExit().get(10, TimeUnit.SECONDS);
            }
        }
    }
}
