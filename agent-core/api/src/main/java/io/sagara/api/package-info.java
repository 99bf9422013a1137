/// What both ends of the agent's unix socket share: [UnixClient] and [UnixServer] are its ends, [GrpcProblems]
/// is the only place where a [io.sagara.spi.Problem] becomes a gRPC status and back.
@NullMarked
package io.sagara.api;

import org.jspecify.annotations.NullMarked;
