/// What is decided, as functions of values: which pool is served where, which edits are refused, which ports
/// and ids are assigned, how a pool is when all nodes are asked, what a node's agent has to be told. No
/// effects.
@NullMarked
package io.sagara.operator.plan;

import org.jspecify.annotations.NullMarked;
