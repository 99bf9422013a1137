package io.sagara.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagara.operator.plan.PortRange;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OperatorConfigTest {
    @Test
    void onlyTheNodeNeedsToBeSet() {
        assertThat(OperatorConfig.from(Map.of("PATH", "/bin", "SAGARA_NODE", "n1")))
                .isEqualTo(new OperatorConfig(
                        "n1", Path.of("/run/sagara/agent.sock"), "kadalu", new PortRange(24_100, 25_123), "", "INFO"));
    }

    @Test
    void everythingCanBeSet() {
        assertThat(OperatorConfig.from(Map.of(
                        "SAGARA_NODE", "node-7.example.org",
                        "SAGARA_AGENT_SOCKET", "/a/agent",
                        "SAGARA_NAMESPACE", "storage",
                        "SAGARA_PORTS", "3000-3000",
                        "SAGARA_IMAGE", "r/sagara:1",
                        "SAGARA_LOG_LEVEL", "debug")))
                .isEqualTo(new OperatorConfig(
                        "node-7.example.org",
                        Path.of("/a/agent"),
                        "storage",
                        new PortRange(3000, 3000),
                        "r/sagara:1",
                        "DEBUG"));
    }

    @ParameterizedTest
    @CsvSource({
        "SAGARA_NODE, '', is missing",
        "SAGARA_NODE, Node_1, no name of a node",
        "SAGARA_AGENT_SOCKET, agent.sock, absolute path",
        "SAGARA_AGENT_SOCKET, '', absolute path",
        "SAGARA_NAMESPACE, a.b, no name of a namespace",
        "SAGARA_NAMESPACE, '', no name of a namespace",
        "SAGARA_PORTS, 24100, must be two ports",
        "SAGARA_PORTS, 24200-24100, must be two ports",
        "SAGARA_PORTS, 65000-70000, must be two ports",
        "SAGARA_IMAGE, a b, no name of an image",
        "SAGARA_LOG_LEVEL, loud, 'DEBUG, ERROR, INFO, TRACE, WARN'",
        "SAGARA_NODES, n1, is not known"
    })
    void aWrongValueIsNamedWithWhatToDo(String key, String value, String message) {
        Map<String, String> environment = new HashMap<>(Map.of("SAGARA_NODE", "n1"));
        environment.put(key, value);
        assertThatThrownBy(() -> OperatorConfig.from(environment))
                .isInstanceOfSatisfying(
                        StorageException.class,
                        failure -> assertThat(failure.problem()).isEqualTo(Problem.INVALID_ARGUMENT))
                .hasMessageContaining(key)
                .hasMessageContaining(message);
    }

    @Test
    void aSocketPathIsAtMostAsLongAsTheKernelTakes() {
        assertThatThrownBy(() ->
                        OperatorConfig.from(Map.of("SAGARA_NODE", "n1", "SAGARA_AGENT_SOCKET", "/" + "x".repeat(107))))
                .hasMessageContaining("longer than 107 bytes");
    }

    @Test
    void allErrorsAreToldAtOnce() {
        assertThatThrownBy(() -> OperatorConfig.from(new TreeMap<>(Map.of(
                        "SAGARA_AGENT_SOCKET", "a",
                        "SAGARA_NAMESPACE", "-",
                        "SAGARA_PORTS", "x",
                        "SAGARA_LOG_LEVEL", "x",
                        "SAGARA_DEBUG", "1"))))
                .hasMessageContainingAll(
                        "SAGARA_NODE is missing",
                        "SAGARA_AGENT_SOCKET is 'a'",
                        "SAGARA_NAMESPACE is '-'",
                        "SAGARA_PORTS is 'x'",
                        "LEVEL is 'X'",
                        "SAGARA_DEBUG");
    }

    @Test
    void theReadmeListsTheKeysAndTheirDefaults() throws IOException {
        Map<String, String> listed = Pattern.compile("^\\| `(SAGARA_\\w+)` \\| `?([^`|]+?)`? \\|", Pattern.MULTILINE)
                .matcher(Files.readString(Path.of("README.md")))
                .results()
                .collect(Collectors.toMap((MatchResult row) -> row.group(1), row -> row.group(2)));
        OperatorConfig defaults = OperatorConfig.from(Map.of("SAGARA_NODE", "n1"));
        assertThat(listed)
                .isEqualTo(Map.of(
                        OperatorConfig.NODE, "required",
                        OperatorConfig.AGENT_SOCKET, defaults.agentSocket().toString(),
                        OperatorConfig.NAMESPACE, defaults.namespace(),
                        OperatorConfig.PORTS, defaults.ports().toString(),
                        OperatorConfig.IMAGE, "none",
                        OperatorConfig.LOG_LEVEL, defaults.logLevel()));
        assertThat(defaults.image()).isEmpty();
    }
}
