package io.sagara.csi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CsiConfigTest {
    @Test
    void nothingNeedsToBeSet() {
        assertThat(CsiConfig.from(Map.of("PATH", "/bin")))
                .isEqualTo(new CsiConfig(
                        Path.of("/run/sagara/csi.sock"), Path.of("/run/sagara/agent.sock"), Optional.empty(), "INFO"));
    }

    @Test
    void everythingCanBeSet() {
        assertThat(CsiConfig.from(Map.of(
                        "SAGARA_CSI_SOCKET", "/a/csi",
                        "SAGARA_AGENT_SOCKET", "/b/agent",
                        "SAGARA_REGISTRATION_SOCKET", "/c/reg",
                        "SAGARA_KUBELET_SOCKET", "/d/csi",
                        "SAGARA_LOG_LEVEL", "debug")))
                .isEqualTo(new CsiConfig(
                        Path.of("/a/csi"),
                        Path.of("/b/agent"),
                        Optional.of(new CsiConfig.Registration(Path.of("/c/reg"), Path.of("/d/csi"))),
                        "DEBUG"));
    }

    @ParameterizedTest
    @CsvSource({
        "SAGARA_CSI_SOCKET, csi.sock, absolute path",
        "SAGARA_CSI_SOCKET, unix:///csi/csi.sock, absolute path",
        "SAGARA_CSI_SOCKET, '', absolute path",
        "SAGARA_CSI_SOCKET, /run/, absolute path",
        "SAGARA_CSI_SOCKET, /run/sagara/agent.sock, must differ",
        "SAGARA_AGENT_SOCKET, agent.sock, absolute path",
        "SAGARA_AGENT_SOCKET, '', absolute path",
        "SAGARA_REGISTRATION_SOCKET, /reg.sock, set both",
        "SAGARA_KUBELET_SOCKET, /csi.sock, set both",
        "SAGARA_LOG_LEVEL, loud, 'DEBUG, ERROR, INFO, TRACE, WARN'",
        "SAGARA_LOG_LEVEL, '', 'DEBUG, ERROR, INFO, TRACE, WARN'",
        "SAGARA_CSI_SOKET, /run/csi.sock, is not known"
    })
    void aWrongValueIsNamedWithWhatToDo(String key, String value, String message) {
        assertThatThrownBy(() -> CsiConfig.from(Map.of(key, value)))
                .isInstanceOfSatisfying(
                        StorageException.class,
                        failure -> assertThat(failure.problem()).isEqualTo(Problem.INVALID_ARGUMENT))
                .hasMessageContaining(key)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource({"SAGARA_CSI_SOCKET", "SAGARA_AGENT_SOCKET"})
    void aSocketPathIsAtMostAsLongAsTheKernelTakes(String key) {
        assertThat(CsiConfig.from(Map.of(key, "/" + "x".repeat(106)))).isNotNull();
        assertThatThrownBy(() -> CsiConfig.from(Map.of(key, "/" + "x".repeat(107))))
                .hasMessageContaining("longer than 107 bytes");
        assertThatThrownBy(() -> CsiConfig.from(Map.of(key, "/" + "ü".repeat(54))))
                .hasMessageContaining("longer than 107 bytes");
    }

    @Test
    void theSocketsOfTheRegistrationAreChecked() {
        assertThatThrownBy(() -> CsiConfig.from(Map.of(
                        "SAGARA_CSI_SOCKET", "/a",
                        "SAGARA_REGISTRATION_SOCKET", "/a",
                        "SAGARA_KUBELET_SOCKET", "csi.sock")))
                .hasMessageContainingAll(
                        "SAGARA_REGISTRATION_SOCKET and SAGARA_CSI_SOCKET are both '/a'",
                        "SAGARA_KUBELET_SOCKET is 'csi.sock'");
    }

    @Test
    void allErrorsAreToldAtOnce() {
        assertThatThrownBy(() -> CsiConfig.from(new TreeMap<>(Map.of(
                        "SAGARA_CSI_SOCKET", "a",
                        "SAGARA_AGENT_SOCKET", "a",
                        "SAGARA_LOG_LEVEL", "x",
                        "SAGARA_CSI_DEBUG", "1"))))
                .hasMessageContainingAll(
                        "SAGARA_CSI_SOCKET is 'a'",
                        "SAGARA_AGENT_SOCKET is 'a'",
                        "must differ",
                        "LEVEL is 'X'",
                        "CSI_DEBUG");
    }

    @Test
    void theReadmeListsTheKeysAndTheirDefaults() throws IOException {
        Map<String, String> listed = Pattern.compile("^\\| `(SAGARA_\\w+)` \\| `?([^`|]+?)`? \\|", Pattern.MULTILINE)
                .matcher(Files.readString(Path.of("README.md")))
                .results()
                .collect(Collectors.toMap((MatchResult row) -> row.group(1), row -> row.group(2)));
        CsiConfig defaults = CsiConfig.from(Map.of());
        assertThat(listed)
                .isEqualTo(Map.of(
                        CsiConfig.SOCKET, defaults.socket().toString(),
                        CsiConfig.AGENT_SOCKET, defaults.agentSocket().toString(),
                        CsiConfig.REGISTRATION_SOCKET, "not set",
                        CsiConfig.KUBELET_SOCKET, "not set",
                        CsiConfig.LOG_LEVEL, defaults.logLevel()));
        assertThat(defaults.registration()).isEmpty();
    }
}
