package io.sagara.agent.mount;

import java.time.Duration;

/// How long a [PoolClient] waits for what.
///
/// `probeEvery`: between two looks at a mount that is well. `probeDeadline`: for an answer to one look.
/// `hungAfter`: how long a client process may be silent before it is killed. `start`: for a client to go into
/// the background. `firstBackoff`, `maxBackoff`: before a start that follows one that did not last for
/// `stable`; doubled with each. `threads`: how many operations may be at work on the mount at the same time.
public record ClientPatience(
        Duration probeEvery,
        Duration probeDeadline,
        Duration hungAfter,
        Duration start,
        Duration firstBackoff,
        Duration maxBackoff,
        Duration stable,
        int threads) {
    /// The values of a production agent. A client answers for itself within a millisecond, also while bricks
    /// stall, so 3 s tell silence from load, and 20 s a hung client from one that a debugger or a busy machine
    /// holds up; killing it costs every open file.
    public static final ClientPatience DEFAULT = new ClientPatience(
            Duration.ofSeconds(2),
            Duration.ofSeconds(3),
            Duration.ofSeconds(20),
            Duration.ofSeconds(30),
            Duration.ofSeconds(1),
            Duration.ofSeconds(30),
            Duration.ofMinutes(1),
            32);

    /// How long to wait before the start that follows `failures` others in a row that did not last; nothing for
    /// none.
    Duration backoff(int failures) {
        Duration delay = firstBackoff;
        for (int i = 1; i < failures && delay.compareTo(maxBackoff) < 0; i++) {
            delay = delay.multipliedBy(2);
        }
        return failures == 0 ? Duration.ZERO : delay.compareTo(maxBackoff) < 0 ? delay : maxBackoff;
    }
}
