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
import io.sagara.spi.Pool;
import io.sagara.spi.PoolMount;
import io.sagara.spi.PoolName;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The processes that serve one pool on this node besides its bricks: the quota daemon and two clients, one
/// that volumes are bound from and one that may set limits. Started and stopped by the pool's worker; any
/// thread may ask.
final class GlusterClients {
    private static final Duration END = Duration.ofSeconds(15);
    private static final Duration GRACE = Duration.ofSeconds(5);
    private static final Duration FILES = Duration.ofSeconds(20);

    /// What they are made with. `mounted`: hears of the pool each time a client that volumes are bound from is
    /// ready.
    record Tools(
            StateDirectory state,
            Supervision supervision,
            Posix posix,
            List<String> volfileServer,
            LogRotation logs,
            Consumer<PoolName> mounted) {}

    private final Tools tools;
    private volatile @Nullable Supervisor quota;
    private volatile @Nullable PoolClient volumes;
    private volatile @Nullable PoolClient management;

    GlusterClients(Tools tools) {
        this.tools = tools;
    }

    /// Starts or adopts them, and returns when the pool can be used. Throws UNAVAILABLE where it cannot within
    /// `deadline`. Idempotent.
    void start(Pool pool, Duration deadline, Consumer<String> progress) {
        if (pool.quota()) {
            progress.accept("starting the quota daemon");
            Supervisor supervisor = quota(pool.name());
            supervisor.start();
            var _ = supervisor.awaitRunning(deadline);
        }
        progress.accept("mounting the pool");
        client(pool.name(), ClientSpec.Kind.VOLUMES).awaitMounted(deadline);
        tools.mounted().accept(pool.name());
        client(pool.name(), ClientSpec.Kind.MANAGEMENT).awaitMounted(deadline);
    }

    private Supervisor quota(PoolName pool) {
        Supervisor present = quota;
        if (present == null) {
            QuotaDaemon daemon = new QuotaDaemon(pool, tools.state(), tools.volfileServer());
            Supervisor supervisor = tools.supervision().of(daemon);
            tools.logs().watch(daemon.spec().log(), () -> supervisor.signal("HUP"));
            present = supervisor;
            quota = supervisor;
        }
        return present;
    }

    private PoolClient client(PoolName pool, ClientSpec.Kind kind) {
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
                present.onRemount(() -> tools.mounted().accept(pool));
                volumes = present;
            } else {
                management = present;
            }
        }
        return present;
    }

    private ClientSpec spec(PoolName pool, ClientSpec.Kind kind) {
        Path directory = kind == ClientSpec.Kind.VOLUMES
                ? tools.state().mount(pool)
                : tools.state().managementMount(pool);
        return new ClientSpec(
                pool,
                kind,
                directory,
                pool.value(),
                tools.volfileServer(),
                tools.state().run(pool).resolve(kind.role() + ".pid"),
                tools.state().log().resolve(pool + "." + kind.role() + ".log"));
    }

    /// Unmounts and ends all of them, also those of an earlier agent. Idempotent.
    void stop(Pool pool, Consumer<String> progress) {
        progress.accept("unmounting the pool");
        for (ClientSpec.Kind kind : ClientSpec.Kind.values()) {
            PoolClient client = client(pool.name(), kind);
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
        Supervisor supervisor = quota(pool.name());
        supervisor.stop();
        supervisor.awaitStopped(END);
        supervisor.close();
        quota = null;
    }

    /// Ends the watch and leaves the processes as they are, for the next agent.
    void leave() {
        closeIfThere(volumes);
        closeIfThere(management);
        Supervisor supervisor = quota;
        if (supervisor != null) {
            supervisor.close();
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
        return new ManagementMount(pool, client, tools.posix(), FILES);
    }

    /// Empty where all is well, otherwise what is wrong and what to do.
    String problem() {
        List<String> wrong = new ArrayList<>();
        for (ProcessStatus process : report()) {
            if (!process.getState().equals("RUNNING")) {
                wrong.add(process.getRole() + ": " + process.getDetail());
            }
        }
        return String.join("; ", wrong);
    }

    /// For status.
    List<ProcessStatus> report() {
        List<ProcessStatus> report = new ArrayList<>();
        Supervisor supervisor = quota;
        if (supervisor != null) {
            report.add(status(supervisor.report()));
        }
        for (PoolClient client : new PoolClient[] {volumes, management}) {
            if (client != null) {
                report.add(status(client.health()));
            }
        }
        return report;
    }

    private static ProcessStatus status(DaemonReport daemon) {
        ProcessStatus.Builder status = ProcessStatus.newBuilder()
                .setRole("quotad")
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
