/// Orders to running GlusterFS daemons, as a glusterd would give them: over the unix socket that each opens
/// (`-S`), in the program that GlusterFS calls its brick operations. Self-heal daemons and rebalance processes
/// take them too. Start with [io.sagara.agent.operation.DaemonSocket].
@NullMarked
package io.sagara.agent.operation;

import org.jspecify.annotations.NullMarked;
