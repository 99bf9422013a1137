package io.sagara.agent.volume;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// The requests a pool works on, for what is done in the background and makes way for them. Any number of threads
/// may call.
final class Traffic {
    private int running;

    /// A request begins.
    synchronized void begin() {
        running++;
    }

    /// It has ended.
    synchronized void end() {
        if (--running == 0) {
            notifyAll();
        }
    }

    /// Returns when no request runs, after `longest`, or when the thread is interrupted, which it still is then.
    synchronized void awaitCalm(Duration longest) {
        long end = System.nanoTime() + longest.toNanos();
        try {
            for (long left = longest.toNanos(); running > 0 && left > 0; left = end - System.nanoTime()) {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
