package io.sagara.cli.launch;

import io.sagara.cli.state.Remains;
import io.sagara.cli.state.StateDirectory;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/// The directory Sagara is installed in: `lib/<service>/` holds the jars of a service, `conf/<service>.jvm` its
/// JVM flags and main class (an argument file of `java`), `lib/<service>.aot` its start cache where one was
/// made, `plugins/` the backends.
public record Distribution(Path home, Path java) {
    // users may set these for the services they start; any other of our variables would be refused as unknown
    private static final List<String> AGENT_SETTINGS = List.of(
            "SAGARA_NODE",
            "SAGARA_ADDRESS",
            "SAGARA_PORTS",
            "SAGARA_KUBELET_DIR",
            "SAGARA_LOG_LEVEL",
            "SAGARA_METRICS",
            "SAGARA_TRASH_TTL");
    private static final List<String> CSI_SETTINGS = List.of("SAGARA_LOG_LEVEL");
    private static final String OURS = "SAGARA_";

    /// The name of this node where it is the only one; it does not change when the machine is renamed.
    public static final String NODE = "localhost";

    /// The distribution in `home`, run by the java that runs this. Throws NOT_FOUND where there is none.
    public static Distribution in(Path home) {
        Path absolute = home.toAbsolutePath().normalize();
        if (!Files.isDirectory(absolute.resolve("conf"))) {
            throw new StorageException(
                    Problem.NOT_FOUND,
                    "there is no Sagara in " + absolute + "; build it, or set SAGARA_HOME to where it is installed");
        }
        return new Distribution(absolute, Path.of(System.getProperty("java.home"), "bin", "java"));
    }

    /// How the service is started for this directory. `environment`: this process' own, of which it gets
    /// everything that is not ours, and our settings that it knows.
    public Launch launch(Service service, StateDirectory state, Map<String, String> environment) {
        List<String> command = new ArrayList<>();
        // a session of its own: an interrupt typed at the terminal reaches only the command that supervises it
        command.add("setsid");
        command.add(java.toString());
        command.add(Remains.mark(state, service.directory()));
        command.add("--module-path=" + home.resolve("lib").resolve(service.directory()));
        Path cache = home.resolve("lib").resolve(service.directory() + ".aot");
        if (isCurrent(cache, service)) {
            command.add("-XX:AOTCache=" + cache);
        }
        command.add("@" + home.resolve("conf").resolve(service.directory() + ".jvm"));
        Path log = state.log().resolve(service.directory() + ".log");
        return new Launch(service, command, variables(service, state, environment), log);
    }

    /// Whether the cache was made after everything it was made from. Java would notice and start without it, but
    /// tell so in the log each time.
    private boolean isCurrent(Path cache, Service service) {
        try (Stream<Path> jars = Files.list(home.resolve("lib").resolve(service.directory()))) {
            FileTime made = Files.getLastModifiedTime(cache);
            Path flags = home.resolve("conf").resolve(service.directory() + ".jvm");
            for (Path source : Stream.concat(jars, Stream.of(flags)).toList()) {
                if (Files.getLastModifiedTime(source).compareTo(made) > 0) {
                    return false;
                }
            }
            return true;
        } catch (IOException e) {
            // none was made, which is as good as one that cannot be read
            return false;
        }
    }

    private Map<String, String> variables(Service service, StateDirectory state, Map<String, String> environment) {
        Map<String, String> all = new TreeMap<>(environment);
        all.keySet().removeIf(key -> key.startsWith(OURS));
        // glibc's default of 8 arenas for each core costs tens of MiB in a JVM
        all.putIfAbsent("MALLOC_ARENA_MAX", "2");
        List<String> settings = service == Service.AGENT ? AGENT_SETTINGS : CSI_SETTINGS;
        switch (service) {
            case AGENT -> {
                all.put("SAGARA_STATE_DIR", state.root().toString());
                all.put("SAGARA_NODE", NODE);
                all.put("SAGARA_PLUGINS_DIR", home.resolve("plugins").toString());
            }
            case CSI -> {
                all.put("SAGARA_AGENT_SOCKET", state.agentSocket().toString());
                all.put("SAGARA_CSI_SOCKET", state.csiSocket().toString());
            }
        }
        settings.stream().filter(environment::containsKey).forEach(key -> all.put(key, environment.get(key)));
        return all;
    }
}
