package io.sagara.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AgentConfigTest {
    private static final Map<String, String> LEAST =
            Map.of("SAGARA_STATE_DIR", "/s", "SAGARA_NODE", "n1", "SAGARA_PLUGINS_DIR", "/p", "PATH", "/bin");

    private static Map<String, String> with(String key, String value) {
        Map<String, String> changed = new HashMap<>(LEAST);
        changed.put(key, value);
        return changed;
    }

    @Test
    void whatIsNotSetHasItsDefault() {
        assertThat(AgentConfig.from(LEAST))
                .isEqualTo(new AgentConfig(
                        Path.of("/s"),
                        Path.of("/s/agent.sock"),
                        "n1",
                        "127.0.0.1",
                        Path.of("/p"),
                        24100,
                        25123,
                        "INFO",
                        Optional.empty(),
                        Optional.empty(),
                        Path.of("/sys/fs/cgroup"),
                        Optional.empty(),
                        Duration.ZERO));
    }

    @Test
    void everySettingIsRead() {
        Map<String, String> all = new HashMap<>(Map.of("SAGARA_STATE_DIR", "/a"));
        all.putAll(Map.of(
                "SAGARA_SOCKET", "/b/x.sock",
                "SAGARA_NODE", "n2",
                "SAGARA_ADDRESS", "10.0.0.7",
                "SAGARA_PLUGINS_DIR", "/c",
                "SAGARA_PORTS", "100-200",
                "SAGARA_LOG_LEVEL", "DEBUG",
                "SAGARA_KUBELET_DIR", "/k",
                "SAGARA_DATA_PLANE_PID_FILE", "/run/data.pid",
                "SAGARA_CGROUP_ROOT", "/host/cgroup",
                "SAGARA_TRASH_TTL", "36h"));
        all.put("SAGARA_METRICS", "10.0.0.7:9280");
        assertThat(AgentConfig.from(all))
                .isEqualTo(new AgentConfig(
                        Path.of("/a"),
                        Path.of("/b/x.sock"),
                        "n2",
                        "10.0.0.7",
                        Path.of("/c"),
                        100,
                        200,
                        "DEBUG",
                        Optional.of(Path.of("/k")),
                        Optional.of(Path.of("/run/data.pid")),
                        Path.of("/host/cgroup"),
                        Optional.of(new InetSocketAddress("10.0.0.7", 9280)),
                        Duration.ofHours(36)));
    }

    @ParameterizedTest
    @CsvSource({
        "SAGARA_STATE_DIR, relative",
        "SAGARA_KUBELET_DIR, relative",
        "SAGARA_TRASH_TTL, 5",
        "SAGARA_TRASH_TTL, -1h",
        "SAGARA_TRASH_TTL, soon",
        "SAGARA_SOCKET, relative",
        "SAGARA_NODE, ' '",
        "SAGARA_ADDRESS, host.example",
        "SAGARA_PLUGINS_DIR, relative",
        "SAGARA_PORTS, 9",
        "SAGARA_PORTS, 9-3",
        "SAGARA_PORTS, 1-99999",
        "SAGARA_LOG_LEVEL, LOUD",
        "SAGARA_DATA_PLANE_PID_FILE, relative",
        "SAGARA_CGROUP_ROOT, relative",
        "SAGARA_METRICS, 9280",
        "SAGARA_METRICS, n1.example:9280",
        "SAGARA_METRICS, 10.0.0.7:99999",
        "SAGARA_UNHEARD_OF, 1"
    })
    void whatIsWrongIsNamed(String key, String value) {
        assertThatThrownBy(() -> AgentConfig.from(with(key, value)))
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.problem()).isEqualTo(Problem.INVALID_ARGUMENT))
                .hasMessageContaining(key);
    }

    @Test
    void allMistakesAreReportedTogether() {
        assertThatThrownBy(() -> AgentConfig.from(Map.of("SAGARA_PORTS", "x", "SAGARA_ODD", "y")))
                .hasMessageContaining("SAGARA_STATE_DIR")
                .hasMessageContaining("SAGARA_NODE")
                .hasMessageContaining("SAGARA_PLUGINS_DIR")
                .hasMessageContaining("SAGARA_PORTS")
                .hasMessageContaining("SAGARA_ODD");
    }

    @Test
    void theReadmeListsExactlyTheSettings() throws IOException {
        TreeSet<String> documented = new TreeSet<>();
        Pattern.compile("^\\| `(SAGARA_[A-Z_]+)`", Pattern.MULTILINE)
                .matcher(Files.readString(Path.of("README.md")))
                .results()
                .forEach(match -> documented.add(match.group(1)));
        assertThat(documented)
                .containsExactly(
                        "SAGARA_ADDRESS",
                        "SAGARA_CGROUP_ROOT",
                        "SAGARA_DATA_PLANE_PID_FILE",
                        "SAGARA_KUBELET_DIR",
                        "SAGARA_LOG_LEVEL",
                        "SAGARA_METRICS",
                        "SAGARA_NODE",
                        "SAGARA_PLUGINS_DIR",
                        "SAGARA_PORTS",
                        "SAGARA_SOCKET",
                        "SAGARA_STATE_DIR",
                        "SAGARA_TRASH_TTL");
    }
}
