package io.sagara.cli.text;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;

/// Progress for people: one line a step, with the time since the command began. Safe for several threads.
public final class Lines {
    private final PrintStream out;
    private final InstantSource clock;
    private final Instant start;

    /// Counts from now.
    public Lines(PrintStream out, InstantSource clock) {
        this.out = out;
        this.clock = clock;
        start = clock.instant();
    }

    /// Says that something happened.
    public void say(String what) {
        double seconds = Duration.between(start, clock.instant()).toMillis() / 1000.0;
        out.println(String.format(Locale.ROOT, "[%7.2fs] %s", seconds, what));
    }

    /// Says something without a time.
    public void plain(String text) {
        out.println(text.stripTrailing());
    }
}
