package io.sagara.agent.pool;

import io.sagara.agent.brick.LogRotation;
import io.sagara.agent.file.StateDirectory;
import io.sagara.agent.mount.ClientHealth;
import io.sagara.agent.mount.ClientPatience;
import io.sagara.agent.mount.ClientSpec;
import io.sagara.agent.mount.ManagementMount;
import io.sagara.agent.mount.MountState;
import io.sagara.agent.mount.PoolClient;
import io.sagara.agent.posix.Posix;
import io.sagara.agent.process.life.DaemonReport;
import io.sagara.agent.process.life.Supervision;
import io.sagara.agent.process.life.Supervisor;
import io.sagara.api.v1.ProcessStatus;
import io.sagara.spi.Brick;
import io.sagara.spi.Cluster;
import io.sagara.spi.Layout;
import io.sagara.spi.Pool;
import io.sagara.spi.PoolMount;
import io.sagara.spi.PoolName;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import io.sagara.spi.Tls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The processes that serve one pool on this node besides its bricks: the quota daemon, where there are bricks
/// that ask it, and two clients, one that volumes are bound from and one that may set limits. Both are on every
/// node, for each may be asked to make volumes. Started and stopped by the pool's worker; any thread may ask.
final class GlusterClients {
    private static final Duration END = Duration.ofSeconds(15);
    private static final Duration GRACE = Duration.ofSeconds(5);
    private static final Duration FILES = Duration.ofSeconds(20);
    /// It is started again within a second when it has ended.
    private static final Duration QUOTA = Duration.ofSeconds(5);

    private static final String SELF_HEAL = "self-heal";

    /// What they are made with. `mounted`: hears of the pool each time a client that volumes are bound from is
    /// ready.
    record Tools(
            StateDirectory state,
            Supervision supervision,
            Posix posix,
            List<String> volfileServer,
            Backends backends,
            LogRotation logs,
            Consumer<PoolName> mounted) {}

    private final Tools tools;
    private volatile @Nullable Supervisor quota;
    private volatile @Nullable Supervisor selfHeal;
    private volatile @Nullable PoolClient volumes;
    private volatile @Nullable PoolClient management;

    GlusterClients(Tools tools) {
        this.tools = tools;
    }

    /// Starts or adopts the quota daemon, which bricks of this node need. Throws UNAVAILABLE where it does not
    /// run within `deadline`. Idempotent.
    void startQuota(Pool pool, Duration deadline, Consumer<String> progress) {
        if (pool.quota()) {
            progress.accept("starting the quota daemon");
            Supervisor supervisor = quota(pool.name());
            supervisor.start();
            var _ = supervisor.awaitRunning(deadline);
        }
    }

    /// Ends and starts the quota and the self-heal daemon, which serve the sets they were started with for ever.
    /// Throws UNAVAILABLE where they do not run within `deadline`.
    void renewDaemons(Pool pool, Duration deadline, Consumer<String> progress) {
        for (Supervisor daemon : new Supervisor[] {quota, selfHeal}) {
            if (daemon != null) {
                progress.accept("starting anew: " + daemon.report().name());
                daemon.stop();
                daemon.awaitStopped(END);
                daemon.start();
                var _ = daemon.awaitRunning(deadline);
            }
        }
    }

    /// Starts or adopts the clients; they connect by themselves. Idempotent.
    void startClients(Pool pool) {
        PoolClient _ = client(pool, ClientSpec.Kind.VOLUMES);
        PoolClient _ = client(pool, ClientSpec.Kind.MANAGEMENT);
    }

    /// Returns when the pool can be used. Throws UNAVAILABLE where it cannot within `deadline`.
    void awaitClients(Pool pool, Duration deadline) {
        volumes().awaitMounted(deadline);
        tools.mounted().accept(pool.name());
        management().awaitWhole(deadline);
    }

    /// Starts or adopts the self-heal daemon of a pool with copies. `server`: the identity of the bricks of
    /// this node. It does not wait: a pool is used while its copies are made equal. Idempotent.
    void startSelfHeal(Pool pool, UUID server, Consumer<String> progress) {
        if (pool.layout() instanceof Layout.Replica1) {
            return;
        }
        progress.accept("starting the self-heal daemon");
        selfHeal(pool.name(), server).start();
    }

