package io.sagara.backend.external;

import io.sagara.backend.external.glusterd.Glusterd;
import io.sagara.backend.external.glusterd.Identity;
import io.sagara.spi.ExternalVolume;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Goes the way a client goes to every brick of a volume, and says where it ends: the name of the server, its
/// glusterd, which knows the brick's port, and the brick.
final class Diagnosis {
    private static final Duration ANSWER = Duration.ofSeconds(3);
    private static final Duration ALL = Duration.ofSeconds(8);
    /// Which clients ask wherever glusterd of the hosts that were named is.
    private static final int GLUSTERD = ExternalVolume.DEFAULT_PORT;

    private final ExternalVolume volume;
    private final List<Translator> bricks;
    private final Optional<Identity> identity;

    /// `identity`: where glusterd speaks TLS.
    Diagnosis(ExternalVolume volume, Graph graph, Optional<Identity> identity) {
        this.volume = volume;
        this.identity = identity;
        this.bricks = graph.bricks();
    }

    /// How far the way to a brick goes.
    private record Way(boolean runs, boolean stopped, String sentence) {
        static Way ends(String sentence) {
            return new Way(false, false, sentence);
        }
    }

    /// A sentence for each way that does not lead to a brick, with what to do; the same only once. `none`: no
    /// way leads to any.
    record Found(boolean none, List<String> sentences) {}

    /// Looks.
    Found look() {
        List<Way> ways = ways();
        return new Found(ways.stream().noneMatch(Way::runs), sentences(ways));
    }

    private List<String> sentences(List<Way> ways) {
        if (!ways.isEmpty() && ways.stream().allMatch(Way::stopped)) {
            return List.of("volume '" + volume.volume() + "' is stopped, or all of its " + ways.size()
                    + " bricks are; start it on the cluster: 'gluster volume start " + volume.volume() + " force'");
        }
        return ways.stream()
                .filter(way -> !way.runs())
                .map(Way::sentence)
                .distinct()
                .toList();
    }

    private List<Way> ways() {
        long deadline = System.nanoTime() + ALL.toNanos();
        // closing would wait for a name that does not resolve
        ExecutorService looks = Executors.newCachedThreadPool(
                Thread.ofPlatform().daemon().name("brick-look-", 0).factory());
        List<Future<Way>> asked =
                bricks.stream().map(brick -> looks.submit(() -> way(brick))).toList();
        looks.shutdown();
        return asked.stream().map(way -> await(way, deadline)).toList();
    }

    private static Way await(Future<Way> way, long deadline) {
        try {
            return way.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return Way.ends("a server of the cluster does not answer in " + ALL.toSeconds()
                    + " s; look at name resolution and at firewalls of this node");
        } catch (ExecutionException e) {
            throw new IllegalStateException("looking for a brick", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Way.ends("the look at the bricks was interrupted");
        }
    }

    private Way way(Translator brick) {
        String host = brick.option("remote-host", "");
        String path = brick.option("remote-subvolume", "");
        String name = "brick " + host + ":" + path;
        try {
            InetAddress address = InetAddress.getByName(host);
            OptionalInt port = port(brick, address, path);
            return port.isEmpty()
                    ? new Way(
                            false,
                            true,
                            name + " does not run; start it there: 'gluster volume start " + volume.volume()
                                    + " force'")
                    : last(name, new InetSocketAddress(address, port.getAsInt()));
        } catch (UnknownHostException e) {
            return Way.ends("the cluster names a brick on '" + host + "', which does not resolve on this node; add the"
                    + " name to DNS or /etc/hosts");
        } catch (SocketTimeoutException e) {
            return Way.ends(host + ":" + GLUSTERD + " does not answer; look for a firewall that swallows packets");
        } catch (IOException e) {
            if (identity.isEmpty() && HostFailure.hangsUp(e)) {
                return Way.ends(HostFailure.withoutTls(host + ":" + GLUSTERD));
            }
            return Way.ends(host + ":" + GLUSTERD + " cannot be used (" + e.getMessage() + "); start glusterd on "
                    + host + ", or open the port for this node");
        }
    }

    private static Way last(String name, InetSocketAddress brick) {
        try (Socket socket = new Socket()) {
            socket.connect(brick, Math.toIntExact(ANSWER.toMillis()));
            return new Way(true, false, "");
        } catch (IOException e) {
            return Way.ends(name + " does not answer at port " + brick.getPort() + " (" + e.getMessage()
                    + "); open the bricks' ports for this node, or look at the brick's log");
        }
    }

    private OptionalInt port(Translator brick, InetAddress address, String path) throws IOException {
        String fixed = brick.option("remote-port", "");
        if (fixed.matches("[1-9][0-9]{0,4}")) {
            return OptionalInt.of(Integer.parseInt(fixed));
        }
        try (Glusterd glusterd = Glusterd.connect(new InetSocketAddress(address, GLUSTERD), ANSWER, identity)) {
            return glusterd.port(path);
        }
    }
}
