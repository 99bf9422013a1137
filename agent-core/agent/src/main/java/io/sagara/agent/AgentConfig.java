package io.sagara.agent;

import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.net.InetSocketAddress;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The agent's settings, from environment variables that begin with `SAGARA_`.
///
/// `stateDirectory`: where desired state, mounts and logs are. `socket`: the agent's unix socket. `node`: the
/// name of this node, as storage units name it. `address`: the IP address its bricks listen on and clients
/// reach them at. `plugins`: the directory of backend jars. `firstPort`, `lastPort`: TCP ports for bricks, both
/// included. `logLevel`: as SLF4J names them. `kubeletDirectory`: volumes are published below it only; empty =
/// anywhere. `dataPlane`: the pid file of the container that GlusterFS processes are started in, where that is not
/// the agent's. `cgroups`: where the machine's cgroup file systems are mounted. `trashTtl`: how long deleted volumes
/// are kept where there is room for them. `metrics`: where Prometheus finds metrics; empty = nowhere.
public record AgentConfig(
        Path stateDirectory,
        Path socket,
        String node,
        String address,
        Path plugins,
        int firstPort,
        int lastPort,
        String logLevel,
        Optional<Path> kubeletDirectory,
        Optional<Path> dataPlane,
        Path cgroups,
        Optional<InetSocketAddress> metrics,
        Duration trashTtl) {
    private static final String PREFIX = "SAGARA_";
    // above GlusterFS' own 24007/24008 and below the ephemeral range (32768 and up), so that neither takes ours
    private static final String DEFAULT_PORTS = "24100-25123";
    private static final Pattern RANGE = Pattern.compile("(\\d{1,5})-(\\d{1,5})");
    private static final Pattern DURATION = Pattern.compile("(\\d{1,6})([smhd])|0");
    private static final Pattern IP_ADDRESS = Pattern.compile("[0-9.]{7,15}|[0-9a-fA-F:.]{2,45}");
    private static final Pattern PORT = Pattern.compile("\\d{1,5}");
    private static final int MAX_PORT = 65_535;

    /// Reads the settings. Throws one INVALID_ARGUMENT that lists everything that is wrong: settings that are
    /// missing, malformed, or of our prefix and unknown.
    public static AgentConfig from(Map<String, String> environment) {
        Reader reader = new Reader(environment);
        Path state = reader.required("STATE_DIR", AgentConfig::absolute);
        int[] ports = reader.optional("PORTS", DEFAULT_PORTS, AgentConfig::ports);
        AgentConfig config = new AgentConfig(
                state,
                reader.optional("SOCKET", state.resolve("agent.sock").toString(), AgentConfig::absolute),
                reader.required("NODE", AgentConfig::word),
                reader.optional("ADDRESS", "127.0.0.1", AgentConfig::address),
                reader.required("PLUGINS_DIR", AgentConfig::absolute),
                ports[0],
                ports[1],
                reader.optional("LOG_LEVEL", "INFO", AgentConfig::level),
                reader.optional("KUBELET_DIR", "", AgentConfig::absoluteOrNone),
                reader.optional("DATA_PLANE_PID_FILE", "", AgentConfig::absoluteOrNone),
                reader.optional("CGROUP_ROOT", "/sys/fs/cgroup", AgentConfig::absolute),
                reader.optional("METRICS", "", AgentConfig::listening),
                reader.optional("TRASH_TTL", "0", AgentConfig::duration));
        reader.finish();
        return config;
    }

    private static Path absolute(String text) {
        Path path = Path.of(text);
        if (!path.isAbsolute()) {
            throw new IllegalArgumentException("must be an absolute path");
        }
        return path.normalize();
    }

    private static Optional<Path> absoluteOrNone(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(absolute(text));
    }

    private static String word(String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException("must not be empty");
        }
        return text.strip();
    }

    private static String address(String text) {
        if (!IP_ADDRESS.matcher(text).matches()) {
            throw new IllegalArgumentException("must be an IP address, not a host name");
        }
        return text;
    }

    private static Optional<InetSocketAddress> listening(String text) {
        if (text.isEmpty()) {
            return Optional.empty();
        }
        int colon = text.lastIndexOf(':');
        String host = text.substring(0, Math.max(colon, 0)).replaceAll("^\\[(.*)]$", "$1");
        String port = text.substring(colon + 1);
        if (!IP_ADDRESS.matcher(host).matches() || !PORT.matcher(port).matches() || port(port) > MAX_PORT) {
            throw new IllegalArgumentException("must be an IP address and a port, such as 10.0.0.7:9280");
        }
        return Optional.of(new InetSocketAddress(host, port(port)));
    }

    private static int port(String digits) {
        return Integer.parseInt(digits);
    }

    private static Duration duration(String text) {
        Matcher parts = DURATION.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException("must be 0 or a time such as 90s, 30m, 24h, 7d");
        }
        if (parts.group(1) == null) {
            return Duration.ZERO;
        }
        long number = Long.parseLong(parts.group(1));
        return switch (parts.group(2)) {
            case "d" -> Duration.ofDays(number);
            case "h" -> Duration.ofHours(number);
            case "m" -> Duration.ofMinutes(number);
            default -> Duration.ofSeconds(number);
        };
    }

    private static String level(String text) {
        if (!List.of("ERROR", "WARN", "INFO", "DEBUG", "TRACE").contains(text)) {
            throw new IllegalArgumentException("must be one of ERROR, WARN, INFO, DEBUG, TRACE");
        }
        return text;
    }

    private static int[] ports(String text) {
        Matcher range = RANGE.matcher(text);
        if (!range.matches()) {
            throw new IllegalArgumentException("must be a range such as " + DEFAULT_PORTS);
        }
        int first = Integer.parseInt(range.group(1));
        int last = Integer.parseInt(range.group(2));
        if (first < 1 || last > MAX_PORT || first > last) {
            throw new IllegalArgumentException("must lie within 1-" + MAX_PORT + ", the smaller number first");
        }
        return new int[] {first, last};
    }

    /// Collects what is wrong instead of stopping at the first mistake.
    private static final class Reader {
        private final Map<String, String> left = new TreeMap<>();
        private final List<String> mistakes = new ArrayList<>();
        private final TreeSet<String> known = new TreeSet<>();

        Reader(Map<String, String> environment) {
            environment.forEach((key, value) -> {
                if (key.startsWith(PREFIX)) {
                    left.put(key, value);
                }
            });
        }

        <T> T required(String name, Function<String, T> parser) {
            if (!left.containsKey(PREFIX + name)) {
                mistakes.add(PREFIX + name + " is not set");
            }
            // a value that parses for every kind of setting; finish() throws before anyone sees it
            return optional(name, "/0", parser);
        }

        <T> T optional(String name, String fallback, Function<String, T> parser) {
            String key = PREFIX + name;
            known.add(key);
            String value = left.remove(key);
            if (value == null) {
                return parser.apply(fallback);
            }
            try {
                return parser.apply(value);
            } catch (InvalidPathException e) {
                mistakes.add(key + " is no path: " + e.getMessage());
            } catch (IllegalArgumentException e) {
                mistakes.add(key + " " + e.getMessage() + "; it is '" + value + "'");
            }
            return parser.apply(fallback);
        }

        void finish() {
            left.keySet().forEach(key -> mistakes.add(key + " is not known; known are " + String.join(", ", known)));
            if (!mistakes.isEmpty()) {
                throw new StorageException(
                        Problem.INVALID_ARGUMENT, "the agent cannot start: " + String.join("; ", mistakes));
            }
        }
    }
}
