/// Serves volfiles to GlusterFS processes, in glusterd's place, over a unix socket.
///
/// GlusterFS speaks ONC RPC (RFC 5531) with XDR (RFC 4506) and record marking here: it asks for its graph
/// (GETSPEC), signs a brick in, and waits for word that the graph has changed (FETCHSPEC), upon which it asks
/// again. Behaviour this relies on, seen with 10.3:
///
/// - A process that starts while nobody serves exits at once (ENOTCONN), and so does one whose id is unknown
///   (ENOENT). A process that runs is hurt by neither: it keeps its graph and goes on with its I/O.
/// - It reconnects within 3 s after the server is back on the same path, asks for its graph again and signs in
///   again. So after a restart the agent publishes what it served before, and a process that asked in between
///   is told when it has done so.
/// - ENOTSUP as an answer would end even a running process; it is never given.
///
/// All threads are virtual; each connection has its own, so that a peer which stalls delays nobody.
@NullMarked
package io.sagara.agent.volfileserver;

import org.jspecify.annotations.NullMarked;
