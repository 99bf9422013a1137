package io.sagara.cli.command;

/// What scripts are told. The numbers are documented in the README and never change their meaning.
public enum ExitCode {
    /// Done, or all is well.
    OK(0),
    /// Not done; standard error says why.
    FAILED(1),
    /// The command line or the pool file is wrong; nothing was changed.
    USAGE(2),
    /// It runs, but something needs attention.
    DEGRADED(3),
    /// No agent answers.
    UNREACHABLE(4);

    private final int number;

    ExitCode(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }
}
