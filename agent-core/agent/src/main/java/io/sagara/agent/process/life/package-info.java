/// How a GlusterFS daemon is kept running: [DaemonLife] decides, as a function from values to values, and
/// [Supervisor] does. The same for bricks, quota daemons and self-heal daemons.
@NullMarked
package io.sagara.agent.process.life;

import org.jspecify.annotations.NullMarked;
