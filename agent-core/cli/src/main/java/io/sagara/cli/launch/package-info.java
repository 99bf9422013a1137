/// Starts the agent and the CSI sidecar of a distribution as child processes and keeps them running.
@NullMarked
package io.sagara.cli.launch;

import org.jspecify.annotations.NullMarked;
