package io.sagara.integration;

import io.sagara.api.v1.BrickStatus;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Bricks of a pool that are kept from serving: their processes are killed whenever the agent has started them
/// again. Closing it lets them come back.
final class HeldDown implements AutoCloseable {
    private static final long LOOK_MILLIS = 20;

    private final Standalone sagara;
    private final String pool;
    private final Set<Integer> bricks;
    private final CountDownLatch end = new CountDownLatch(1);
    private final Thread killer;

    HeldDown(Standalone sagara, String pool, Set<Integer> bricks) {
        this.sagara = sagara;
        this.pool = pool;
        this.bricks = Set.copyOf(bricks);
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
                .filter(pid -> bricks.stream()
                        .anyMatch(
                                index -> Traces.commandLine(pid).contains("--volfile-id " + pool + ".brick-" + index)))
                .toList();
        for (long pid : pids) {
            ProcessHandle.of(pid).ifPresent(process -> {
                process.destroyForcibly();
                process.onExit().join();
            });
        }
    }

    /// Waits until all bricks of the pool run again.
    void release() throws Exception {
        close();
        // a brick that was killed again and again is started again after a minute (Patience.DEFAULT)
        Await.until(
                Duration.ofSeconds(90),
                "all bricks run again",
                () -> sagara.pool(pool).getBricksList().stream()
                        .map(BrickStatus::getState)
                        .toList(),
                states -> states.stream().allMatch("RUNNING"::equals));
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
