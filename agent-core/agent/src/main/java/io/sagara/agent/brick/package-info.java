/// Bricks: glusterfsd on local directories. [GlusterfsdBricks] is the whole of it for other packages, but for
/// [PortRange] and [LogRotation]; how a process is kept running is in `agent.process.life`.
@NullMarked
package io.sagara.agent.brick;

import org.jspecify.annotations.NullMarked;
