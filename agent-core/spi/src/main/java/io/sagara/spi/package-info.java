/// The contract between the Sagara agent and a storage backend.
///
/// A backend jar provides one [BackendProvider]. The agent creates one [Backend] from it and asks it to play
/// three roles: [Volfiles] (which GlusterFS graphs serve a pool), [Bricks] (how a storage unit becomes a brick
/// directory and a running brick) and [Provisioning] (how volumes are made in a pool). [BackendHost] lends a
/// ready GlusterFS implementation of each, so a backend writes only what is different about it.
///
/// Rules that hold for every method unless it says otherwise:
///
/// - **Deadline**: the agent runs a call on a thread of its own and interrupts it when the deadline has passed.
///   A call must end soon after; [Commands] does so by itself.
/// - **Idempotence**: a call may be repeated at any time, also after a crash in the middle of an earlier one.
/// - **Concurrency**: calls for one pool come one after the other, calls for different pools at the same time.
/// - **Errors**: a [StorageException] whose [Problem] says how to react and whose message says what, which, and
///   what to do. Anything else that is thrown is taken as a fault of the backend and reported as
///   [Problem#INTERNAL].
///
/// The version of this package is the one in [BackendProvider#SPI_VERSION]. It grows by default methods; a
/// break is a new major version.
@NullMarked
package io.sagara.spi;

import org.jspecify.annotations.NullMarked;
