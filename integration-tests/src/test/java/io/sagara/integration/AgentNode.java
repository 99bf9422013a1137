package io.sagara.integration;

import io.grpc.StatusRuntimeException;
import io.sagara.api.UnixClient;
import io.sagara.api.v1.AgentGrpc;
import io.sagara.api.v1.ApplyPoolRequest;
import io.sagara.api.v1.CreateVolumeRequest;
import io.sagara.api.v1.DeleteVolumeRequest;
import io.sagara.api.v1.ExpandVolumeRequest;
import io.sagara.api.v1.GetInfoRequest;
import io.sagara.api.v1.GetPoolRequest;
import io.sagara.api.v1.ListVolumesRequest;
import io.sagara.api.v1.ListVolumesResponse;
import io.sagara.api.v1.PoolPhase;
import io.sagara.api.v1.PoolSpec;
import io.sagara.api.v1.PoolStatus;
import io.sagara.api.v1.Progress;
import io.sagara.api.v1.PublishVolumeRequest;
import io.sagara.api.v1.RemovePoolRequest;
import io.sagara.api.v1.ShutdownRequest;
import io.sagara.api.v1.StageVolumeRequest;
import io.sagara.api.v1.TlsMaterial;
import io.sagara.api.v1.UnpublishVolumeRequest;
import io.sagara.api.v1.UnstageVolumeRequest;
import io.sagara.api.v1.Volume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/// An agent of its own, as each node of a cluster has one: with its own name, address and state directory.
final class AgentNode implements AutoCloseable {
    /// Several agents start on one machine at the same time.
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Path home;
    private final String name;
    private final Path state;
    private final Map<String, String> settings;
    private final List<String> wrapper;
    private final UnixClient client;
    private Process process;

    /// Starts the agent and returns when it answers. `settings`: further environment variables. `wrapper`: a
    /// command that starts the one that is appended to it, such as `nsenter …`.
    AgentNode(Path home, String name, String address, Path state, Map<String, String> settings, String... wrapper)
            throws IOException {
        this.home = home;
        this.name = name;
        this.state = state;
        this.settings = new TreeMap<>(settings);
        this.settings.put("SAGARA_NODE", name);
        this.settings.put("SAGARA_ADDRESS", address);
        this.settings.put("SAGARA_STATE_DIR", state.toString());
        this.wrapper = List.of(wrapper);
        client = new UnixClient(state.resolve("agent.sock"));
        process = launch();
        awaitReady();
    }

    private Process launch() throws IOException {
        Files.createDirectories(state);
        Path distribution = home.resolve("deploy/target/sagara");
        List<String> command = new ArrayList<>(wrapper);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // so that whoever looks for what is left of this directory finds the agent as well
        command.add("-Dsagara.state=" + state);
        command.add("--module-path=" + distribution.resolve("lib/agent"));
        command.add("@" + distribution.resolve("conf/agent.jvm"));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
        builder.environment().keySet().removeIf(key -> key.startsWith("SAGARA_"));
        builder.environment()
                .put("SAGARA_PLUGINS_DIR", distribution.resolve("plugins").toString());
        builder.environment().putAll(settings);
        return builder.start();
    }

    private Path log() {
        return state.resolveSibling(state.getFileName() + ".out");
    }

    private void awaitReady() {
        try {
            Await.until(PATIENCE, "agent " + name + " is ready", this::ready, ready -> ready);
        } catch (Exception e) {
            throw new AssertionError("agent " + name + " did not become ready: " + said(), e);
        }
    }

    private boolean ready() {
        if (!process.isAlive()) {
            throw new AssertionError("agent " + name + " ended: " + said());
        }
        try {
            return agent().getInfo(GetInfoRequest.getDefaultInstance()).getReady();
        } catch (StatusRuntimeException e) {
            return false;
        }
    }

    /// What the agent has written to its output.
    String said() {
        try {
            return Files.readString(log());
        } catch (IOException e) {
            return e.toString();
        }
    }

    AgentGrpc.AgentBlockingStub agent() {
        return AgentGrpc.newBlockingStub(client.channel()).withDeadlineAfter(90, TimeUnit.SECONDS);
    }

    String name() {
        return name;
    }

    /// Makes the agent serve the pool; what it says at the end.
    PoolStatus apply(PoolSpec spec) {
        return apply(ApplyPoolRequest.newBuilder().setPool(spec).build());
    }

    /// The same with what the Secret holds that the pool names.
    PoolStatus apply(PoolSpec spec, TlsMaterial material) {
        return apply(
                ApplyPoolRequest.newBuilder().setPool(spec).setTls(material).build());
    }

