package io.sagara.agent.rebalance;

import io.sagara.api.v1.RebalanceStatus;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// What a rebalance process says it has done. `end`: `completed`, `stopped` or `failed`; empty while it works.
record Tally(String end, long moved, long bytes, long scanned, long failures, long skipped, long seconds) {
    /// The last thing that it writes to its log, and from time to time with `in progress`.
    private static final Pattern LINE = Pattern.compile(
            "Rebalance is (completed|stopped|failed)\\. Time taken is ([0-9]+)[0-9.]* secs,? Files migrated: ([0-9]+),"
                    + " size: ([0-9]+), lookups: ([0-9]+), failures: ([0-9]+), skipped: ([0-9]+)");

    private static final int SECONDS = 2;
    private static final int MOVED = 3;
    private static final int BYTES = 4;
    private static final int SCANNED = 5;
    private static final int FAILURES = 6;
    private static final int SKIPPED = 7;

    /// The end of the last run that `log` tells of; empty where it tells of none.
    static Optional<Tally> atEnd(String log) {
        return LINE.matcher(log).results().reduce((_, last) -> last).map(Tally::of);
    }

    private static Tally of(MatchResult line) {
        return new Tally(
                line.group(1),
                Long.parseLong(line.group(MOVED)),
                Long.parseLong(line.group(BYTES)),
                Long.parseLong(line.group(SCANNED)),
                Long.parseLong(line.group(FAILURES)),
                Long.parseLong(line.group(SKIPPED)),
                Long.parseLong(line.group(SECONDS)));
    }

    /// What it answers while it works. Throws [NumberFormatException] where that is something else.
    static Tally answered(Map<String, String> fields) {
        return new Tally(
                "",
                number(fields, "files"),
                number(fields, "size"),
                number(fields, "lookups"),
                number(fields, "failures"),
                number(fields, "skipped"),
                (long) Double.parseDouble(fields.getOrDefault("run-time", "0")));
    }

    private static long number(Map<String, String> fields, String name) {
        return Long.parseLong(fields.getOrDefault(name, "0"));
    }

    void into(RebalanceStatus.Builder status) {
        var _ = status.setMovedFiles(moved)
                .setMovedBytes(bytes)
                .setScannedFiles(scanned)
                .setFailures(failures)
                .setSkippedFiles(skipped)
                .setSeconds(seconds);
    }
}
