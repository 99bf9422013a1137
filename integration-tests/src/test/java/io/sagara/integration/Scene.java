package io.sagara.integration;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A directory for one test, with everything in it and around it taken back at the end. What a test leaves
/// behind fails it.
final class Scene {
    static final long MIB = 1024L * 1024;

    private final Path directory;
    private final List<AutoCloseable> open = new ArrayList<>();

    Scene() throws IOException {
        assumeTrue(Files.isWritable(Path.of("/dev/fuse")), "SKIPPED: /dev/fuse cannot be opened");
        assumeTrue("root".equals(System.getProperty("user.name")), "SKIPPED: needs root");
        assumeTrue(installed("glusterfsd"), "SKIPPED: glusterfsd is not installed (package glusterfs-server)");
        directory = Files.createTempDirectory("sagara-it-");
    }

    static boolean installed(String program) {
        return List.of("/usr/sbin", "/usr/bin", "/sbin", "/bin").stream()
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    static Path home() {
        return Path.of(System.getProperty("sagara.home", "..")).toAbsolutePath().normalize();
    }

    Path path(String name) {
        return directory.resolve(name);
    }

    Path newDirectory(String name) throws IOException {
        return Files.createDirectories(path(name));
    }

    /// A sparse file to be used as a device.
    Path newDisk(String name, String size) {
        Shell.check("truncate", "--size", size, path(name).toString());
        return path(name);
    }

    /// A Replica1 pool whose one unit is the line `unit`, such as `path: /data`.
    static String replica1(String name, String... unit) {
        StringBuilder yaml = new StringBuilder("""
                ---
                apiVersion: kadalu-operator.storage/v1alpha1
                kind: KadaluStorage
                metadata:
                  name: %s
                spec:
                  type: Replica1
                  storage:
                    - node: localhost
                """.formatted(name));
        for (String line : unit) {
            yaml.append("      ").append(line).append('\n');
        }
        return yaml.toString();
    }

    /// The pool `p1`, whose `units` are the directories d0, d1, … of this scene. `fields`: those of its spec but
    /// for `storage`; each line after the first is indented as in the file, by two spaces at least.
    String pool(String fields, int units) throws IOException {
        StringBuilder yaml = new StringBuilder("""
                apiVersion: kadalu-operator.storage/v1alpha1
                kind: KadaluStorage
                metadata:
                  name: p1
                spec:
                  %s
                  storage:
                """.formatted(fields));
        for (int i = 0; i < units; i++) {
            yaml.append("    - node: localhost\n      path: ")
                    .append(newDirectory("d" + i))
                    .append('\n');
        }
        return yaml.toString();
    }

    Path yaml(String... documents) throws IOException {
        return Files.writeString(Files.createTempFile(directory, "pools", ".yaml"), String.join("", documents));
    }

    Standalone up(String state, Path yaml) {
        return keep(new Standalone(home(), path(state), yaml));
    }

    CsiClient csi(Standalone sagara) {
        return keep(new CsiClient(sagara.csiSocket()));
    }

    <T extends AutoCloseable> T keep(T resource) {
        open.add(resource);
        return resource;
    }

    /// Takes everything back; throws where something is left.
    void close() throws Exception {
        List<String> failures = new ArrayList<>();
        for (AutoCloseable resource : open.reversed()) {
            try {
                resource.close();
            } catch (Exception | AssertionError e) {
                failures.add(e.toString());
            }
        }
        failures.addAll(Traces.of(path("state")));
        Traces.remove(directory);
        failures.addAll(Traces.of(directory));
        if (!failures.isEmpty()) {
            throw new AssertionError(String.join("\n", failures));
        }
    }
}
