package io.sagara.cli.launch;

import java.time.Duration;

/// How long to wait before a service that ended is started again.
///
/// `failures`: how often in a row it ended soon after its start.
record Backoff(int failures) {
    // short enough that a crashed agent is hardly missed, long enough to let an interrupt of both be noticed first
    private static final Duration FIRST = Duration.ofMillis(200);
    private static final Duration LONGEST = Duration.ofSeconds(30);
    // a service that ran this long had a reason of its own to end, not one of its start
    private static final Duration STABLE = Duration.ofMinutes(1);
    private static final int MAX_DOUBLINGS = 10;

    static final Backoff NONE = new Backoff(0);

    Backoff after(Duration ran) {
        return new Backoff(ran.compareTo(STABLE) >= 0 ? 1 : failures + 1);
    }

    /// Doubles with each failure, up to half a minute.
    Duration delay() {
        if (failures == 0) {
            return Duration.ZERO;
        }
        Duration doubled = FIRST.multipliedBy(1L << Math.min(failures - 1, MAX_DOUBLINGS));
        return doubled.compareTo(LONGEST) < 0 ? doubled : LONGEST;
    }
}
