package io.sagara.agent.pool;

import io.sagara.agent.AgentConfig;
import io.sagara.agent.block.NodeVolumes;
import io.sagara.agent.brick.BrickContents;
import io.sagara.agent.brick.GlusterfsdBricks;
import io.sagara.agent.brick.LogRotation;
import io.sagara.agent.brick.PortRange;
import io.sagara.agent.file.StateDirectory;
import io.sagara.agent.heal.EmptyBrick;
import io.sagara.agent.mount.PoolClient;
import io.sagara.agent.operation.DaemonSocket;
import io.sagara.agent.plugin.BackendPlugins;
import io.sagara.agent.posix.JnrPosix;
import io.sagara.agent.posix.Posix;
import io.sagara.agent.process.DataPlane;
import io.sagara.agent.process.LinuxDaemons;
import io.sagara.agent.process.ProcessCommands;
import io.sagara.agent.process.life.DaemonReport;
import io.sagara.agent.process.life.Patience;
import io.sagara.agent.process.life.Supervision;
import io.sagara.agent.publish.PublishedVolumes;
import io.sagara.agent.publish.TargetRules;
import io.sagara.agent.rebalance.Rebalance;
import io.sagara.agent.rebalance.RebalanceJob;
import io.sagara.agent.time.Timer;
import io.sagara.agent.tls.PoolCertificates;
import io.sagara.agent.volfileserver.VolfileServer;
import io.sagara.agent.volume.PoolVolumeSet;
import io.sagara.agent.volume.VolumeService;
import io.sagara.agent.volume.disk.SubdirProvisioning;
import io.sagara.api.v1.BrickStatus;
import io.sagara.api.v1.PoolSpec;
import io.sagara.spi.BackendHost;
import io.sagara.spi.Brick;
import io.sagara.spi.Bytes;
import io.sagara.spi.Commands;
import io.sagara.spi.Pool;
import io.sagara.spi.PoolName;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/// Everything that serves pools, put together: the wiring of the agent below its socket. Closing it lets go of
/// all pools and leaves their processes and mounts as they are.
public final class AgentPools implements AutoCloseable {
    // a day of a busy brick's warnings; three files of it a process
    private static final Bytes LOG_LIMIT = Bytes.mib(10);
    private static final int LOGS_KEPT = 3;
    private static final Duration LOG_LOOK = Duration.ofMinutes(1);

    private final AgentConfig config;
    private final StateDirectory state;
    private final InstantSource clock = InstantSource.system();
    private final Posix posix = new JnrPosix();
    private final Commands commands = new ProcessCommands();
    private final Supervision supervision;
    private final LogRotation logs;
    private final VolfileServer graphs;
    private final GlusterfsdBricks bricks;
    private final BackendPlugins plugins;
    private final Backends backends;
    private final PortRange ports;
    private final DesiredState desired;
    private final PublishedVolumes published;
    private final NodeVolumes node;
    private final VolumeService volumes;
    private final Pools pools;

    /// Loads the backends and prepares everything; nothing is served before [#resume].
    public AgentPools(AgentConfig config, Timer timer) throws IOException {
        this.config = config;
        state = new StateDirectory(config.stateDirectory());
        plugins = new BackendPlugins(state.plugins(), this::host);
        Optional<DataPlane> dataPlane = config.dataPlane().map(pid -> new DataPlane(pid, config.cgroups()));
        supervision = new Supervision(new LinuxDaemons(dataPlane), timer, clock, Patience.DEFAULT);
        logs = new LogRotation(timer, LOG_LOOK, LOG_LIMIT, LOGS_KEPT);
        graphs = VolfileServer.listen(state.volfileSocket(), timer, _ -> {});
        bricks = new GlusterfsdBricks(state.root(), graphs.arguments(), supervision, posix, logs, _ -> {});
        backends = new InstalledBackends(plugins.load(config.plugins()));
        ports = new PortRange(config.firstPort(), config.lastPort());
        desired = new DesiredState(state.pools(), state.tls());
        var around = new PublishedVolumes.Surroundings(
                posix,
                timer,
                state.published(),
                state.mounts(),
                new TargetRules(config.kubeletDirectory(), state.root(), this::storage),
                name -> volumes().require(name),
                name -> volumes().locate(name),
                this::client,
                (pool, volume) -> volumes().caveat(pool, volume),
                (pool, volume) -> volumes().counted(pool, volume));
        published = new PublishedVolumes(around);
        node = new NodeVolumes(
                published,
                around,
                commands,
                clock,
                new NodeVolumes.Node(config.node(), state.agentId(), state.blocks()));
        volumes = new VolumeService(node::isPublished);
        pools = new Pools(
                new PoolPlan(config.node(), config.address(), UUID::randomUUID, state.tls()),
                desired,
                backends,
                this::runtime,
                new PoolReport(this::describe, published::repairs),
                this::forget);
    }

