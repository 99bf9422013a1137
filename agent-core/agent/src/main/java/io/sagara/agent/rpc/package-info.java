/// The agent's socket. Each call here is: read the message, ask `pool`, `volume` or `mount`, answer. No
/// decision is made in this package.
@NullMarked
package io.sagara.agent.rpc;

import org.jspecify.annotations.NullMarked;
