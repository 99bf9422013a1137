package io.sagara.agent.publish;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The mount namespaces of this machine, as far as /proc shows their processes.
final class Namespaces {
    private static final Path PROC = Path.of("/proc");
    private static final Path ROOT = Path.of("/");

    private Namespaces() {}

    /// For each namespace the processes through which all of its mounts can be reached: one that has the root of
    /// the namespace as its own, and one for each other root, because what lies outside of its root a process
    /// does not see. The more comes first.
    static List<List<Long>> processes() throws IOException {
        Map<String, Map<Path, Long>> found = new TreeMap<>();
        try (DirectoryStream<Path> directories = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path directory : directories) {
                look(directory, found);
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return found.values().stream().map(Namespaces::rootFirst).toList();
    }

    private static void look(Path directory, Map<String, Map<Path, Long>> found) {
        try {
            String namespace =
                    Files.readSymbolicLink(directory.resolve("ns/mnt")).toString();
            Path root = Files.readSymbolicLink(directory.resolve("root"));
            var _ = found.computeIfAbsent(namespace, _ -> new TreeMap<>())
                    .putIfAbsent(root, Long.parseLong(String.valueOf(directory.getFileName())));
        } catch (IOException e) {
            // it has ended meanwhile, or is a zombie, which has no mounts
        }
    }

    private static List<Long> rootFirst(Map<Path, Long> byRoot) {
        List<Long> pids = new ArrayList<>();
        Long whole = byRoot.get(ROOT);
        if (whole != null) {
            pids.add(whole);
        }
        byRoot.forEach((root, pid) -> {
            if (!root.equals(ROOT)) {
                pids.add(pid);
            }
        });
        return pids;
    }
}
