package io.sagara.csi;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagara.api.UnixClient;
import io.sagara.api.UnixServer;
import io.sagara.csi.v1.ControllerGrpc;
import io.sagara.csi.v1.CreateVolumeRequest;
import io.sagara.csi.v1.GetPluginInfoRequest;
import io.sagara.csi.v1.IdentityGrpc;
import io.sagara.csi.v1.ProbeRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Starts the real process from the built jars, on the module path.
@Timeout(60)
class BootTest {
    private static final String MODULE_PATH = System.getProperty("sagara.modulePath", "");
    private static final int SIGKILL_EXIT = 137;

    private final List<Process> processes = new ArrayList<>();
    private Path directory;
    private Path socket;
    private Path agentSocket;

    @BeforeEach
    void start() throws IOException {
        directory = Files.createTempDirectory("boot");
        socket = directory.resolve("csi.sock");
        agentSocket = directory.resolve("agent.sock");
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
    void itServesLogsEachChangeInOneLineAndEndsWellOnSigterm() throws Exception {
        UnixServer agent = new UnixServer(agentSocket, _ -> true, List.of(new FakeAgent()));
        Process process = serving();
        try (UnixClient client = new UnixClient(socket)) {
            var identity = IdentityGrpc.newBlockingStub(client.channel());
            assertThat(identity.probe(ProbeRequest.getDefaultInstance())
                            .getReady()
                            .getValue())
                    .isTrue();
            assertThat(identity.getPluginInfo(GetPluginInfoRequest.getDefaultInstance())
                            .getVendorVersion())
                    .matches("\\d+\\.\\d+\\.\\d+.*");
            CreateVolumeRequest request = Requests.newVolume("pvc-1").toBuilder()
                    .putSecrets("password", "hunter2")
                    .build();
            ControllerGrpc.newBlockingStub(client.channel()).createVolume(request);
            var _ = Failures.of(() -> ControllerGrpc.newBlockingStub(client.channel())
                    .createVolume(request.toBuilder()
                            .setName("pvc-2\nERROR forged")
                            .clearVolumeCapabilities()
                            .build()));
        }
        process.destroy();
        assertThat(process.waitFor()).isZero();
        agent.stop(Rig.GRACE);
        List<String> log = log(process);
        assertThat(log).allMatch(line -> line.matches("\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z (INFO|WARN|ERROR) .*"));
        assertThat(log)
                .filteredOn(line -> line.contains("call=\"CreateVolume\" volume=\"pvc-1\" code=\"OK\" ms="))
                .hasSize(1);
        assertThat(log)
                .filteredOn(line -> line.contains("code=\"INVALID_ARGUMENT\""))
                .singleElement()
                .asString()
                .contains("volume=\"pvc-2?ERROR forged\"", "at least one");
        assertThat(log).noneMatch(line -> line.contains("hunter2"));
        assertThat(log.getLast()).endsWith("stopped ");
        assertThat(socket).doesNotExist();
    }

    @Test
    void itRunsWithoutAnAgentAndSaysWhatIsMissing() throws Exception {
        serving();
        try (UnixClient client = new UnixClient(socket)) {
            var identity = IdentityGrpc.newBlockingStub(client.channel());
            assertThat(identity.probe(ProbeRequest.getDefaultInstance())
                            .getReady()
                            .getValue())
                    .isFalse();
        }
    }

    @Test
    void aSecondOneIsRefusedAndOneThatFollowsAKilledOneServes() throws Exception {
        Process first = serving();
        Process second = launch(Map.of());
        assertThat(second.waitFor()).isEqualTo(1);
        assertThat(log(second)).singleElement().asString().contains("something listens on " + socket + " already");
        assertThat(first.destroyForcibly().waitFor()).isEqualTo(SIGKILL_EXIT);
        assertThat(socket).exists();
        serving();
    }

    @Test
    void aWrongConfigurationIsToldInOneLine() throws Exception {
        Process process = launch(Map.of("SAGARA_LOG_LEVEL", "loud", "SAGARA_CSI_SOKET", "/x"));
        assertThat(process.waitFor()).isEqualTo(1);
        assertThat(log(process))
                .singleElement()
                .asString()
                .startsWith("csi-sidecar: the configuration is wrong:")
                .contains("SAGARA_LOG_LEVEL is 'LOUD'", "SAGARA_CSI_SOKET is not known");
    }

    /// A process that has begun to serve.
    private Process serving() throws Exception {
        Process process = launch(Map.of());
        while (log(process).stream().noneMatch(line -> line.contains("Main serving"))) {
            assertThat(process.waitFor(20, TimeUnit.MILLISECONDS))
                    .as(() -> "it ended: " + log(process))
                    .isFalse();
        }
        return process;
    }

    private Process launch(Map<String, String> environment) throws IOException {
        assertThat(MODULE_PATH).as("run by Maven").isNotEmpty();
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx32m",
                "--enable-native-access=io.netty.common",
                "--sun-misc-unsafe-memory-access=allow",
                "--module-path",
                MODULE_PATH,
                "--add-modules",
                "ALL-MODULE-PATH",
                "-m",
                "io.sagara.csi/io.sagara.csi.Main");
        builder.environment().put(CsiConfig.SOCKET, socket.toString());
        builder.environment().put(CsiConfig.AGENT_SOCKET, agentSocket.toString());
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