    private PoolStatus apply(ApplyPoolRequest request) {
        Iterator<Progress> progress = agent().applyPool(request);
        PoolStatus last = PoolStatus.getDefaultInstance();
        while (progress.hasNext()) {
            Progress line = progress.next();
            last = line.hasPool() ? line.getPool() : last;
        }
        return last;
    }

    /// Has the agent forget the pool, with its data where `erase` is set.
    void remove(String pool, boolean erase) {
        agent().removePool(RemovePoolRequest.newBuilder()
                        .setName(pool)
                        .setErase(erase)
                        .build())
                .forEachRemaining(progress -> {});
    }

    PoolStatus pool(String pool) {
        return agent().getPool(GetPoolRequest.newBuilder().setName(pool).build());
    }

    PoolStatus awaitPhase(String pool, PoolPhase phase) throws Exception {
        return Await.until(
                PATIENCE,
                "pool " + pool + " is " + phase + " on " + name,
                () -> pool(pool),
                now -> now.getPhase() == phase);
    }

    Volume create(String volume, String pool, long bytes) {
        return agent().createVolume(CreateVolumeRequest.newBuilder()
                .setName(volume)
                .setPool(pool)
                .setSizeBytes(bytes)
                .build());
    }

    void delete(String volume) {
        var _ = agent().deleteVolume(
                        DeleteVolumeRequest.newBuilder().setName(volume).build());
    }

    Volume expand(String volume, long bytes) {
        return agent().expandVolume(ExpandVolumeRequest.newBuilder()
                .setName(volume)
                .setSizeBytes(bytes)
                .build());
    }

    /// Names and sizes of all volumes, as soon as there is nothing that cannot be read.
    Map<String, Long> list() throws Exception {
        ListVolumesResponse listed = Await.until(
                "the list of " + name + " is complete",
                () -> agent().listVolumes(ListVolumesRequest.getDefaultInstance()),
                list -> list.getProblemsCount() == 0);
        Map<String, Long> found = new TreeMap<>();
        listed.getVolumesList().forEach(volume -> found.put(volume.getName(), volume.getSizeBytes()));
        return found;
    }

    /// Stages the volume and publishes it at `target`.
    void publish(String volume, Path staging, Path target) {
        var _ = agent().stageVolume(StageVolumeRequest.newBuilder()
                .setName(volume)
                .setStagingPath(staging.toString())
                .build());
        var _ = agent().publishVolume(PublishVolumeRequest.newBuilder()
                .setName(volume)
                .setStagingPath(staging.toString())
                .setTargetPath(target.toString())
                .build());
    }

    /// As [#publish], for a volume that a PersistentVolume says is in that pool.
    void publish(String volume, String pool, Path staging, Path target) {
        var _ = agent().stageVolume(StageVolumeRequest.newBuilder()
                .setName(volume)
                .setStagingPath(staging.toString())
                .setPool(pool)
                .build());
        publish(volume, staging, target);
    }

    /// Undoes [#publish].
    void unpublish(String volume, Path staging, Path target) {
        var _ = agent().unpublishVolume(UnpublishVolumeRequest.newBuilder()
                .setName(volume)
                .setTargetPath(target.toString())
                .build());
        var _ = agent().unstageVolume(UnstageVolumeRequest.newBuilder()
                .setName(volume)
                .setStagingPath(staging.toString())
                .build());
    }

    Path state() {
        return state;
    }

    /// The agent's process.
    ProcessHandle handle() {
        return process.toHandle();
    }

    /// Kills the agent alone.
    void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    /// Ends everything of this node without any order, as a power cut does.
    void powerCut() {
        kill();
        for (long pid : Traces.processes(state)) {
            ProcessHandle.of(pid).ifPresent(left -> {
                left.destroyForcibly();
                left.onExit().join();
            });
        }
        for (String line : Traces.mounts(state).reversed()) {
            Shell.check("umount", "--lazy", Traces.mountPoint(line).toString());
        }
    }

    /// Starts the agent again after it has ended, and does not wait for anything.
    void start() throws IOException {
        process = launch();
    }

    /// Starts the agent again after it has ended, and returns when it has tried to take up its pools.
    void restart() throws IOException {
        process = launch();
        awaitReady();
    }

    @Override
    public void close() throws IOException {
        if (!process.isAlive()) {
            restart();
        }
        agent().shutdown(ShutdownRequest.newBuilder().setErase(true).build()).forEachRemaining(progress -> {});
        client.close();
        process.onExit().orTimeout(30, TimeUnit.SECONDS).join();
        Traces.remove(state);
    }
}
