package io.sagara.integration.bench;

import io.grpc.StatusRuntimeException;
import io.sagara.integration.CsiClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// From the start of an agent and a sidecar, both at once as in a pod, to the first Probe that says ready.
final class Startup {
    private static final Duration LOOK = Duration.ofMillis(2);
    private static final Duration LATEST = Duration.ofSeconds(60);
    private static final int STOP_SECONDS = 20;

    private final Path distribution;

    /// `distribution`: where Sagara is installed.
    Startup(Path distribution) {
        this.distribution = distribution;
    }

    /// Starts both on `state`, which nobody else serves, and stops them again; bricks and mounts stay.
    Duration measure(Path state) throws IOException, InterruptedException {
        Files.createDirectories(state.resolve("log"));
        Path agentSocket = state.resolve("agent.sock");
        Path csiSocket = state.resolve("csi.sock");
        Files.deleteIfExists(csiSocket);
        long start = System.nanoTime();
        Process agent = launch(
                state,
                "agent",
                "SAGARA_STATE_DIR=" + state,
                "SAGARA_NODE=localhost",
                "SAGARA_PLUGINS_DIR=" + distribution.resolve("plugins"));
        Process csi = launch(state, "csi", "SAGARA_AGENT_SOCKET=" + agentSocket, "SAGARA_CSI_SOCKET=" + csiSocket);
        try (CsiClient client = new CsiClient(csiSocket)) {
            while (!Files.exists(csiSocket) || !ready(client)) {
                if (System.nanoTime() - start > LATEST.toNanos() || !agent.isAlive() || !csi.isAlive()) {
                    throw new AssertionError("no Probe within " + LATEST + "; see the logs in " + state);
                }
                LockSupport.parkNanos(LOOK.toNanos());
            }
            return Duration.ofNanos(System.nanoTime() - start);
        } finally {
            stop(csi);
            stop(agent);
        }
    }

    private static boolean ready(CsiClient client) {
        try {
            return client.ready();
        } catch (StatusRuntimeException e) {
            // the socket is made a moment before someone listens
            return false;
        }
    }

    private Process launch(Path state, String service, String... environment) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(System.getProperty("java.home") + "/bin/java");
        command.add("-Dsagara." + service + "=" + state);
        command.add("--module-path=" + distribution.resolve("lib").resolve(service));
        Path cache = distribution.resolve("lib").resolve(service + ".aot");
        if (Files.isReadable(cache)) {
            command.add("-XX:AOTCache=" + cache);
        }
        command.add("@" + distribution.resolve("conf").resolve(service + ".jvm"));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        state.resolve("log").resolve(service + ".log").toFile()));
        builder.environment().keySet().removeIf(key -> key.startsWith("SAGARA_"));
        builder.environment().put("MALLOC_ARENA_MAX", "2");
        for (String setting : environment) {
            String[] pair = setting.split("=", 2);
            builder.environment().put(pair[0], pair[1]);
        }
        return builder.start();
    }

    private static void stop(Process process) throws InterruptedException {
        process.destroy();
        if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }
}
