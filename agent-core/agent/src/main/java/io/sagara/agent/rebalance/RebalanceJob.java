package io.sagara.agent.rebalance;

import java.util.UUID;

/// What a rebalance process of this node works with.
///
/// `graph`: of the process. `distribute`: the translator in it that moves files. `server`: the identity of the
/// bricks of this node, whose files it moves. `emptying`: whether a set is leaving, from which everything is to move,
/// whatever room its bricks have.
public record RebalanceJob(String graph, String distribute, UUID server, boolean emptying) {}
