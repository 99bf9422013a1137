/// Moves files to where a pool that has grown wants them, while the pool is in use.
/// [io.sagara.agent.rebalance.Rebalance] is the place to begin.
@NullMarked
package io.sagara.agent.rebalance;

import org.jspecify.annotations.NullMarked;
