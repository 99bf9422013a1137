package io.sagara.integration.cluster;

import io.sagara.integration.Shell;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/// A glusterd of one server in the network of something else, such as a cluster of nodes.
public final class LoneServer implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(50);

    private final Server server;

    private LoneServer(Server server) {
        this.server = server;
    }

    /// Starts it. `directory`: for everything of it. `address`: its own, in a /24 network. `network`: a process
    /// in the network namespace that has the bridge `bridge`.
    public static LoneServer start(Path directory, String address, long network, String bridge) throws IOException {
        Server server = new Server(directory, "lone.invalid", address);
        LoneServer made = new LoneServer(server);
        try {
            ip(network, "add", "lone", "type", "veth", "peer", "name", "lone-peer");
            ip(network, "set", "lone", "master", bridge, "up");
            ip(network, "set", "lone-peer", "netns", Long.toString(server.first()), "name", "eth0");
            server.check("ip", "address", "add", address + "/24", "dev", "eth0");
            server.silence(false);
            server.start();
            made.awaitGlusterd();
            return made;
        } catch (RuntimeException | AssertionError e) {
            made.close();
            throw e;
        }
    }

    private static void ip(long network, String... arguments) {
        List<String> argv =
                new ArrayList<>(List.of("nsenter", "--target", Long.toString(network), "--net", "ip", "link"));
        argv.addAll(List.of(arguments));
        Shell.check(argv.toArray(String[]::new));
    }

    private void awaitGlusterd() {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (server.run("gluster", "--mode=script", "pool", "list").exitCode() != 0) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("glusterd does not answer within " + PATIENCE.toSeconds() + " s");
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
    }

    /// Makes and starts a volume of one brick, with limits that hold at once.
    public void make(String volume) {
        gluster("create", volume, server.brick(volume), "force");
        gluster("start", volume);
        gluster("quota", volume, "enable");
        gluster("quota", volume, "soft-timeout", "0");
        gluster("quota", volume, "hard-timeout", "0");
    }

    private void gluster(String... arguments) {
        List<String> argv = new ArrayList<>(List.of("gluster", "--mode=script", "volume"));
        argv.addAll(List.of(arguments));
        server.check(argv.toArray(String[]::new));
    }

    /// Where the data of a volume's brick is.
    public Path data(String volume) {
        return server.data(volume);
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
