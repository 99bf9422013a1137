package io.sagara.integration;

import io.sagara.api.v1.BrickStatus;
import io.sagara.api.v1.PoolStatus;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// Bricks of a pool that are kept from serving: their processes are killed whenever the agent has started them
/// again. Closing it lets them come back.
final class HeldDown implements AutoCloseable {
    private static final long LOOK_MILLIS = 20;

    private final Standalone sagara;
    private final String pool;
    private final Set<String> parts;
    private final CountDownLatch end = new CountDownLatch(1);
    private final Thread killer;

    HeldDown(Standalone sagara, String pool, Set<Integer> bricks) {
        this(sagara, pool, bricks.stream().map(index -> "brick-" + index).toList());
    }

    /// The pool's tiebreaker.
    static HeldDown tiebreaker(Standalone sagara, String pool) {
        return new HeldDown(sagara, pool, List.of("tiebreaker"));
    }

    private HeldDown(Standalone sagara, String pool, List<String> parts) {
        this.sagara = sagara;
        this.pool = pool;
        this.parts = Set.copyOf(parts);
        kill();
        killer = Thread.ofPlatform().name("killer").start(this::run);
    }

    private void run() {
        try {
            while (!end.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                kill();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void kill() {
        List<Long> pids = Traces.processes(sagara.state()).stream()
                .filter(pid -> parts.stream()
                        .anyMatch(part -> Traces.commandLine(pid).contains("--volfile-id " + pool + "." + part)))
                .toList();
        for (long pid : pids) {
            ProcessHandle.of(pid).ifPresent(process -> {
                process.destroyForcibly();
                process.onExit().join();
            });
        }
    }

    /// Waits until all bricks of the pool, and its tiebreaker, run again.
    void release() throws Exception {
        close();
        // a brick that was killed again and again is started again after a minute (Patience.DEFAULT)
        Await.until(
                Duration.ofSeconds(90),
                "all bricks run again",
                () -> states(sagara.pool(pool)),
                states -> states.stream().allMatch("RUNNING"::equals));
    }

    private static List<String> states(PoolStatus status) {
        Stream<String> bricks = status.getBricksList().stream().map(BrickStatus::getState);
        Stream<String> third =
                status.hasTiebreaker() ? Stream.of(status.getTiebreaker().getState()) : Stream.empty();
        return Stream.concat(bricks, third).toList();
    }

    /// Lets them run again, whenever that is. Repeating it changes nothing.
    void end() {
        close();
    }

    @Override
    public void close() {
        end.countDown();
        try {
            killer.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
