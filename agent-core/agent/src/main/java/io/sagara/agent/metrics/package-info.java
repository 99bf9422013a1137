/// What Prometheus is told, under Kadalu's names (`kadalu_…`) where Kadalu has one and under ours (`sagara_…`)
/// otherwise: [io.sagara.agent.metrics.PoolMetrics] says it of pools, their bricks and processes,
/// [io.sagara.agent.metrics.VolumeMetrics] of the volumes published on this node, and
/// [io.sagara.agent.metrics.RequestMetrics] of the calls of the agent's API.
///
/// Nothing here asks a pool's mount without a deadline, so that one that hangs does not take the others' metrics
/// with it.
///
/// The only package that names the Prometheus library and the HTTP server.
@NullMarked
package io.sagara.agent.metrics;

import org.jspecify.annotations.NullMarked;
