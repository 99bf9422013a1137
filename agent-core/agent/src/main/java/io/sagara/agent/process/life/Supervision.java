package io.sagara.agent.process.life;

import io.sagara.agent.process.Daemons;
import io.sagara.agent.time.Timer;
import java.time.InstantSource;

/// What all supervisors of an agent share.
public record Supervision(Daemons daemons, Timer timer, InstantSource clock, Patience patience) {
    /// A supervisor that does nothing until it is started.
    public Supervisor of(Supervised daemon) {
        return new Supervisor(daemon, this);
    }
}
