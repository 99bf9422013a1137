package io.sagara.cli.command;

import java.util.Objects;

/// Ends the command with a message for people and an exit code of its own. Everything else that fails ends it
/// with [ExitCode#FAILED].
public final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ExitCode code;

    public Failure(ExitCode code, String message) {
        super(Objects.requireNonNull(message));
        this.code = code;
    }

    public ExitCode code() {
        return code;
    }
}