    private Supervisor selfHeal(PoolName pool, UUID server) {
        Supervisor present = selfHeal;
        if (present == null) {
            present = supervised(PoolDaemon.selfHeal(pool, server, tools.state(), tools.volfileServer()));
            selfHeal = present;
        }
        return present;
    }

    private Supervisor quota(PoolName pool) {
        Supervisor present = quota;
        if (present == null) {
            present = supervised(PoolDaemon.quota(pool, tools.state(), tools.volfileServer()));
            quota = present;
        }
        return present;
    }

    private Supervisor supervised(PoolDaemon daemon) {
        Supervisor supervisor = tools.supervision().of(daemon);
        tools.logs().watch(daemon.spec().log(), () -> supervisor.signal("HUP"));
        return supervisor;
    }

    private PoolClient client(Pool pool, ClientSpec.Kind kind) {
        boolean forVolumes = kind == ClientSpec.Kind.VOLUMES;
        PoolClient present = forVolumes ? volumes : management;
        if (present == null) {
            present = PoolClient.start(
                    spec(pool, kind),
                    tools.supervision().daemons(),
                    tools.posix(),
                    tools.supervision().timer(),
                    tools.supervision().clock(),
                    ClientPatience.DEFAULT);
            if (forVolumes) {
                present.onRemount(() -> tools.mounted().accept(pool.name()));
                volumes = present;
            } else {
                management = present;
            }
        }
        return present;
    }

    private ClientSpec spec(Pool pool, ClientSpec.Kind kind) {
        PoolName name = pool.name();
        boolean forVolumes = kind == ClientSpec.Kind.VOLUMES;
        return new ClientSpec(
                name,
                bricks -> cluster(pool).enough(pool, bricks),
                kind,
                forVolumes ? tools.state().mount(name) : tools.state().managementMount(name),
                forVolumes ? name.value() : name + ".management",
                tools.volfileServer(),
                arguments(pool, forVolumes),
                tools.state().run(name).resolve(kind.role() + ".pid"),
                tools.state().log().resolve(name + "." + kind.role() + ".log"));
    }

    /// A client asks glusterd of a cluster for ports; the agent's own volfile server is never asked with TLS.
    private List<String> arguments(Pool pool, boolean forVolumes) {
        List<String> arguments = new ArrayList<>(forVolumes ? cluster(pool).mountArguments(pool) : List.of());
        if (pool.tls().filter(Tls::management).isPresent()) {
            arguments.add("--secure-mgmt=on");
        }
        return arguments;
    }

    private Cluster cluster(Pool pool) {
        return tools.backends().of(pool.backend()).cluster();
    }

    /// Unmounts and ends all of them, also those of an earlier agent. Idempotent.
    void stop(Pool pool, Consumer<String> progress) {
        progress.accept("unmounting the pool");
        for (ClientSpec.Kind kind : ClientSpec.Kind.values()) {
            PoolClient client = client(pool, kind);
            try {
                client.stop(GRACE);
                Files.deleteIfExists(client.spec().directory());
            } catch (IOException e) {
                throw new StorageException(
                        Problem.UNAVAILABLE,
                        "pool " + pool.name() + " cannot be unmounted from "
                                + client.spec().directory() + ": " + e.getMessage()
                                + "; see who uses it with 'fuser -vm', then repeat the request",
                        e);
            }
        }
        volumes = null;
        management = null;
        // one of an earlier agent is found by its pid file, whatever its identity was
        end(selfHeal(pool.name(), pool.id()));
        selfHeal = null;
        end(quota(pool.name()));
        quota = null;
    }

    private static void end(Supervisor supervisor) {
        supervisor.stop();
        supervisor.awaitStopped(END);
        supervisor.close();
    }

    /// Ends the watch and leaves the processes as they are, for the next agent.
    void leave() {
        closeIfThere(volumes);
        closeIfThere(management);
        for (Supervisor supervisor : new Supervisor[] {selfHeal, quota}) {
            if (supervisor != null) {
                supervisor.close();
            }
        }
    }

    private static void closeIfThere(@Nullable PoolClient client) {
        if (client != null) {
            client.close();
        }
    }

    /// The client that volumes are bound from; UNAVAILABLE where it was never started.
    PoolClient volumes() {
        return started(volumes);
    }

    /// The client that may set limits; UNAVAILABLE where it was never started.
    PoolClient management() {
        return started(management);
    }

