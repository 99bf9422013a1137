package io.sagara.agent.mount;

import io.sagara.agent.posix.Posix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Looks at one mount of one client. A question that has no answer yet is not asked again, so at most two
/// threads of it ever hang. For one thread.
final class Probe {
    /// Answered by the client itself; see the package's description.
    private static final String LOCAL_ATTRIBUTE = "security.capability";

    private static final Path GRAPH = Path.of(".meta", "graphs", "active");
    private static final String CLIENT = "-client-";
    private static final Pattern TIEBREAKER = Pattern.compile(".*-ta-[0-9]{1,9}");
    private static final String CONNECTED = "connected = 1";

    private final Posix posix;
    private final Path root;
    private final Predicate<Map<Integer, Boolean>> enough;
    private final Duration deadline;
    private @Nullable FutureTask<Boolean> client;
    private @Nullable FutureTask<Observation> bricks;

    Probe(Posix posix, Path root, Predicate<Map<Integer, Boolean>> enough, Duration deadline) {
        this.posix = posix;
        this.root = root;
        this.enough = enough;
        this.deadline = deadline;
    }

    /// Looks. Takes at most twice the deadline.
    Observation look() throws InterruptedException {
        FutureTask<Boolean> askedClient = client == null ? ask(this::askClient) : client;
        FutureTask<Observation> askedBricks = bricks == null ? ask(this::askBricks) : bricks;
        client = askedClient;
        bricks = askedBricks;
        try {
            Observation seen = askedBricks.get(deadline.toNanos(), TimeUnit.NANOSECONDS);
            return withClient(askedClient, deadline, seen);
        } catch (TimeoutException e) {
            return withClient(askedClient, Duration.ZERO, new Observation.BricksSilent());
        } catch (ExecutionException e) {
            return withClient(askedClient, deadline, new Observation.BricksRefuse(reason(e)));
        } finally {
            client = askedClient.isDone() ? null : askedClient;
            bricks = askedBricks.isDone() ? null : askedBricks;
        }
    }

    /// `seen`, unless the client has something worse to tell.
    private static Observation withClient(FutureTask<Boolean> client, Duration deadline, Observation seen)
            throws InterruptedException {
        try {
            var _ = client.get(deadline.toNanos(), TimeUnit.NANOSECONDS);
            return seen;
        } catch (TimeoutException e) {
            return new Observation.ClientSilent();
        } catch (ExecutionException e) {
            return new Observation.Gone(reason(e));
        }
    }

    private static String reason(ExecutionException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }

    private static <T> FutureTask<T> ask(Callable<T> question) {
        var task = new FutureTask<>(question);
        // not a thread of the pool: those may all be stuck, which is just when this must be known
        Thread.ofPlatform().daemon().name("mount-probe").start(task);
        return task;
    }

    /// Throws where no client answers; that the attribute is there or not means nothing.
    private boolean askClient() throws IOException {
        return posix.attribute(root, LOCAL_ATTRIBUTE).isPresent();
    }

    private Observation askBricks() throws IOException {
        if (posix.fileSystem(root).type() != Posix.FUSE) {
            return new Observation.Gone("nothing is mounted at " + root);
        }
        Connections seen = connections(root);
        if (seen.tiebreaker().isPresent() && !seen.complete(enough)) {
            // GlusterFS (10.3) never answers what it is asked now
            return new Observation.BricksRefuse(
                    "a set has one brick left and no tiebreaker that says whether that one is" + " the good one");
        }
        var _ = Files.readAttributes(root, PosixFileAttributes.class);
        return seen.connected() > 0
                ? new Observation.Answers(seen.connected(), seen.bricks().size(), seen.complete(enough))
                : new Observation.BricksRefuse("none of its " + seen.bricks().size() + " bricks is connected");
    }

    /// Which bricks, and tiebreaker, the client that is mounted at `root` is connected to.
    static Connections connections(Path root) throws IOException {
        Map<Integer, Boolean> bricks = new TreeMap<>();
        Path graph = root.resolve(GRAPH);
        try (var translators = Files.newDirectoryStream(graph, "*" + CLIENT + "*")) {
            for (Path translator : translators) {
                String name = translator.getFileName().toString();
                int index = Integer.parseInt(name.substring(name.lastIndexOf(CLIENT) + CLIENT.length()));
                bricks.put(index, isConnected(translator));
            }
        }
        return new Connections(bricks, tiebreaker(graph));
    }

    /// There is one client for each set, all of the same process.
    private static Optional<Boolean> tiebreaker(Path graph) throws IOException {
        Optional<Boolean> connected = Optional.empty();
        try (var translators = Files.newDirectoryStream(graph, "*-ta-*")) {
            for (Path translator : translators) {
                // the name of a pool may look so as well
                if (TIEBREAKER.matcher(translator.getFileName().toString()).matches()
                        && Files.readString(translator.resolve("type")).contains("protocol/client")) {
                    connected = Optional.of(connected.orElse(true) && isConnected(translator));
                }
            }
        }
        return connected;
    }

    private static boolean isConnected(Path translator) throws IOException {
        return Files.readString(translator.resolve("private")).contains(CONNECTED);
    }
}
