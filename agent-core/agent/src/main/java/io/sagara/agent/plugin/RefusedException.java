package io.sagara.agent.plugin;

import org.jspecify.annotations.Nullable;

/// A jar cannot be loaded. The message says why, and what to do, without naming the jar.
final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    RefusedException(String reason) {
        super(reason);
    }

    RefusedException(String reason, @Nullable Throwable cause) {
        super(reason, cause);
    }

    /// The reason, always present.
    String reason() {
        return String.valueOf(getMessage());
    }
}
