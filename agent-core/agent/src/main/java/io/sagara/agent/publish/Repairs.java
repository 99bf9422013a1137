package io.sagara.agent.publish;

import io.sagara.agent.time.Timer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// What was healed of one pool since the agent began, and what is not.
final class Repairs {
    /// Held by the one who heals.
    final ReentrantLock alone = new ReentrantLock();

    private final AtomicLong volumes = new AtomicLong();
    private final AtomicLong containers = new AtomicLong();
    private volatile Map<Path, String> problems = Map.of();
    private Timer.@Nullable Scheduled next;

    void volume() {
        volumes.incrementAndGet();
    }

    void container() {
        containers.incrementAndGet();
    }

    PublishedVolumes.Repaired count() {
        return new PublishedVolumes.Repaired(volumes.get(), containers.get());
    }

    /// Takes what is not healed now, by target, in the place of what was not before. Returns what is new of it.
    Map<Path, String> tell(Map<Path, String> present) {
        Map<Path, String> fresh = new HashMap<>(present);
        fresh.entrySet().removeAll(problems.entrySet());
        problems = Map.copyOf(present);
        return fresh;
    }

    Optional<String> problem(Path target) {
        return Optional.ofNullable(problems.get(target));
    }

    /// Sets what comes next and drops what should have.
    synchronized void next(Timer.@Nullable Scheduled following) {
        Timer.Scheduled former = next;
        next = following;
        if (former != null) {
            former.cancel();
        }
    }
}
