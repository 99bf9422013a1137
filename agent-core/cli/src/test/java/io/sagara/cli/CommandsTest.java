package io.sagara.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import com.google.protobuf.util.JsonFormat;
import io.sagara.api.UnixServer;
import io.sagara.api.v1.BrickStatus;
import io.sagara.api.v1.LayoutType;
import io.sagara.api.v1.PoolPhase;
import io.sagara.api.v1.PoolSpec;
import io.sagara.api.v1.PoolStatus;
import io.sagara.api.v1.ProcessStatus;
import io.sagara.cli.command.ExitCode;
import io.sagara.cli.state.Lock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The commands that only ask the agent, over a real socket.
final class CommandsTest {
    @TempDir
    private Path dir;

    private final FakeAgent agent = new FakeAgent(_ -> {});
    private UnixServer server;

    @BeforeEach
    void serve() {
        server = new UnixServer(dir.resolve("agent.sock"), _ -> true, List.of(agent));
    }

    @AfterEach
    void stop() throws InterruptedException {
        server.stop(Duration.ofSeconds(5));
    }

    private Ran run(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--state", dir.toString()));
        return Ran.of(Map.of(), all.toArray(String[]::new));
    }

    private void serves(String name, PoolPhase phase, String message) {
        PoolStatus status = PoolStatus.newBuilder()
                .setSpec(PoolSpec.newBuilder().setName(name).setLayout(LayoutType.REPLICA1))
                .setPhase(phase)
                .setMessage(message)
                .setTotalBytes(5L << 30)
                .addBricks(BrickStatus.newBuilder()
                        .setLocal(true)
                        .setState("RUNNING")
                        .setSource("/data/" + name)
                        .setPid(12))
                .addProcesses(ProcessStatus.newBuilder().setRole("quotad").setState("RUNNING"))
                .build();
        agent.pools.put(name, status);
    }

    @Test
    void statusShowsEverythingAndTellsScriptsThatAllIsWell() {
        serves("p1", PoolPhase.READY, "");

        Ran status = run("status");

        assertThat(status.code()).isEqualTo(ExitCode.OK);
        assertThat(status.err()).isEmpty();
        assertThat(status.out())
                .contains("agent     1.2.3, pid ", "backends  device, path", "refused   old.jar: it needs SPI 0.9")
                .containsPattern("(?m)^p1 +Replica1 +READY +1/1 +5 GiB +- +- +0$")
                .containsPattern("(?m)^p1 +0 +/data/p1 +RUNNING +12 ")
                .containsPattern("(?m)^p1 +quotad +RUNNING +- +0$");
    }

    @Test
    void statusTellsScriptsOfADegradedPool() {
        serves("p1", PoolPhase.READY, "");
        serves("p2", PoolPhase.DEGRADED, "brick 0 is down; start its disk");

        Ran status = run("status");

        assertThat(status.code()).isEqualTo(ExitCode.DEGRADED);
        assertThat(status.out()).contains("pool p2: brick 0 is down; start its disk");
    }

    @Test
    void aSidecarThatShouldAnswerAndDoesNotIsToldOf() throws Exception {
        Path lock = Files.createFile(dir.resolve("up.lock"));
        try (Lock _ = Lock.take(lock).orElseThrow()) {
            Ran status = run("status");

            assertThat(status.code()).isEqualTo(ExitCode.DEGRADED);
            assertThat(status.out()).contains("csi.sock (does not answer)");
        }
    }

    @Test
    void statusIsJsonForScripts() throws Exception {
        serves("p1", PoolPhase.READY, "");

        Ran status = run("status", "-o", "json");

        Struct.Builder json = Struct.newBuilder();
        JsonFormat.parser().merge(status.out(), json);
        assertThat(json.getFieldsMap().keySet())
                .containsExactlyInAnyOrder(
                        "state", "ready", "agent", "agentSocket", "csiSocket", "csiListening", "pools");
        assertThat(json.getFieldsOrThrow("ready").getBoolValue()).isTrue();
        assertThat(json.getFieldsOrThrow("state").getStringValue()).isEqualTo(dir.toString());
        Struct pool = json.getFieldsOrThrow("pools").getListValue().getValues(0).getStructValue();
        assertThat(pool.getFieldsOrThrow("phase").getStringValue()).isEqualTo("READY");
        assertThat(pool.getFieldsOrThrow("totalBytes").getStringValue()).isEqualTo("5368709120");
        assertThat(pool.getFieldsOrThrow("usedBytes").getStringValue()).isEqualTo("0");
    }

