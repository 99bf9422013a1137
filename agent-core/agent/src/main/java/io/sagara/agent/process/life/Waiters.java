package io.sagara.agent.process.life;

import io.sagara.agent.time.Timer;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;

/// Threads that wait until a daemon is in a certain state.
final class Waiters {
    /// `wanted`: the answer to the thread, once the state gives one; it may throw one too.
    private record Waiter(Function<DaemonState, Optional<DaemonState>> wanted, CompletableFuture<DaemonState> answer) {
        void look(DaemonState state) {
            try {
                wanted.apply(state).ifPresent(answer::complete);
            } catch (StorageException e) {
                answer.completeExceptionally(e);
            }
        }
    }

    private final Set<Waiter> waiting = ConcurrentHashMap.newKeySet();
    private final Timer timer;

    Waiters(Timer timer) {
        this.timer = timer;
    }

    /// Called after every change.
    void look(DaemonState state) {
        waiting.forEach(waiter -> waiter.look(state));
    }

    /// Waits until `wanted` answers for a state, beginning with the one of now, and throws `late` at the
    /// deadline.
    DaemonState await(
            Supplier<DaemonState> now,
            Function<DaemonState, Optional<DaemonState>> wanted,
            Duration deadline,
            Supplier<StorageException> late) {
        Waiter waiter = new Waiter(wanted, new CompletableFuture<>());
        waiting.add(waiter);
        Timer.Scheduled alarm = timer.after(deadline, () -> waiter.answer().completeExceptionally(late.get()));
        try {
            waiter.look(now.get());
            return waiter.answer().get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StorageException failure) {
                // thrown anew, so that the trace shows who waited
                throw new StorageException(failure.problem(), String.valueOf(failure.getMessage()), failure);
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StorageException(Problem.UNAVAILABLE, "the wait was given up by its caller; repeat it", e);
        } finally {
            alarm.cancel();
            waiting.remove(waiter);
        }
    }
}
