package io.sagara.agent.mount;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sagara.agent.posix.JnrPosix;
import io.sagara.agent.posix.MountInfo;
import io.sagara.agent.posix.Posix;
import io.sagara.agent.process.DaemonProcess;
import io.sagara.agent.process.DaemonSpec;
import io.sagara.agent.process.Daemons;
import io.sagara.agent.process.LinuxDaemons;
import io.sagara.agent.time.SystemTimer;
import io.sagara.agent.volfileserver.SignIn;
import io.sagara.agent.volfileserver.VolfileServer;
import io.sagara.spi.Pool;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// A pool of one brick with quota, on real GlusterFS processes, with everything below one directory. Closing it
/// leaves nothing behind.
public final class TestPool implements AutoCloseable {
    public static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration START = Duration.ofSeconds(30);

    public final Posix posix = new JnrPosix();
    public final Daemons daemons = new LinuxDaemons();
    public final SystemTimer timer = new SystemTimer();
    final BlockingQueue<SignIn> signIns = new LinkedBlockingQueue<>();
    final TestVolfiles volfiles;
    public final Pool pool;

    private final Path state;
    private final List<PoolClient> clients = new ArrayList<>();
    private VolfileServer server;

    /// Skips the test where it cannot run. Starts nothing yet.
    public TestPool(Path scratch, String name) throws IOException {
        assumeTrue(posix.userId() == 0, "root is needed");
        assumeTrue(Files.exists(Path.of("/dev/fuse")), "/dev/fuse is needed");
        assumeTrue(Files.isExecutable(Path.of("/usr/sbin/glusterfsd")), "GlusterFS is needed");
        state = scratch.toRealPath();
        int port;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        volfiles = new TestVolfiles(name, UUID.randomUUID(), brickDirectory(), port);
        pool = volfiles.pool();
        Files.createDirectories(brickDirectory().resolve(".glusterfs"));
        posix.setAttribute(brickDirectory(), "trusted.glusterfs.volume-id", bytes(pool.id()));
        Files.createDirectories(state.resolve("run"));
        server = serve();
        publish();
    }

    private static byte[] bytes(UUID id) {
        return ByteBuffer.allocate(16)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
    }

    private Path brickDirectory() {
        return state.resolve("brick");
    }

    private VolfileServer serve() throws IOException {
        return VolfileServer.listen(state.resolve("v.sock"), timer, signIns::add);
    }

    private void publish() {
        server.publish(pool.name() + ".brick-0", volfiles.brick());
        server.publish("quotad/" + pool.name(), volfiles.quotad());
        server.publish(pool.name().value(), volfiles.client(10));
    }

    public VolfileServer server() {
        return server;
    }

    void restartServer() throws IOException {
        server.close();
        server = serve();
        publish();
    }

    public DaemonProcess startBrick() {
        return daemons.ensure(daemon("brick-0", brickArguments()), START);
    }

    private List<String> brickArguments() {
        var argv = new ArrayList<>(List.of("glusterfsd", "--volfile-id", pool.name() + ".brick-0"));
        argv.addAll(List.of("-S", state.resolve("run/brick.sock").toString(), "--process-name", "brick"));
        argv.addAll(List.of("--brick-name", volfiles.brickName(), "--brick-port", "" + volfiles.port()));
        argv.addAll(List.of("--xlator-option", "*-posix.glusterd-uuid=" + UUID.nameUUIDFromBytes(new byte[1])));
        return argv;
    }

    public DaemonProcess startQuotad() {
        return daemons.ensure(
                daemon(
                        "quotad",
                        List.of(
                                "glusterfs",
                                "--volfile-id",
                                "quotad/" + pool.name(),
                                "--process-name",
                                "quotad",
                                "-S",
                                state.resolve("run/quotad.sock").toString())),
                START);
    }

    private DaemonSpec daemon(String role, List<String> program) {
        Path pidFile = state.resolve("run").resolve(role + ".pid");
        Path log = state.resolve(role + ".log");
        var argv = new ArrayList<>(program);
        argv.addAll(List.of("-p", pidFile.toString(), "-l", log.toString()));
        argv.addAll(server.arguments());
        return new DaemonSpec(pool.name() + "." + role, argv, pidFile, log, Optional.of(state.resolve("run/gluster")));
    }

    ClientSpec spec(ClientSpec.Kind kind) {
        return new ClientSpec(
                pool.name(),
                pool.layout()::enough,
                kind,
                state.resolve("mounts").resolve(pool.name() + "." + kind.role()),
                pool.name().value(),
                server.arguments(),
                List.of(),
                state.resolve("run").resolve(kind.role() + ".pid"),
                state.resolve(kind.role() + ".log"));
    }

    public PoolClient client(ClientSpec.Kind kind) {
        return client(kind, ClientPatience.DEFAULT);
    }

    public PoolClient client(ClientSpec.Kind kind, ClientPatience patience) {
        var client = PoolClient.start(spec(kind), daemons, posix, timer, InstantSource.system(), patience);
        clients.add(client);
        return client;
    }

    /// A client that is ready.
    public PoolClient mounted(ClientSpec.Kind kind) {
        var client = client(kind);
        client.awaitMounted(LONG);
        return client;
    }

    String log(ClientSpec.Kind kind) throws IOException {
        return Files.readString(spec(kind).log());
    }

    public DaemonProcess process(ClientSpec.Kind kind) {
        return daemons.find(spec(kind).daemon()).orElseThrow();
    }

    public void signal(DaemonProcess process, String signal) {
        daemons.signal(process, signal);
    }

    public static void await(String what, Duration deadline, BooleanSupplier condition) {
        long end = System.nanoTime() + deadline.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    @Override
    public void close() throws IOException {
        if (server == null) {
            return;
        }
        clients.forEach(PoolClient::close);
        for (ClientSpec.Kind kind : ClientSpec.Kind.values()) {
            end(spec(kind).daemon());
        }
        for (MountInfo.Mount mount : MountInfo.read().all()) {
            if (mount.point().startsWith(state)) {
                posix.abort(mount.point());
            }
        }
        end(daemon("quotad", List.of()));
        end(daemon("brick-0", List.of()));
        server.close();
        timer.close();
    }

    private void end(DaemonSpec spec) {
        daemons.find(spec).ifPresent(process -> {
            daemons.signal(process, "KILL");
            daemons.stop(process, LONG);
        });
    }
}
