package io.sagara.agent.pool;

import java.util.function.Consumer;

/// Where progress lines of the work on this thread go. A backend's contract has no parameter for it, because
/// most calls have nothing to tell; and a call into a backend stays on the thread that made it.
final class ProgressLines {
    private static final ScopedValue<Consumer<String>> LISTENER = ScopedValue.newInstance();

    private ProgressLines() {}

    /// Runs `task` with `listener` hearing what is told on this thread meanwhile.
    static void to(Consumer<String> listener, Runnable task) {
        ScopedValue.where(LISTENER, listener).run(task);
    }

    /// Tells a line to whoever listens on this thread.
    static void tell(String line) {
        if (LISTENER.isBound()) {
            LISTENER.get().accept(line);
        }
    }
}
