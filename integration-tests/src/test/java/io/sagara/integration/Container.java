package io.sagara.integration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What makes a container for those in it: cgroups of its own in every hierarchy, and a mount namespace.
/// Killing it kills everything in its cgroups, as a container runtime does.
final class Container implements AutoCloseable {
    private static final Path ROOT = Path.of("/sys/fs/cgroup");
    private static final String JOIN =
            "while [ \"$1\" != -- ]; do echo 0 > \"$1\" || exit 1; shift; done; shift; exec \"$@\"";

    private final List<Path> groups = new ArrayList<>();

    /// Makes the cgroups; `name` is the last part of their paths.
    Container(String name) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/cgroup"))) {
            String[] fields = line.split(":", 3);
            String inside = fields[2].substring(1);
            Optional<Path> parent = Stream.of(fields[1].replace("name=", ""), "unified", "")
                    .filter(home -> home.isEmpty() == fields[1].isEmpty() || home.equals("unified"))
                    .map(home -> ROOT.resolve(home).resolve(inside))
                    .filter(directory -> Files.exists(directory.resolve("cgroup.procs")))
                    .findFirst();
            if (parent.isPresent()) {
                groups.add(make(parent.get(), name));
            }
        }
    }

    private static Path make(Path parent, String name) throws IOException {
        Path group = Files.createDirectory(parent.resolve(name));
        // a v1 cpuset takes no process before it is told what it has
        for (String file : List.of("cpuset.cpus", "cpuset.mems")) {
            if (Files.exists(group.resolve(file)) && Files.exists(parent.resolve("cgroup.clone_children"))) {
                Files.writeString(group.resolve(file), Files.readString(parent.resolve(file)));
            }
        }
        return group;
    }

    /// The beginning of a command line that runs what is appended to it in here, in a mount namespace of its
    /// own which shares what is shared.
    String[] enter() {
        List<String> argv = new ArrayList<>(List.of("sh", "-c", JOIN, "sh"));
        groups.forEach(group -> argv.add(group.resolve("cgroup.procs").toString()));
        argv.addAll(List.of("--", "unshare", "--mount", "--propagation", "unchanged", "--"));
        return argv.toArray(String[]::new);
    }

    /// How many cgroups it has.
    int cgroups() {
        return groups.size();
    }

    /// The processes in here.
    List<Long> processes() throws IOException {
        List<Long> pids = new ArrayList<>();
        for (Path group : groups) {
            Files.readAllLines(group.resolve("cgroup.procs")).stream()
                    .map(Long::valueOf)
                    .filter(pid -> !pids.contains(pid))
                    .forEach(pids::add);
        }
        return pids;
    }

    /// Kills everything in here, again and again until there is nothing.
    void kill() throws IOException {
        List<Long> left = processes();
        while (!left.isEmpty()) {
            for (long pid : left) {
                ProcessHandle.of(pid).ifPresent(process -> {
                    process.destroyForcibly();
                    process.onExit().join();
                });
            }
            left = processes();
        }
    }

    @Override
    public void close() throws IOException {
        kill();
        for (Path group : groups) {
            Files.delete(group);
        }
    }
}
