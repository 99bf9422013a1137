package io.sagara.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagara.api.UnixServer;
import io.sagara.operator.kube.MockApi;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Starts the real process from the built jars, on the module path.
@Timeout(120)
class BootTest {
    private static final String MODULE_PATH = System.getProperty("sagara.modulePath", "");

    private final List<Process> processes = new ArrayList<>();
    private Path directory;

    @BeforeEach
    void start() throws IOException {
        directory = Files.createTempDirectory("boot");
    }

    @AfterEach
    void stop() throws Exception {
        for (Process process : processes) {
            process.destroyForcibly().waitFor();
        }
        try (var left = Files.list(directory)) {
            for (Path path : left.toList()) {
                Files.delete(path);
            }
        }
        Files.delete(directory);
    }

    @Test
    void itTakesPoolsFromTheApiServerToTheAgentAndBack() throws Exception {
        AgentStub agent = new AgentStub();
        UnixServer agentServer = new UnixServer(directory.resolve("agent.sock"), _ -> true, List.of(agent));
        try (MockApi api = new MockApi()) {
            api.node("n1", "10.0.0.1");
            api.pool("good", Pools.spec("Replica1", "n1:/data/good"));
            api.pool("refused", Pools.spec("Replica1", "n1:/data/refused"));
            api.pool("wrong", Pools.spec("Replica1", "n1:data"));
            Process process = launch(api.url(), Map.of());
            await(process, () -> "Ready".equals(api.status("good").get("phase")));
            await(
                    process,
                    () -> String.valueOf(api.status("refused").get("message")).contains("out of principle"));
            await(process, () -> "Failed".equals(api.status("wrong").get("phase")));
            assertThat(agent.served).containsOnlyKeys("good");
            assertThat(agent.served.values())
                    .extracting(plan -> plan.getBricks(0).getAddress())
                    .containsExactly("10.0.0.1");
            process.destroy();
            assertThat(process.waitFor()).isZero();
            List<String> log = log(process);
            assertThat(log).allMatch(line -> line.matches("\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z (INFO|WARN|ERROR) .*"));
            assertThat(log.getLast()).endsWith("stopped ");
            // a successor leads and finds everything as it is
            Map<String, Object> before = api.status("good");
            Process next = launch(api.url(), Map.of());
            await(next, () -> log(next).stream().anyMatch(line -> line.contains("leading")));
            await(next, () -> log(next).stream().anyMatch(line -> line.contains("pool is served as planned")));
            assertThat(api.status("good").get("plan")).isEqualTo(before.get("plan"));
        } finally {
            agentServer.stop(Duration.ofSeconds(5));
        }
    }

    @Test
    void itRunsWithoutAnApiServerAndWithoutAnAgent() throws Exception {
        Process process = launch("http://127.0.0.1:9/", Map.of());
        await(process, () -> log(process).stream().anyMatch(line -> line.contains("cannot report")));
        process.destroy();
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void aWrongConfigurationIsToldInOneLine() throws Exception {
        Process process = launch("http://127.0.0.1:9/", Map.of("SAGARA_PORTS", "x", "SAGARA_NODES", "n1"));
        assertThat(process.waitFor()).isEqualTo(1);
        assertThat(log(process))
                .singleElement()
                .asString()
                .startsWith("operator-lite: the configuration is wrong:")
                .contains("SAGARA_PORTS is 'x'", "SAGARA_NODES is not known");
    }

    private void await(Process process, BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            assertThat(process.waitFor(50, TimeUnit.MILLISECONDS))
                    .as(() -> "it ended: " + log(process))
                    .isFalse();
        }
    }

    private Process launch(String api, Map<String, String> environment) throws IOException {
        assertThat(MODULE_PATH).as("run by Maven").isNotEmpty();
        Path kubeconfig = Files.writeString(directory.resolve("kubeconfig"), """
                apiVersion: v1
                kind: Config
                clusters: [{name: c, cluster: {server: "%s"}}]
                contexts: [{name: c, context: {cluster: c, user: u}}]
                users: [{name: u, user: {token: t}}]
                current-context: c
                """.formatted(api));
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx96m",
                "--enable-native-access=io.netty.common",
                "--sun-misc-unsafe-memory-access=allow",
                "--module-path",
                MODULE_PATH,
                "--add-modules",
                "ALL-MODULE-PATH",
                "-m",
                "io.sagara.operator/io.sagara.operator.Main");
        // whoever runs the tests may have settings of ours for something else
        builder.environment().keySet().removeIf(key -> key.startsWith("SAGARA_"));
        builder.environment().put("KUBECONFIG", kubeconfig.toString());
        builder.environment().put(OperatorConfig.NODE, "n1");
        builder.environment()
                .put(
                        OperatorConfig.AGENT_SOCKET,
                        directory.resolve("agent.sock").toString());
        builder.environment().putAll(environment);
        Path log = directory.resolve(processes.size() + ".log");
        Process process =
                builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
        processes.add(process);
        return process;
    }

    private List<String> log(Process process) {
        try {
            return Files.readAllLines(directory.resolve(processes.indexOf(process) + ".log"));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
