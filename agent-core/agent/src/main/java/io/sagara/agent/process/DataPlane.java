package io.sagara.agent.process;

import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The container that daemons are started in where the agent's own may go at any time: when a container is
/// deleted, everything in its cgroups is killed, and its mounts are undone. A daemon that is in all cgroups of
/// this one, and in its mount namespace, belongs to it, whoever started it.
///
/// The container's first process writes its pid, and behind it when it started (field 22 of /proc/PID/stat),
/// into a file that both containers see.
public final class DataPlane {
    /// What joins the cgroups before anything else runs: every argument up to `--` is the `cgroup.procs` of
    /// one, to which 0 means the writer.
    static final String JOIN = "while [ \"$1\" != -- ]; do echo 0 > \"$1\" || exit 1; shift; done; shift; exec \"$@\"";

    private static final String UNIFIED = "";
    private static final String NAMED = "name=";
    private static final String PROCS = "cgroup.procs";

    private final Path proc;
    private final Path pidFile;
    private final Path cgroups;

    /// `pidFile`: written by the container. `cgroups`: where the machine's cgroup file systems are mounted.
    public DataPlane(Path pidFile, Path cgroups) {
        this(Path.of("/proc"), pidFile, cgroups);
    }

    DataPlane(Path proc, Path pidFile, Path cgroups) {
        this.proc = proc;
        this.pidFile = pidFile;
        this.cgroups = cgroups;
    }

    /// The container as it is now.
    record Container(DaemonProcess process, Map<String, String> cgroups) {}

    /// Throws UNAVAILABLE while it does not run.
    Container container() {
        String[] fields = read(pidFile)
                .orElseThrow(() -> away("has not written it"))
                .strip()
                .split("\\s+");
        try {
            DaemonProcess process = started(Long.parseLong(fields[0]));
            if (fields.length > 1 && process.startTicks() != Long.parseLong(fields[1])) {
                throw away("with pid " + fields[0] + " has ended and another process has that pid");
            }
            return new Container(process, cgroupsOf(process.pid()));
        } catch (NumberFormatException e) {
            throw new StorageException(
                    Problem.UNAVAILABLE,
                    "the data plane's pid file " + pidFile + " holds '" + String.join(" ", fields)
                            + "', which is no pid with an optional start time; look at the data-plane container",
                    e);
        }
    }

    private DaemonProcess started(long pid) {
        return new ProcessTable(proc).find(pid).orElseThrow(() -> away("with pid " + pid + " does not run"));
    }

    private StorageException away(String what) {
        return new StorageException(
                Problem.UNAVAILABLE,
                "the data-plane container of the pid file " + pidFile + " " + what
                        + "; daemons are started when it runs: look at the data-plane pod of this node");
    }

    /// The paths of a process' cgroups by their hierarchy, as /proc/PID/cgroup names it.
    private Map<String, String> cgroupsOf(long pid) {
        Path file = proc.resolve(Long.toString(pid)).resolve("cgroup");
        Map<String, String> found = new LinkedHashMap<>();
        for (String line : read(file).orElseThrow(() -> away("has just ended")).split("\n", -1)) {
            String[] fields = line.split(":", 3);
            if (fields.length == 3) {
                found.put(fields[1], fields[2]);
            }
        }
        return found;
    }

    /// `command`, started in all cgroups and then in the mount namespace of the container. Throws UNAVAILABLE
    /// while the container does not run, and UNSUPPORTED where one of its cgroups cannot be joined: a daemon
    /// that is left in the agent's would die with it.
    List<String> enter(Container container, Programs programs, List<String> command) {
        List<String> argv = new ArrayList<>(programs.resolve(List.of("sh", "-c", JOIN, "sh")));
        Map<String, String> own = cgroupsOf(ProcessHandle.current().pid());
        container.cgroups().forEach((hierarchy, path) -> {
            if (!path.equals(own.get(hierarchy))) {
                argv.add(procs(hierarchy, path).toString());
            }
        });
        argv.add("--");
        argv.addAll(programs.resolve(
                List.of("nsenter", "--mount=" + proc + "/" + container.process().pid() + "/ns/mnt", "--")));
        argv.addAll(command);
        return argv;
    }

    private Path procs(String hierarchy, String path) {
        String inside = path.startsWith("/") ? path.substring(1) : path;
        return homes(hierarchy)
                .map(home -> cgroups.resolve(home).resolve(inside).resolve(PROCS))
                .filter(Files::isRegularFile)
                .findFirst()
                .orElseThrow(() -> new StorageException(
                        Problem.UNSUPPORTED,
                        "the cgroup " + path + " (" + (hierarchy.isEmpty() ? "v2" : hierarchy)
                                + ") of the data-plane container is not to be found below " + cgroups
                                + ", and a daemon that cannot join it would die with the agent's container; mount the"
                                + " host's /sys/fs/cgroup there, in a container with the host's cgroup namespace"
                                + " (privileged), or set SAGARA_CGROUP_ROOT"));
    }

    /// The directories a hierarchy may be mounted at: the unified one alone or beside others, the others by
    /// their controllers.
    private static Stream<String> homes(String hierarchy) {
        if (hierarchy.equals(UNIFIED)) {
            return Stream.of("", "unified");
        }
        String name = hierarchy.startsWith(NAMED) ? hierarchy.substring(NAMED.length()) : hierarchy;
        return Stream.concat(Stream.of(name), Stream.of(name.split(",")));
    }

    /// Throws UNSUPPORTED where the daemon is not in the same cgroups and the same mount namespace, or a child
    /// of it.
    void requireInside(Container container, DaemonProcess daemon) {
        Map<String, String> cgroupsOfDaemon = cgroupsOf(daemon.pid());
        if (!cgroupsOfDaemon.equals(container.cgroups())) {
            throw new StorageException(
                    Problem.UNSUPPORTED,
                    "process " + daemon.pid() + " is in the cgroups " + cgroupsOfDaemon
                            + " and not in those of the data-plane container, " + container.cgroups()
                            + "; it would die with the agent's container and was ended");
        }
    }

    private static Optional<String> read(Path file) {
        try {
            return Optional.of(Files.readString(file));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new StorageException(
                    Problem.UNAVAILABLE,
                    file + " cannot be read: " + e.getMessage() + "; daemons cannot be started",
                    e);
        }
    }
}
