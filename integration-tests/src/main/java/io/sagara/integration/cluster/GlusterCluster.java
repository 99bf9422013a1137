package io.sagara.integration.cluster;

import io.sagara.integration.Shell;
import io.sagara.integration.Traces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/// Three real glusterd of one cluster, each a [Server], joined by a bridge that is in the first one's network
/// namespace and that this machine reaches through one virtual link. When the servers are gone the kernel
/// takes bridge and links away, so a run that is cut short leaves a directory at most.
public final class GlusterCluster implements AutoCloseable {
    private static final int SERVERS = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(50);

    /// Nobody has this address, and the link layer believes in it: what is sent to it is swallowed.
    private static final int NOBODY = 99;

    private static final int HERE = 254;

    private final Path directory;
    private final Subnet subnet;
    private final String link;
    private final List<Server> servers = new ArrayList<>();

    private GlusterCluster(Path directory, Subnet subnet) {
        this.directory = directory;
        this.subnet = subnet;
        this.link = "sgc" + subnet.number();
    }

    /// Starts a cluster without volumes, with everything of it in `directory`, which does not exist yet.
    public static GlusterCluster start(Path directory) throws IOException {
        var _ = Files.createDirectories(directory);
        GlusterCluster cluster = new GlusterCluster(directory, Subnet.take());
        try {
            cluster.begin();
            return cluster;
        } catch (IOException | RuntimeException | AssertionError e) {
            cluster.close();
            throw e;
        }
    }

    private void begin() throws IOException {
        for (int i = 1; i <= SERVERS; i++) {
            String name = "gl" + i + "-" + subnet.number() + ".invalid";
            servers.add(new Server(directory.resolve("n" + i), name, subnet.address(i)));
        }
        for (Server server : servers) {
            for (Server other : servers) {
                server.knows(other);
            }
        }
        connect();
        servers.forEach(this::startAndAwait);
        servers.stream().skip(1).forEach(server -> gluster("peer", "probe", server.address()));
        awaitPeers();
    }

    private void connect() {
        Server hub = servers.getFirst();
        hub.network("add", "hub", "type", "bridge");
        hub.network("set", "hub", "up");
        // the other end goes to the namespace that this JVM is in
        plug(hub, "here", link, ProcessHandle.current().pid());
        Shell.check("ip", "address", "add", subnet.address(HERE) + "/24", "dev", link);
        Shell.check("ip", "link", "set", link, "up");
        Shell.check("ip", "neighbour", "add", nobody(), "lladdr", "02:00:00:00:00:01", "dev", link, "nud", "permanent");
        for (Server server : servers) {
            plug(hub, "n" + servers.indexOf(server), "eth0", server.first());
            server.check("ip", "address", "add", server.address() + "/24", "dev", "eth0");
            server.silence(false);
        }
    }

    /// A cable from the bridge to another network namespace, where its end is called `name`.
    private static void plug(Server hub, String socket, String name, long pid) {
        hub.network("add", "s-" + socket, "type", "veth", "peer", "name", "p-" + socket);
        hub.network("set", "s-" + socket, "master", "hub", "up");
        hub.network("set", "p-" + socket, "netns", Long.toString(pid), "name", name);
    }

    /// The servers, in order.
    public List<Server> servers() {
        return List.copyOf(servers);
    }

    /// Their addresses.
    public List<String> addresses() {
        return servers.stream().map(Server::address).toList();
    }

    /// An address that swallows whatever is sent to it.
    public String nobody() {
        return subnet.address(NOBODY);
    }

    /// The link of this machine into the cluster's network.
    public String link() {
        return link;
    }

    /// The address of this machine in the cluster's network.
    public String here() {
        return subnet.address(HERE);
    }

    /// Runs `gluster` on the first server; fails unless it succeeds.
    public String gluster(String... arguments) {
        return servers.getFirst()
                .check(Stream.concat(Stream.of("gluster", "--mode=script"), Stream.of(arguments))
                        .toArray(String[]::new));
    }

    /// Makes and starts a volume with `replica 3 arbiter 1`, a brick on each server.
    public void makeReplicated(String volume) {
        make(volume, List.of("replica", "3", "arbiter", "1"), servers, false);
    }

    /// Makes and starts a volume that spreads files over a brick on each of the first two servers.
    public void makeDistributed(String volume) {
        make(volume, List.of(), servers.subList(0, 2), false);
    }

    /// As [#makeDistributed], with bricks by names that this machine does not know.
    public void makeUnresolvable(String volume) {
        make(volume, List.of(), servers.subList(0, 2), true);
    }

    private void make(String volume, List<String> layout, List<Server> on, boolean byName) {
        List<String> arguments = new ArrayList<>(List.of("volume", "create", volume));
        arguments.addAll(layout);
        on.forEach(server -> arguments.add(
                byName ? server.name() + ":" + server.data(volume) : server.address() + ":" + server.data(volume)));
        // the run directory is on the root file system
        arguments.add("force");
        var _ = gluster(arguments.toArray(String[]::new));
        var _ = gluster("volume", "start", volume);
    }

    /// Adds a brick on the third server, and spreads directories over it.
    public void grow(String volume) {
        Server server = servers.getLast();
        var _ = gluster("volume", "add-brick", volume, server.address() + ":" + server.data(volume), "force");
        var _ = gluster("volume", "rebalance", volume, "fix-layout", "start");
        await(
                "the layout of " + volume + " is fixed",
                () -> gluster("volume", "rebalance", volume, "status").contains("fix-layout completed"));
    }

    /// Turns quota on, with limits that hold at once.
    public void enableQuota(String volume) {
        var _ = gluster("volume", "quota", volume, "enable");
        var _ = gluster("volume", "quota", volume, "soft-timeout", "0");
        var _ = gluster("volume", "quota", volume, "hard-timeout", "0");
    }

    /// Ends every process of every server with SIGKILL.
    public void killAll() {
        servers.forEach(Server::kill);
    }

    /// Starts what [#killAll] ended.
    public void startAll() {
        servers.forEach(Server::start);
        servers.forEach(this::awaitGlusterd);
        awaitPeers();
    }

    /// Ends all and starts it with a management that speaks TLS. Every server has certificates already.
    public void secureManagement() throws IOException {
        killAll();
        for (Server server : servers) {
            server.secure();
        }
        startAll();
    }

    private void startAndAwait(Server server) {
        server.start();
        awaitGlusterd(server);
    }

    private void awaitGlusterd(Server server) {
        await(
                "glusterd of " + server.name(),
                () -> server.run("gluster", "--mode=script", "pool", "list").exitCode() == 0);
    }

    /// Waits until the first server sees all others.
    public void awaitPeers() {
        await(
                "the peers are connected",
                () -> gluster("peer", "status")
                                .lines()
                                .filter("State: Peer in Cluster (Connected)"::equals)
                                .count()
                        == SERVERS - 1);
    }

    private static void await(String what, BooleanSupplier reached) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!reached.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within " + PATIENCE.toSeconds() + " s: " + what);
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
    }

    /// Ends everything and removes the directory.
    @Override
    public void close() throws IOException {
        for (Server server : servers) {
            server.close();
        }
        servers.clear();
        subnet.close();
        Traces.remove(directory);
    }
}
