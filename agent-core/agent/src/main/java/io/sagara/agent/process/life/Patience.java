package io.sagara.agent.process.life;

import java.time.Duration;

/// How long a supervisor waits for what.
///
/// `firstBackoff`: after the first failure of a row; doubled with each further one, up to `maxBackoff`. A
/// daemon that ran for `stable` begins a new row. `start`: for a daemon to answer. `stop`: for it to end by
/// itself before it is killed. `probe`: between two looks whether it answers yet.
public record Patience(
        Duration firstBackoff, Duration maxBackoff, Duration stable, Duration start, Duration stop, Duration probe) {
    /// The values of a production agent. A brick of 10.3 is up after 50 ms and ends after 20 ms on an idle
    /// machine; the limits leave room for a node that boots hundreds of them from cold disks.
    public static final Patience DEFAULT = new Patience(
            Duration.ofSeconds(1),
            Duration.ofMinutes(1),
            Duration.ofMinutes(1),
            Duration.ofSeconds(30),
            Duration.ofSeconds(10),
            Duration.ofMillis(50));

    /// Refuses waits that are not positive and a first backoff above the longest.
    public Patience {
        if (!firstBackoff.isPositive() || maxBackoff.compareTo(firstBackoff) < 0 || !probe.isPositive()) {
            throw new IllegalArgumentException(
                    "backoff from " + firstBackoff + " to " + maxBackoff + ", probe every " + probe);
        }
    }

    /// The same with another longest backoff.
    public Patience withMaxBackoff(Duration max) {
        return new Patience(firstBackoff, max, stable, start, stop, probe);
    }

    /// How long to wait after that many failures in a row, at least one.
    Duration backoff(int failures) {
        Duration delay = firstBackoff;
        for (int i = 1; i < failures && delay.compareTo(maxBackoff) < 0; i++) {
            delay = delay.multipliedBy(2);
        }
        return delay.compareTo(maxBackoff) < 0 ? delay : maxBackoff;
    }
}