    private static PoolClient started(@Nullable PoolClient client) {
        if (client == null) {
            throw new StorageException(
                    Problem.UNAVAILABLE,
                    "the pool is not mounted yet; look at 'sagara status' for the reason, then repeat the request");
        }
        return client;
    }

    /// The mount for provisioning; throws UNAVAILABLE at once where it cannot be used.
    PoolMount mount(Pool pool) {
        PoolClient client = management();
        Path _ = client.root();
        return new ManagementMount(pool, client, tools.posix(), FILES, this::requireQuota);
    }

    /// Throws UNAVAILABLE while the quota daemon of this node does not run: writes wait for it then, and fail.
    private void requireQuota() {
        Supervisor daemon = quota;
        if (daemon != null) {
            var _ = daemon.awaitRunning(QUOTA);
        }
    }

    /// Empty where the pool can be used, otherwise what is wrong and what to do.
    String problem() {
        return problems(process -> !process.getRole().equals(SELF_HEAL));
    }

    /// Empty where copies are kept equal, otherwise what is wrong and what to do. The pool can be used all
    /// the same.
    String healingProblem() {
        return problems(process -> process.getRole().equals(SELF_HEAL));
    }

    private String problems(Predicate<ProcessStatus> of) {
        return report().stream()
                .filter(of)
                .filter(process -> !process.getState().equals("RUNNING"))
                .map(process -> process.getRole() + ": " + process.getDetail())
                .collect(Collectors.joining("; "));
    }

    /// Which bricks a client is connected to, by index, which also notices a brick that hangs. Throws UNAVAILABLE
    /// where that cannot be seen.
    Map<Integer, Boolean> connected(Pool pool) {
        return connected(pool, management());
    }

    private static Map<Integer, Boolean> connected(Pool pool, PoolClient client) {
        try {
            return client.threads().call("looking at its bricks", FILES, client::bricks);
        } catch (IOException e) {
            throw new StorageException(
                    Problem.UNAVAILABLE,
                    "pool " + pool.name() + ": the connections to its bricks cannot be seen: " + e.getMessage()
                            + "; look at 'sagara status', then repeat it",
                    e);
        }
    }

    /// Whether the clients of this node work with the bricks of `pool`, those and no others, and are connected to
    /// all of them.
    boolean workWith(Pool pool) {
        Set<Integer> bricks = pool.bricks().stream().map(Brick::index).collect(Collectors.toSet());
        return Stream.of(volumes(), management())
                .map(client -> connected(pool, client))
                .allMatch(seen -> seen.keySet().equals(bricks) && !seen.containsValue(false));
    }

    /// Empty where every client is connected to every brick.
    String unconnected() {
        PoolClient client = management;
        return client == null ? "" : client.health().detail();
    }

    /// For status.
    List<ProcessStatus> report() {
        List<ProcessStatus> report = new ArrayList<>();
        daemon("quotad", quota, report);
        daemon(SELF_HEAL, selfHeal, report);
        for (PoolClient client : new PoolClient[] {volumes, management}) {
            if (client != null) {
                report.add(status(client.health()));
            }
        }
        return report;
    }

    private static void daemon(String role, @Nullable Supervisor supervisor, List<ProcessStatus> report) {
        if (supervisor != null) {
            report.add(status(role, supervisor.report()));
        }
    }

    private static ProcessStatus status(String role, DaemonReport daemon) {
        ProcessStatus.Builder status = ProcessStatus.newBuilder()
                .setRole(role)
                .setState(daemon.phase().name())
                .setDetail(daemon.phase() == DaemonReport.Phase.RUNNING ? "" : daemon.detail())
                .setRestarts(daemon.restarts());
        daemon.pid().ifPresent(status::setPid);
        return status.build();
    }

    private static ProcessStatus status(ClientHealth client) {
        ProcessStatus.Builder status = ProcessStatus.newBuilder()
                .setRole(client.role())
                .setState(
                        switch (client.state()) {
                            case MountState.Mounted _ -> "RUNNING";
                            case MountState.Unmounted _ -> "STARTING";
                            case MountState.Stalled _ -> "STALLED";
                            case MountState.Dead _ -> "BACKOFF";
                        })
                .setDetail(client.detail())
                .setRestarts(client.restarts());
        client.pid().ifPresent(status::setPid);
        return status.build();
    }
}