    @Test
    void withoutAnAgentEvenJsonIsComplete(@TempDir Path empty) throws Exception {
        Ran status = Ran.of(Map.of(), "status", "--state", empty.toString(), "-o", "JSON");

        assertThat(status.code()).isEqualTo(ExitCode.UNREACHABLE);
        assertThat(status.err()).startsWith("sagara: no agent serves " + empty).containsOnlyOnce("\n");
        Struct.Builder json = Struct.newBuilder();
        JsonFormat.parser().merge(status.out(), json);
        assertThat(json.getFieldsOrThrow("ready").getBoolValue()).isFalse();
        assertThat(json.getFieldsOrThrow("agent").hasNullValue()).isTrue();
    }

    @Test
    void volumesAreMadeExpandedListedAndDeleted() {
        assertThat(run("volume", "create", "v1", "--size", "64MiB", "--pool", "p1")
                        .out())
                .containsPattern("(?m)^v1 +p1 +subvol +64 MiB +- +subvol/ab/cd/v1$");
        assertThat(run("volume", "expand", "v1", "--size", "1Gi").out()).contains("1 GiB");
        assertThat(run("volume", "list").out()).contains("v1");
        assertThat(run("volume", "list", "--pool", "p2").out()).doesNotContain("v1");
        assertThat(run("volume", "list", "-o", "json").out()).contains("\"sizeBytes\": \"67108864\"");
        assertThat(run("volume", "delete", "v1").code()).isEqualTo(ExitCode.OK);
        assertThat(run("volume", "list", "-o", "json").out()).isEqualTo("[]\n");
    }

    @Test
    void whatTheAgentRefusesIsOneLine() {
        Ran expand = run("volume", "expand", "v9", "--size", "1Gi");

        assertThat(expand.code()).isEqualTo(ExitCode.FAILED);
        assertThat(expand.out()).isEmpty();
        assertThat(expand.err()).isEqualTo("sagara: there is no volume v9; see volume list\n");
    }

    @Test
    void debugShowsWhereAFailureCameFrom() {
        assertThat(run("volume", "expand", "v9", "--size", "1Gi", "--debug").err())
                .contains("\tat io.sagara");
    }

    @Test
    void poolsAreListedAndRemoved() {
        serves("p1", PoolPhase.READY, "");

        assertThat(run("pool", "list").out()).contains("p1");
        assertThat(run("pool", "list", "-o", "json").out()).contains("\"name\": \"p1\"");
        assertThat(run("pool", "remove", "p1", "--erase").out()).contains("erased");
        assertThat(run("pool", "remove", "p1").err()).isEqualTo("sagara: there is no pool p1; see pool list\n");
    }

    @Test
    void wrongCommandLinesAreUsageErrors() {
        assertThat(run("volume", "create", "v1").err())
                .isEqualTo("sagara: Missing required option: '--size=SIZE'; see 'sagara volume create --help'\n");
        assertThat(run("volume", "create", "v1", "--size", "much").err()).contains("'much' is no size");
        for (String[] wrong : new String[][] {{"volume"}, {"fly"}, {"status", "--colour"}, {}}) {
            assertThat(Ran.of(Map.of(), wrong).code()).isEqualTo(ExitCode.USAGE);
        }
        assertThat(run("status", "-o", "xml").code()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void helpNamesEveryCommandAndExitCode() {
        assertThat(Ran.of(Map.of(), "--help").code()).isEqualTo(ExitCode.OK);
        assertThat(Ran.of(Map.of(), "up", "-h").code()).isEqualTo(ExitCode.OK);
    }
}
