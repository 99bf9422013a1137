/// The daemon. Start at [Main], which wires everything top to bottom; then `pool` (what it means to serve a
/// pool), `volume` (volumes in a pool) and `rpc` (the socket). `process`, `posix` and `mount` are the only
/// packages that touch the operating system.
@NullMarked
package io.sagara.agent;

import org.jspecify.annotations.NullMarked;
