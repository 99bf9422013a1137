package io.sagara.integration;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// The test cluster, with Sagara deployed as users do it.
final class Kubernetes implements AutoCloseable {
    /// Building Kubernetes' programs and the image takes longest, and is done once.
    private static final Duration PATIENCE = Duration.ofMinutes(40);

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Path DIRECTORY = Path.of("/var/lib/sagara-cluster");

    private Kubernetes() {}

    /// Starts it; skips the test where that cannot be.
    static Kubernetes up(int nodes) {
        assumeTrue("root".equals(System.getProperty("user.name")), "SKIPPED: needs root");
        assumeTrue(Files.isWritable(Path.of("/dev/fuse")), "SKIPPED: /dev/fuse cannot be opened");
        assumeTrue(
                onPath("go", "/usr/local/go/bin"), "SKIPPED: Kubernetes is built from source here, and there is no Go");
        for (String program : List.of("containerd", "runc", "mmdebstrap", "iptables", "openssl")) {
            assumeTrue(Scene.installed(program), "SKIPPED: " + program + " is not installed");
        }
        assumeTrue(!Files.exists(DIRECTORY), "SKIPPED: there is a cluster already; end it with ./sagara cluster down");
        Kubernetes cluster = new Kubernetes();
        try {
            cluster.command(PATIENCE, "up", String.valueOf(nodes));
            cluster.command(PATIENCE, "deploy");
        } catch (Throwable e) {
            cluster.close();
            throw e;
        }
        return cluster;
    }

    private static boolean onPath(String program, String more) {
        return Stream.concat(Stream.of(System.getenv("PATH").split(":")), Stream.of(more))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    /// What `kubectl` prints; fails unless it succeeds.
    String kubectl(String... arguments) {
        return command(
                MINUTE,
                Stream.concat(Stream.of("kubectl"), Stream.of(arguments)).toArray(String[]::new));
    }

    /// As [#kubectl], and how it ended.
    Shell.Result tryKubectl(String... arguments) {
        return run(
                MINUTE,
                Stream.concat(Stream.of("kubectl"), Stream.of(arguments)).toList());
    }

    /// Waits until every pod of the DaemonSet is of its newest kind and ready.
    void awaitRollout(String daemonSet) {
        command(
                Duration.ofMinutes(5),
                "kubectl",
                "-n",
                "kadalu",
                "rollout",
                "status",
                "daemonset/" + daemonSet,
                "--timeout=280s");
    }

    /// Pulls the plug of a node and puts it back.
    void reboot(String node) {
        command(MINUTE, "stop", node);
        command(MINUTE, "start", node);
    }

    /// What a command on a node prints; fails unless it succeeds.
    String onNode(String node, String... command) {
        return command(
                MINUTE,
                Stream.concat(Stream.of("node", node), Stream.of(command)).toArray(String[]::new));
    }

    /// The first process of the machine whose network has the switch that joins the nodes.
    long controlPlane() throws IOException {
        String outer = Files.readString(DIRECTORY.resolve("pid/control")).split(" ", -1)[0];
        return ProcessHandle.of(Long.parseLong(outer))
                .flatMap(process -> process.children().findFirst())
                .orElseThrow(() -> new IOException("the control plane does not run"))
                .pid();
    }

    /// Applies a file of the test resources.
    void apply(String name) {
        kubectl("apply", "-f", resource(name));
    }

    void delete(String name) {
        kubectl("delete", "--wait", "--timeout=50s", "-f", resource(name));
    }

    private static String resource(String name) {
        return Scene.home()
                .resolve("integration-tests/src/test/resources/kubernetes")
                .resolve(name)
                .toString();
    }

    /// Waits for a field of an object, which is given as a JSON path. Pools are in our namespace.
    String await(String object, String field, String wanted) throws Exception {
        String namespace = object.startsWith("kds/") ? "kadalu" : "default";
        return Await.until(
                Duration.ofMinutes(3),
                object + " " + field + " " + wanted,
                () -> tryKubectl("-n", namespace, "get", object, "-o", "jsonpath={" + field + "}")
                        .output(),
                wanted::equals);
    }

    private String command(Duration deadline, String... arguments) {
        Shell.Result result = run(deadline, List.of(arguments));
        if (result.exitCode() != 0) {
            throw new AssertionError("cluster.sh " + String.join(" ", arguments) + " failed: " + result.output());
        }
        return result.output();
    }

    private static Shell.Result run(Duration deadline, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Scene.home().resolve("integration-tests/cluster/cluster.sh").toString());
        command.addAll(arguments);
        return Shell.run(deadline, command);
    }

    /// Ends it; throws where something is left.
    @Override
    public void close() {
        command(Duration.ofMinutes(3), "down");
        List<String> left = Traces.of(DIRECTORY);
        if (!left.isEmpty()) {
            throw new AssertionError("left of the cluster: " + left);
        }
    }
}
