package io.sagara.integration;

import io.grpc.StatusRuntimeException;
import io.sagara.api.UnixClient;
import io.sagara.api.v1.AgentGrpc;
import io.sagara.api.v1.AgentInfo;
import io.sagara.api.v1.GetInfoRequest;
import io.sagara.api.v1.GetPoolRequest;
import io.sagara.api.v1.PoolStatus;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// A running `sagara up` in a directory of its own. Everything it may leave behind names that directory.
public final class Standalone implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(50);
    private static final Duration STOP = Duration.ofSeconds(60);

    private final Path home;
    private final Path state;
    private final Path pools;
    private final Map<String, String> environment;
    private final List<String> output = Collections.synchronizedList(new ArrayList<>());
    private Process process;
    private CountDownLatch ready = new CountDownLatch(1);

    /// Starts Sagara from the checkout at `home` with its state in `state` and the pools of a YAML file, and
    /// returns when it has said `ready`. Fails with all it said when it ends before that.
    public Standalone(Path home, Path state, Path pools) {
        this(home, state, pools, Map.of());
    }

    /// As the other one, with `environment` added to this process' own.
    public Standalone(Path home, Path state, Path pools, Map<String, String> environment) {
        this.home = home;
        this.state = state;
        this.pools = pools;
        this.environment = Map.copyOf(environment);
        process = launch();
        awaitReady();
    }

    private Process launch() {
        try {
            ProcessBuilder builder = new ProcessBuilder(
                            script().toString(), "up", "--state", state.toString(), "--file", pools.toString())
                    .redirectErrorStream(true);
            builder.environment().putAll(environment);
            Process started = builder.start();
            CountDownLatch signal = ready;
            Thread.ofVirtual().name("sagara-up-output").start(() -> read(started, signal));
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read(Process from, CountDownLatch signal) {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(from.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                output.add(line);
                if (line.strip().equals("ready")) {
                    signal.countDown();
                }
            }
        } catch (IOException e) {
            output.add("(output ended: " + e.getMessage() + ")");
        } finally {
            signal.countDown();
        }
    }

    private void awaitReady() {
        try {
            boolean said = ready.await(START.toSeconds(), TimeUnit.SECONDS);
            if (!said || output.stream().noneMatch(line -> line.strip().equals("ready"))) {
                throw new AssertionError("sagara up did not become ready:\n" + String.join("\n", output));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private Path script() {
        return home.resolve("sagara");
    }

    /// All that `sagara up` has said so far, a copy.
    public List<String> output() {
        synchronized (output) {
            return List.copyOf(output);
        }
    }

    /// The CSI socket.
    public Path csiSocket() {
        return state.resolve("csi.sock");
    }

    /// The agent's socket.
    public Path agentSocket() {
        return state.resolve("agent.sock");
    }

    /// The state directory.
    public Path state() {
        return state;
    }

    /// The `sagara up` process.
    public Process process() {
        return process;
    }

    /// What the agent says of itself.
    public AgentInfo info() {
        try (UnixClient client = new UnixClient(agentSocket())) {
            return AgentGrpc.newBlockingStub(client.channel())
                    .withDeadlineAfter(10, TimeUnit.SECONDS)
                    .getInfo(GetInfoRequest.getDefaultInstance());
        }
    }

    /// Waits until an agent with another pid than `former` says it is ready, at most a minute.
    public AgentInfo awaitAgentAfter(long former) {
        long deadline = System.nanoTime() + START.toNanos();
        while (true) {
            try {
                AgentInfo info = info();
                if (info.getPid() != former && info.getReady()) {
                    return info;
                }
            } catch (StatusRuntimeException e) {
                // not listening yet: exactly what is waited for
                if (System.nanoTime() > deadline) {
                    throw new AssertionError("no new agent within " + START, e);
                }
            }
            if (System.nanoTime() > deadline) {
                throw new AssertionError("no new agent is ready within " + START);
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
    }

    /// The status of a pool.
    public PoolStatus pool(String name) {
        try (UnixClient client = new UnixClient(agentSocket())) {
            return AgentGrpc.newBlockingStub(client.channel())
                    .withDeadlineAfter(10, TimeUnit.SECONDS)
                    .getPool(GetPoolRequest.newBuilder().setName(name).build());
        }
    }

    /// Kills `sagara up` and its agent and sidecar with SIGKILL, as a crash of all of them would; bricks and
    /// mounts go on.
    public void kill() {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
        children.forEach(child -> child.onExit().join());
        process.onExit().join();
    }

    /// Starts `sagara up` again after [#kill], and returns when it is ready.
    public void restart() {
        output.clear();
        ready = new CountDownLatch(1);
        process = launch();
        awaitReady();
    }

    /// Runs another `sagara` command on the same state, such as `status` or `pool`, `list`.
    public Shell.Result sagara(String command, String... arguments) {
        List<String> argv = new ArrayList<>(List.of(script().toString(), command));
        argv.addAll(List.of(arguments));
        argv.addAll(List.of("--state", state.toString()));
        return Shell.run(STOP, argv);
    }

    /// Stops everything and removes all data and state. Fails when that does not succeed.
    @Override
    public void close() {
        Shell.Result down = sagara("down", "--purge");
        process.destroy();
        if (process.onExit()
                        .orTimeout(STOP.toSeconds(), TimeUnit.SECONDS)
                        .join()
                        .isAlive()
                || down.exitCode() != 0) {
            throw new AssertionError("sagara down --purge failed: " + down.output() + "\n" + String.join("\n", output));
        }
        if (Files.exists(state)) {
            throw new AssertionError("sagara down --purge left " + state);
        }
    }
}
