package io.sagara.operator;

import io.sagara.operator.plan.PortRange;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// What the process can be told, by environment variables.
///
/// `node`: the Kubernetes node it runs on. `agentSocket`: where that node's agent is. `namespace`: where pools
/// and all our objects are. `ports`: for bricks, the same on every node. `image`: of the pods that hold claims,
/// Sagara's own; empty where there cannot be any. `logLevel`: read by logback.xml itself; it is here to be
/// checked.
record OperatorConfig(String node, Path agentSocket, String namespace, PortRange ports, String image, String logLevel) {
    static final String NODE = "SAGARA_NODE";
    static final String AGENT_SOCKET = "SAGARA_AGENT_SOCKET";
    static final String NAMESPACE = "SAGARA_NAMESPACE";
    static final String PORTS = "SAGARA_PORTS";
    static final String IMAGE = "SAGARA_IMAGE";
    static final String LOG_LEVEL = "SAGARA_LOG_LEVEL";

    private static final String PREFIX = "SAGARA_";
    private static final Set<String> KEYS =
            new TreeSet<>(Set.of(NODE, AGENT_SOCKET, NAMESPACE, PORTS, IMAGE, LOG_LEVEL));
    private static final Set<String> LEVELS = new TreeSet<>(Set.of("ERROR", "WARN", "INFO", "DEBUG", "TRACE"));
    // an object's name may have 253 characters, and that of a node's report is longer than the node's own
    private static final Pattern NODE_NAME = Pattern.compile("[a-z0-9]([a-z0-9.-]{0,238}[a-z0-9])?");
    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");
    // the longest path sockaddr_un takes is 108 bytes with its terminating zero (unix(7))
    private static final int MAX_SOCKET_PATH = 107;

    /// The configuration in `environment`, with defaults for what it does not name. Throws INVALID_ARGUMENT
    /// that names everything that is wrong, and variables with our prefix that do not exist.
    static OperatorConfig from(Map<String, String> environment) {
        List<String> errors = new ArrayList<>();
        String node = environment.getOrDefault(NODE, "");
        String socket = environment.getOrDefault(AGENT_SOCKET, "/run/sagara/agent.sock");
        String namespace = environment.getOrDefault(NAMESPACE, "kadalu");
        String image = environment.getOrDefault(IMAGE, "");
        String level = environment.getOrDefault(LOG_LEVEL, "INFO").toUpperCase(Locale.ROOT);
        if (node.isEmpty()) {
            errors.add(NODE + " is missing; give the name of this node, as 'kubectl get nodes' shows it");
        } else if (!NODE_NAME.matcher(node).matches()) {
            errors.add(NODE + " is '" + node + "'; that is no name of a node, or is longer than 240 characters");
        }
        checkSocket(socket, errors);
        if (!LABEL.matcher(namespace).matches()) {
            errors.add(NAMESPACE + " is '" + namespace + "'; that is no name of a namespace");
        }
        PortRange ports = ports(environment.getOrDefault(PORTS, "24100-25123"), errors);
        if (image.chars().anyMatch(Character::isWhitespace)) {
            errors.add(IMAGE + " is '" + image + "'; that is no name of an image");
        }
        if (!LEVELS.contains(level)) {
            errors.add(LOG_LEVEL + " is '" + level + "'; use one of " + String.join(", ", LEVELS));
        }
        environment.keySet().stream()
                .filter(key -> key.startsWith(PREFIX) && !KEYS.contains(key))
                .sorted()
                .forEach(key -> errors.add(key + " is not known; there are " + String.join(", ", KEYS)));
        if (!errors.isEmpty()) {
            throw new StorageException(
                    Problem.INVALID_ARGUMENT, "the configuration is wrong: " + String.join("; ", errors));
        }
        return new OperatorConfig(node, Path.of(socket), namespace, ports, image, level);
    }

    private static PortRange ports(String text, List<String> errors) {
        try {
            return PortRange.parse(text);
        } catch (IllegalArgumentException e) {
            errors.add(PORTS + " is '" + text + "'; it " + e.getMessage());
            return new PortRange(1, 1);
        }
    }

    private static void checkSocket(String path, List<String> errors) {
        if (!path.startsWith("/") || path.endsWith("/") || path.indexOf('\0') >= 0) {
            errors.add(AGENT_SOCKET + " is '" + path + "'; give the absolute path of a socket");
        } else if (path.getBytes(StandardCharsets.UTF_8).length > MAX_SOCKET_PATH) {
            errors.add(AGENT_SOCKET + " is longer than " + MAX_SOCKET_PATH + " bytes; choose a shorter directory");
        }
    }
}
