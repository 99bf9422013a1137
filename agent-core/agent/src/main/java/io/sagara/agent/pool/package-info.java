/// What it means to serve a pool. [PoolPlan] decides (pure), [PoolRuntime] does, [Pools] holds all of them, and
/// [DesiredState] remembers them across restarts.
@NullMarked
package io.sagara.agent.pool;

import org.jspecify.annotations.NullMarked;
