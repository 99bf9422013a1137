package io.sagara.cli.command;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/// Where a command writes: `out` what was asked for, `err` what went wrong. Safe for several threads, line by
/// line.
public record Terminal(PrintStream out, PrintStream err) {
    /// The process' own streams. They are UTF-8 whatever the locale is, because messages are.
    public static Terminal standard() {
        return new Terminal(stream(FileDescriptor.out), stream(FileDescriptor.err));
    }

    /// Says what went wrong, on one line.
    public void fail(String message) {
        err.println("sagara: " + message);
    }

    private static PrintStream stream(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
    }
}
