package io.sagara.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagara.cli.command.ExitCode;
import io.sagara.cli.launch.Child;
import io.sagara.cli.launch.Distribution;
import io.sagara.cli.launch.Service;
import io.sagara.cli.state.Remains;
import io.sagara.cli.state.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `up` and `down` with real child processes and sockets; only the agent behind them is a fake.
final class UpDownTest {
    private static final Duration START = Duration.ofSeconds(60);

    @TempDir
    private Path scratch;

    private Path dir;
    private StateDirectory state;
    private Remains remains;
    private Map<String, String> environment;

    @BeforeEach
    void makeADistribution() throws IOException {
        dir = scratch.resolve("state");
        state = new StateDirectory(dir);
        remains = new Remains(state);
        environment = FakeDistribution.in(scratch.resolve("home"));
    }

    @AfterEach
    void endWhatATestLeft() throws Exception {
        for (ProcessHandle process : jvms()) {
            process.destroyForcibly();
            var _ = process.onExit().get();
        }
    }

    private List<ProcessHandle> jvms() {
        List<ProcessHandle> all = new ArrayList<>(remains.jvms("agent"));
        all.addAll(remains.jvms("csi"));
        return all;
    }

    private Path pools(String... sources) throws IOException {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < sources.length; i++) {
            text.append("""
                    ---
                    apiVersion: kadalu-operator.storage/v1alpha1
                    kind: KadaluStorage
                    metadata: {name: p%d}
                    spec: {type: Replica1, storage: [{node: localhost, path: %s}]}
                    """.formatted(i, sources[i]));
        }
        return Files.writeString(scratch.resolve("pools.yaml"), text.toString());
    }

    private Running up(String... sources) throws IOException {
        return Running.start(
                environment,
                "up",
                "--state",
                dir.toString(),
                "--file",
                pools(sources).toString());
    }

    private Ran run(String... arguments) {
        return Ran.of(environment, arguments);
    }

    private Ran down(String... more) {
        List<String> arguments = new ArrayList<>(List.of("down", "--state", dir.toString()));
        arguments.addAll(List.of(more));
        return run(arguments.toArray(String[]::new));
    }

    @Test
    void servesUntilItIsInterrupted() throws Exception {
        Running up = up("/data/a", "/data/b").await("\nready\n");

        assertThat(up.out())
                .contains("agent 1.2.3 answers", "pool p0: brick 0 runs", "pool p1: brick 0 runs")
                .contains("agent.sock  " + dir.resolve("agent.sock"), "csi.sock    " + dir.resolve("csi.sock"))
                .contains("backend refused: old.jar")
                .containsPattern("p0 +Replica1 +READY +1/1 +10 GiB");
        assertThat(Child.isListening(state.csiSocket())).isTrue();
        assertThat(run("status", "--state", dir.toString()).code()).isEqualTo(ExitCode.OK);

        up.interrupt();

        assertThat(up.join()).isEqualTo(ExitCode.OK.number());
        assertThat(jvms()).isEmpty();
        assertThat(run("status", "--state", dir.toString()).code()).isEqualTo(ExitCode.UNREACHABLE);
    }

    @Test
    void servesAgainWithoutAFileWhatWasServedBefore() throws Exception {
        Running up = up("/data/a").await("\nready\n");
        up.interrupt();
        up.join();

        Running again =
                Running.start(environment, "up", "--state", dir.toString()).await("\nready\n");
        again.interrupt();

        assertThat(again.join()).isEqualTo(ExitCode.OK.number());
    }

    @Test
    void startsACrashedAgentAgain() throws Exception {
        Running up = up("/data/a").await("\nready\n");
        long before = remains.jvms("agent").getFirst().pid();

        remains.jvms("agent").getFirst().destroyForcibly();
        up.await("the agent runs again");

        assertThat(up.out()).contains("the agent ended unexpectedly with exit code 137");
        assertThat(remains.jvms("agent"))
                .singleElement()
                .extracting(ProcessHandle::pid)
                .isNotEqualTo(before);
        up.interrupt();
        assertThat(up.join()).isEqualTo(ExitCode.OK.number());
        assertThat(jvms()).isEmpty();
    }

    @Test
    void startsACrashedSidecarAgain() throws Exception {
        Running up = up("/data/a").await("\nready\n");

        remains.jvms("csi").getFirst().destroy();
        up.await("the csi-sidecar runs again");

        up.interrupt();
        assertThat(up.join()).isEqualTo(ExitCode.OK.number());
    }

    @Test
    void aSecondUpIsRefusedNamingTheFirst() throws Exception {
        Running first = up("/data/a").await("\nready\n");

        Running second = up("/data/a");

        assertThat(second.join()).isEqualTo(ExitCode.FAILED.number());
        assertThat(second.err())
                .matches("sagara: another sagara command \\(pid [0-9]+\\) already serves " + dir + ";.*\n");
        first.interrupt();
        first.join();
    }

    @Test
    void anAgentThatSomeoneElseStartedIsNamed() throws Exception {
        state.prepare();
        try (Child agent = agent()) {
            agent.awaitSocket(state.agentSocket(), START);

            Running up = up("/data/a");

            assertThat(up.join()).isEqualTo(ExitCode.FAILED.number());
            assertThat(up.err())
                    .isEqualTo("sagara: an agent (pid " + agent.pid() + ") already serves " + dir
                            + "; end it with 'sagara down --state " + dir + "', or choose another directory\n");
        }
    }

    @Test
    void aWrongPoolFileChangesNothing() throws Exception {
        Running up = up("relative/path", "/data/../etc");

        assertThat(up.join()).isEqualTo(ExitCode.USAGE.number());
        assertThat(up.err().lines()).hasSize(2).allMatch(line -> line.startsWith("sagara: "));
        assertThat(dir).doesNotExist();
    }

    @Test
    void aPoolThatTheAgentRefusesLeavesNothingBehind() throws Exception {
        Running up = up("/data/refused");

        assertThat(up.join()).isEqualTo(ExitCode.FAILED.number());
        assertThat(up.err()).isEqualTo("sagara: pool p0: unit 0: /data/refused is refused; choose another\n");
        assertThat(dir).doesNotExist();
        assertThat(jvms()).isEmpty();
    }

    @Test
    void aRefusedPoolDoesNotTakeOthersWithIt() throws Exception {
        Running up = up("/data/a", "/data/refused");

        assertThat(up.join()).isEqualTo(ExitCode.FAILED.number());
        assertThat(up.err()).contains("pool p1: unit 0", "served already: p0");
        assertThat(dir.resolve("pools/p0.json")).exists();
        assertThat(jvms()).isEmpty();
    }

    @Test
    void anAgentThatCannotStartIsQuoted() throws Exception {
        Files.createDirectories(dir.resolve("run"));
        Files.createFile(dir.resolve("up.lock"));
        Files.createFile(dir.resolve("run/unable-to-start"));

        Running up = up("/data/a");

        assertThat(up.join()).isEqualTo(ExitCode.FAILED.number());
        assertThat(up.err()).contains("exit code 9: cannot start: the disk is made of cheese");
        assertThat(jvms()).isEmpty();
    }

    @Test
    void aDirectoryWithOtherThingsIsLeftAlone() throws Exception {
        Files.createDirectories(dir);
        Files.createFile(dir.resolve("thesis.tex"));

        Running up = up("/data/a");

        assertThat(up.join()).isEqualTo(ExitCode.FAILED.number());
        assertThat(up.err()).contains("is no state directory, it holds thesis.tex");
        assertThat(down().code()).isEqualTo(ExitCode.FAILED);
        assertThat(down("--purge").code()).isEqualTo(ExitCode.FAILED);
        assertThat(dir.resolve("thesis.tex")).exists();
    }

    @Test
    void downEndsARunningUpAndKeepsThePools() throws Exception {
        Running up = up("/data/a").await("\nready\n");

        Ran down = down();

        assertThat(down.code()).as(down.err()).isEqualTo(ExitCode.OK);
        assertThat(down.out()).contains("all pools are stopped");
        assertThat(up.join()).isEqualTo(ExitCode.OK.number());
        assertThat(up.out()).contains("the agent was shut down");
        assertThat(jvms()).isEmpty();
        assertThat(dir.resolve("pools/p0.json")).exists();
        assertThat(down().code()).isEqualTo(ExitCode.OK);
    }

    @Test
    void downEndsServicesWhoseUpWasKilled() throws Exception {
        up("/data/a").await("\nready\n").kill();
        assertThat(jvms()).hasSize(2);

        Ran down = down("--purge");

        assertThat(down.code()).as(down.err()).isEqualTo(ExitCode.OK);
        assertThat(jvms()).isEmpty();
        assertThat(dir).doesNotExist();
    }

    @Test
    void purgeStartsAnAgentToEraseWhatAnEarlierOneServed() throws Exception {
        Running up = up("/data/a").await("\nready\n");
        up.interrupt();
        up.join();

        Ran down = down("--purge");

        assertThat(down.code()).as(down.err()).isEqualTo(ExitCode.OK);
        assertThat(down.out()).contains("no agent runs; starting one", "removed " + dir);
        assertThat(dir).doesNotExist();
        assertThat(jvms()).isEmpty();
    }

    @Test
    void downOnNothingSucceeds() throws Exception {
        assertThat(down().code()).isEqualTo(ExitCode.OK);
        assertThat(down("--purge").out()).contains("nothing to end");
    }

    private Child agent() {
        return new Child(
                Distribution.in(scratch.resolve("home")).launch(Service.AGENT, state, environment),
                InstantSource.system(),
                _ -> {});
    }
}
