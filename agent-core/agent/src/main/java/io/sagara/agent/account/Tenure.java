package io.sagara.agent.account;

import java.sql.SQLException;
import java.time.Duration;

/// Whether the locks of `stat.db` are kept from one transaction to the next. For one thread.
///
/// To take and leave them, and to look again at what another may have changed meanwhile, is more than half of the
/// calls to the bricks that a transaction makes. So they are kept while transactions follow closely upon each
/// other: given up when none has come for [#IDLE], after [#MOST] in any case, and then not kept for [#PAUSE],
/// so that other nodes and Kadalu's tools, which wait up to five seconds, get their turn. A process that dies
/// loses its locks, and a transaction it was in is undone by the next one, as ever.
final class Tenure {
    static final Duration IDLE = Duration.ofMillis(40);
    static final Duration MOST = Duration.ofMillis(300);
    static final Duration PAUSE = Duration.ofMillis(150);

    private boolean held;
    private boolean used;
    private long last;
    private long since;
    private boolean paused;
    private long freed;

    boolean held() {
        return held;
    }

    /// Before a transaction. `now`: of [System#nanoTime].
    void before(StatDb db, long now) throws SQLException {
        paused = paused && now - freed < PAUSE.toNanos();
        if (!held && used && !paused && now - last < IDLE.toNanos()) {
            db.keepLocks(true);
            held = true;
            since = now;
        }
    }

    /// After a transaction; true where the locks should be given up.
    boolean after(long now) {
        used = true;
        last = now;
        return held && now - since >= MOST.toNanos();
    }

    /// Gives up the locks, as far as they are held.
    void end(StatDb db, long now) throws SQLException {
        if (held) {
            forget(now);
            db.keepLocks(false);
        }
    }

    /// The file was closed, and the locks with it.
    void forget(long now) {
        held = false;
        paused = true;
        freed = now;
    }
}
