/// The work of every node's instance: it gives the local agent the pools as they were planned, and reports
/// what became of them.
@NullMarked
package io.sagara.operator.node;

import org.jspecify.annotations.NullMarked;
