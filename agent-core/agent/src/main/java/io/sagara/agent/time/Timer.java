package io.sagara.agent.time;

import java.time.Duration;

/// Runs things later. Any number of threads may call.
public interface Timer {
    /// Runs `task` once, `delay` from now, on a thread of its own. What it throws is logged.
    Scheduled after(Duration delay, Runnable task);

    /// Something that will run.
    interface Scheduled {
        /// Prevents it where it has not begun; does nothing otherwise.
        void cancel();
    }
}
