package io.sagara.agent.mount;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/// A state that one thread sets, all read, and some wait for.
final class StateCell {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private volatile MountState state = new MountState.Unmounted();

    MountState get() {
        return state;
    }

    void set(MountState next) {
        lock.lock();
        try {
            state = next;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// The first state that is `wanted`, or the last one when `deadline` has passed or the thread is
    /// interrupted.
    MountState await(Duration deadline, Predicate<MountState> wanted) {
        lock.lock();
        try {
            long left = deadline.toNanos();
            while (!wanted.test(state) && left > 0) {
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
        return state;
    }
}
