package io.sagara.backend.external;

import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// The user's options for mounting, as `mount -t glusterfs -o` and Kadalu take them, made into arguments of
/// glusterfs.
///
/// `arguments`: for the process. `hosts`: further servers that they name.
record MountOptions(List<String> arguments, List<String> hosts) {
    /// Flags, and the arguments of those that are called otherwise.
    private static final Map<String, String> FLAGS = new TreeMap<>(Map.of(
            "ro", "--read-only",
            "read-only", "--read-only",
            "acl", "--acl",
            "selinux", "--selinux",
            "worm", "--worm",
            "enable-ino32", "--enable-ino32",
            "resolve-gids", "--resolve-gids",
            "global-threading", "--global-threading",
            "localtime-logging", "--localtime-logging"));

    private static final Pattern NUMBER = Pattern.compile("[0-9]+(\\.[0-9]+)?");
    private static final Pattern SWITCH = Pattern.compile("yes|no|on|off|true|false|enable|disable|0|1");
    private static final Pattern LEVEL = Pattern.compile("(?i)DEBUG|INFO|WARNING|ERROR|CRITICAL|TRACE|NONE");
    private static final Pattern SETTING = Pattern.compile("[A-Za-z0-9*_-]+\\.[a-z0-9.-]+=[^\\s,]+");
    private static final Pattern HOSTS = Pattern.compile("[A-Za-z0-9._-]+(:[A-Za-z0-9._-]+)*");

    /// Options with a value, and what the value may be.
    private static final Map<String, Pattern> VALUES = new TreeMap<>(Map.ofEntries(
            Map.entry("log-level", LEVEL),
            Map.entry("direct-io-mode", Pattern.compile("on|off|auto|enable|disable")),
            Map.entry("use-readdirp", SWITCH),
            Map.entry("event-history", SWITCH),
            Map.entry("auto-invalidation", SWITCH),
            Map.entry("kernel-writeback-cache", SWITCH),
            Map.entry("fopen-keep-cache", SWITCH),
            Map.entry("attribute-timeout", NUMBER),
            Map.entry("entry-timeout", NUMBER),
            Map.entry("negative-timeout", NUMBER),
            Map.entry("gid-timeout", NUMBER),
            Map.entry("reader-thread-count", NUMBER),
            Map.entry("lru-limit", NUMBER),
            Map.entry("invalidate-limit", NUMBER),
            Map.entry("background-qlen", NUMBER),
            Map.entry("congestion-threshold", NUMBER),
            Map.entry("attr-times-granularity", NUMBER),
            Map.entry("xlator-option", SETTING)));

    /// What is the agent's business, and why.
    private static final Map<String, String> OURS = new TreeMap<>(Map.of(
            "log-file", "logs are in the agent's state directory",
            "volfile-id", "name the volume by gluster_volname",
            "volume-id", "name the volume by gluster_volname",
            "server-port", "use gluster_port",
            "volfile-server-port", "use gluster_port",
            "volfile-server", "use gluster_hosts",
            "transport", "TCP is what there is",
            "subdir-mount", "volumes are directories of the whole volume",
            "pid-file", "the agent keeps it",
            "client-pid", "the agent chooses it"));

    /// Throws INVALID_ARGUMENT, naming every option that cannot be used.
    static MountOptions parse(String text) {
        List<String> arguments = new ArrayList<>();
        List<String> hosts = new ArrayList<>();
        List<String> wrong = new ArrayList<>();
        for (String option : text.split(",", -1)) {
            String plain = option.strip().replaceFirst("^--", "");
            if (!plain.isEmpty()) {
                read(plain, arguments, hosts, wrong);
            }
        }
        if (!wrong.isEmpty()) {
            throw new StorageException(Problem.INVALID_ARGUMENT, "gluster_options: " + String.join("; ", wrong));
        }
        return new MountOptions(List.copyOf(arguments), List.copyOf(hosts));
    }

    private static void read(String option, List<String> arguments, List<String> hosts, List<String> wrong) {
        int at = option.indexOf('=');
        String name = at < 0 ? option : option.substring(0, at);
        String value = at < 0 ? "" : option.substring(at + 1);
        String flag = FLAGS.get(name);
        Pattern pattern = VALUES.get(name);
        if (flag != null && at < 0) {
            arguments.add(flag);
        } else if (flag != null) {
            wrong.add("'" + name + "' takes no value");
        } else if (pattern != null) {
            if (pattern.matcher(value).matches()) {
                arguments.add("--" + name + "=" + value);
            } else {
                wrong.add("'" + name + "' cannot be '" + value + "'");
            }
        } else if (name.equals("backup-volfile-servers") || name.equals("backupvolfile-server")) {
            if (HOSTS.matcher(value).matches()) {
                hosts.addAll(List.of(value.split(":", -1)));
            } else {
                wrong.add("'" + name + "' needs names of hosts with ':' between them");
            }
        } else if (!name.equals("fetch-attempts") && !name.equals("_netdev")) {
            wrong.add(OURS.containsKey(name) ? "'" + name + "' has no place here, " + OURS.get(name) : unknown(name));
        }
    }

    private static String unknown(String name) {
        TreeSet<String> known = new TreeSet<>(FLAGS.keySet());
        known.addAll(VALUES.keySet());
        known.add("backup-volfile-servers");
        return "'" + name + "' is unknown; known are " + String.join(", ", known);
    }
}
