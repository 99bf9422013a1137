package io.sagara.cli.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagara.cli.state.StateDirectory;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DistributionTest {
    @TempDir
    private Path home;

    private final StateDirectory state = new StateDirectory(Path.of("/nowhere/state"));

    private Distribution distribution() throws IOException {
        Files.createDirectories(home.resolve("conf"));
        Files.createDirectories(home.resolve("lib"));
        return Distribution.in(home);
    }

    @Test
    void aServiceGetsItsOwnSettingsAndNoOtherOfOurs() throws IOException {
        Map<String, String> environment =
                Map.of("PATH", "/bin", "SAGARA_HOME", "/h", "SAGARA_PORTS", "30000-30100", "SAGARA_LOG_LEVEL", "DEBUG");

        Launch agent = distribution().launch(Service.AGENT, state, environment);
        Launch csi = distribution().launch(Service.CSI, state, environment);

        assertThat(agent.environment())
                .isEqualTo(Map.of(
                        "PATH", "/bin",
                        "MALLOC_ARENA_MAX", "2",
                        "SAGARA_STATE_DIR", "/nowhere/state",
                        "SAGARA_NODE", "localhost",
                        "SAGARA_PLUGINS_DIR", home.resolve("plugins").toString(),
                        "SAGARA_PORTS", "30000-30100",
                        "SAGARA_LOG_LEVEL", "DEBUG"));
        assertThat(csi.environment())
                .isEqualTo(Map.of(
                        "PATH", "/bin",
                        "MALLOC_ARENA_MAX", "2",
                        "SAGARA_AGENT_SOCKET", "/nowhere/state/agent.sock",
                        "SAGARA_CSI_SOCKET", "/nowhere/state/csi.sock",
                        "SAGARA_LOG_LEVEL", "DEBUG"));
    }

    @Test
    void aStartCacheOlderThanWhatItWasMadeFromIsNotUsed() throws IOException {
        installAgent();
        Path cache = Files.createFile(home.resolve("lib/agent.aot"));
        for (String source : List.of("lib/agent/agent.jar", "conf/agent.jvm")) {
            Files.setLastModifiedTime(cache, FileTime.fromMillis(2_000));
            Files.setLastModifiedTime(home.resolve(source), FileTime.fromMillis(3_000));
            assertThat(distribution().launch(Service.AGENT, state, Map.of()).command())
                    .noneMatch(argument -> argument.startsWith("-XX:AOTCache"));
            Files.setLastModifiedTime(home.resolve(source), FileTime.fromMillis(1_000));
        }
        assertThat(distribution().launch(Service.AGENT, state, Map.of()).command())
                .contains("-XX:AOTCache=" + cache);
    }

    private void installAgent() throws IOException {
        Files.createDirectories(home.resolve("conf"));
        Files.createDirectories(home.resolve("lib/agent"));
        for (String file : List.of("lib/agent/agent.jar", "conf/agent.jvm")) {
            Files.setLastModifiedTime(Files.createFile(home.resolve(file)), FileTime.fromMillis(1_000));
        }
    }

    @Test
    void flagsComeFromFilesAndAStartCacheIsUsedWhereThereIsOne() throws IOException {
        installAgent();
        Launch without = distribution().launch(Service.AGENT, state, Map.of());
        Files.createFile(home.resolve("lib/agent.aot"));
        Launch with = distribution().launch(Service.AGENT, state, Map.of());

        assertThat(without.command())
                .contains("-Dsagara.agent=/nowhere/state", "--module-path=" + home.resolve("lib/agent"))
                .endsWith("@" + home.resolve("conf/agent.jvm"))
                .noneMatch(argument -> argument.startsWith("-XX:AOTCache"));
        assertThat(with.command()).contains("-XX:AOTCache=" + home.resolve("lib/agent.aot"));
    }

    @Test
    void aDirectoryWithoutSagaraIsNamed() {
        assertThatThrownBy(() -> Distribution.in(home))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("there is no Sagara in " + home);
    }
}
