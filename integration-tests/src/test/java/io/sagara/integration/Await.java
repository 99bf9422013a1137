package io.sagara.integration;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/// Waits for something outside that sends no event.
final class Await {
    private static final Duration PATIENCE = Duration.ofSeconds(45);
    private static final Duration INTERVAL = Duration.ofMillis(100);

    private Await() {}

    /// Something that can be looked at.
    interface Look<T> {
        T look() throws Exception;
    }

    /// Looks again and again until what it sees is as wanted, and returns that.
    static <T> T until(String what, Look<T> look, Predicate<T> wanted) throws Exception {
        return until(PATIENCE, what, look, wanted);
    }

    /// As above, with more or less patience.
    static <T> T until(Duration patience, String what, Look<T> look, Predicate<T> wanted) throws Exception {
        long deadline = System.nanoTime() + patience.toNanos();
        T seen = look.look();
        while (!wanted.test(seen)) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within " + patience.toSeconds() + " s: " + what + "; last seen: " + seen);
            }
            LockSupport.parkNanos(INTERVAL.toNanos());
            seen = look.look();
        }
        return seen;
    }
}
