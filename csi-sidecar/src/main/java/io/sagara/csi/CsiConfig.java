package io.sagara.csi;

import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// What the process can be told, by environment variables.
///
/// `socket`: where CSI is served. `agentSocket`: where the agent is. `registration`: how kubelet learns of
/// the driver; empty where it is told by others. `logLevel`: read by logback.xml itself; it is here to be
/// checked.
record CsiConfig(Path socket, Path agentSocket, Optional<Registration> registration, String logLevel) {
    static final String SOCKET = "SAGARA_CSI_SOCKET";
    static final String AGENT_SOCKET = "SAGARA_AGENT_SOCKET";
    static final String LOG_LEVEL = "SAGARA_LOG_LEVEL";

    static final String REGISTRATION_SOCKET = "SAGARA_REGISTRATION_SOCKET";
    static final String KUBELET_SOCKET = "SAGARA_KUBELET_SOCKET";

    private static final String PREFIX = "SAGARA_CSI_";
    private static final Set<String> LEVELS = new TreeSet<>(Set.of("ERROR", "WARN", "INFO", "DEBUG", "TRACE"));
    // the longest path sockaddr_un takes is 108 bytes with its terminating zero (unix(7))
    private static final int MAX_SOCKET_PATH = 107;

    /// `socket`: in kubelet's plugin registry. `endpoint`: the socket of CSI, as kubelet sees it.
    record Registration(Path socket, Path endpoint) {}

    /// The configuration in `environment`, with defaults for what it does not name. Throws INVALID_ARGUMENT
    /// that names everything that is wrong, and variables with our prefix that do not exist.
    static CsiConfig from(Map<String, String> environment) {
        List<String> errors = new ArrayList<>();
        String socket = environment.getOrDefault(SOCKET, "/run/sagara/csi.sock");
        String agentSocket = environment.getOrDefault(AGENT_SOCKET, "/run/sagara/agent.sock");
        String level = environment.getOrDefault(LOG_LEVEL, "INFO").toUpperCase(Locale.ROOT);
        checkSocket(SOCKET, socket, errors);
        checkSocket(AGENT_SOCKET, agentSocket, errors);
        if (socket.equals(agentSocket)) {
            errors.add(SOCKET + " and " + AGENT_SOCKET + " are both '" + socket + "'; they must differ");
        }
        Optional<Registration> registration = registration(environment, socket, errors);
        if (!LEVELS.contains(level)) {
            errors.add(LOG_LEVEL + " is '" + level + "'; use one of " + String.join(", ", LEVELS));
        }
        environment.keySet().stream()
                .filter(key -> key.startsWith(PREFIX) && !key.equals(SOCKET))
                .sorted()
                .forEach(key -> errors.add(
                        key + " is not known; the only variable that begins with " + PREFIX + " is " + SOCKET));
        if (!errors.isEmpty()) {
            throw new StorageException(
                    Problem.INVALID_ARGUMENT, "the configuration is wrong: " + String.join("; ", errors));
        }
        return new CsiConfig(Path.of(socket), Path.of(agentSocket), registration, level);
    }

    private static Optional<Registration> registration(
            Map<String, String> environment, String csiSocket, List<String> errors) {
        String socket = environment.getOrDefault(REGISTRATION_SOCKET, "");
        String endpoint = environment.getOrDefault(KUBELET_SOCKET, "");
        if (socket.isEmpty() && endpoint.isEmpty()) {
            return Optional.empty();
        }
        if (socket.isEmpty() || endpoint.isEmpty()) {
            errors.add("only one of " + REGISTRATION_SOCKET + " and " + KUBELET_SOCKET
                    + " is set; set both, or none where the driver is registered by others");
            return Optional.empty();
        }
        int before = errors.size();
        checkSocket(REGISTRATION_SOCKET, socket, errors);
        checkSocket(KUBELET_SOCKET, endpoint, errors);
        if (socket.equals(csiSocket)) {
            errors.add(REGISTRATION_SOCKET + " and " + SOCKET + " are both '" + socket + "'; they must differ");
        }
        return errors.size() > before
                ? Optional.empty()
                : Optional.of(new Registration(Path.of(socket), Path.of(endpoint)));
    }

    private static void checkSocket(String key, String path, List<String> errors) {
        if (!path.startsWith("/") || path.endsWith("/") || path.indexOf('\0') >= 0) {
            errors.add(key + " is '" + path + "'; give the absolute path of a socket");
        } else if (path.getBytes(StandardCharsets.UTF_8).length > MAX_SOCKET_PATH) {
            errors.add(key + " is longer than " + MAX_SOCKET_PATH + " bytes; choose a shorter directory");
        }
    }
}