    private void forget(PoolName pool) {
        volumes.remove(pool);
        published.forget(pool);
    }

    private List<Path> storage() {
        return pools.storage();
    }

    private BackendHost host(String type) {
        return new AgentHost(
                config.node(),
                state.backend(type),
                commands,
                new NativeVolfiles(config.address()),
                bricks,
                new SubdirProvisioning(clock));
    }

    private PoolRuntime runtime(PoolSpec spec) {
        Pool pool = PoolSpecs.pool(spec);
        pool.bricks().stream().map(Brick::port).filter(port -> port != 0).forEach(ports::keep);
        GlusterClients clients = new GlusterClients(new GlusterClients.Tools(
                state, supervision, posix, graphs.arguments(), backends, logs, published::heal));
        AtomicReference<PoolSpec> current = new AtomicReference<>(spec);
        LocalBricks local = new LocalBricks(backends, config.node());
        PoolVolumeSet set = new PoolVolumeSet(
                new ServedPool(current::get, clients, backends, local), state.agentId(), clock, config.trashTtl());
        Graphs served = new Graphs(graphs, backends);
        PoolRuntime runtime = new PoolRuntime(
                current,
                new PoolRuntime.Surroundings(
                        local,
                        served,
                        clients,
                        set,
                        new QuotaRecount(posix, this::pid),
                        new BrickContents(posix),
                        care(current, served),
                        new PoolCertificates(
                                pool.name(), state.tls().resolve(pool.name().value()), clock),
                        desired,
                        brick -> ports.take(brick.address()),
                        supervision.timer()));
        volumes.add(set);
        return runtime;
    }

    private PoolCare care(AtomicReference<PoolSpec> spec, Graphs served) {
        Supplier<Pool> pool = () -> PoolSpecs.pool(Objects.requireNonNull(spec.get()));
        PoolName name = pool.get().name();
        return new PoolCare(
                pool,
                new PoolCare.Tools(
                        new EmptyBrick(state, supervision.daemons(), posix),
                        posix,
                        commands,
                        state.run(name).resolve("heal.vol"),
                        () -> served.client(pool.get()),
                        new DaemonSocket(PoolDaemon.healSocket(name, state)),
                        new Rebalance(
                                name,
                                pool.get().id(),
                                state,
                                supervision.daemons(),
                                clock,
                                () -> job(pool.get(), served)),
                        clock));
    }

    private RebalanceJob job(Pool pool, Graphs served) {
        Brick own = pool.bricks().stream()
                .filter(brick -> brick.unit().node().equals(config.node()))
                .findFirst()
                .orElseThrow(() -> new StorageException(
                        Problem.UNSUPPORTED,
                        "pool " + pool.name() + " has no units on node " + config.node()
                                + ", so nothing can be moved from here; ask a node that has some"));
        String graph = served.rebalance(pool)
                .orElseThrow(() -> new StorageException(
                        Problem.UNSUPPORTED,
                        "pool " + pool.name() + ": its storage backend cannot move files between sets"));
        return new RebalanceJob(graph, pool.name() + "-dht", pool.server(own), pool.leaving());
    }

    private void describe(Pool pool, Brick brick, BrickStatus.Builder status) {
        bricks.report(pool, brick).ifPresent(report -> {
            status.setState(report.phase().name()).setRestarts(report.restarts());
            if (report.phase() != DaemonReport.Phase.RUNNING) {
                status.setDetail(report.detail());
            }
            report.pid().ifPresent(status::setPid);
        });
    }

    private OptionalLong pid(Pool pool, Brick brick) {
        return bricks.report(pool, brick).map(DaemonReport::pid).orElse(OptionalLong.empty());
    }

    private PoolClient client(PoolName pool) {
        return pools.client(pool);
    }

    /// Takes up every pool of the desired state; returns at once.
    public void resume() {
        pools.resume();
    }

    /// The pools.
    public Pools pools() {
        return pools;
    }

    /// The backends that are loaded.
    public Backends backends() {
        return backends;
    }

    /// The volumes of all pools.
    public VolumeService volumes() {
        return volumes;
    }

    /// Volumes as pods of this node see them.
    public NodeVolumes published() {
        return node;
    }

    /// The user this agent runs as.
    public int userId() {
        return posix.userId();
    }

    @Override
    public void close() throws IOException {
        node.close();
        pools.leaveAll();
        bricks.close();
        logs.close();
        graphs.close();
        plugins.close();
    }
}
