/// The agent's mounts of a pool: kept alive by [PoolClient], used through [ManagementMount].
///
/// **How code of the agent must touch a pool mount.** A file operation on a FUSE mount whose client or bricks
/// hang does not return; not even SIGKILL ends it once the client has the request. On a virtual thread it keeps
/// the carrier: with two carriers two such operations stop every virtual thread of the agent, whatever they do.
/// The JDK does not compensate for this: it was tried with 25, with `Files.exists`, `newDirectoryStream`,
/// `writeString` and a system call alike. Therefore
///
/// - every operation below a pool's root, and below anything bound from it, runs on the pool's own
///   [PoolThreads]: platform threads, bounded, with a deadline for the caller. An operation of many steps is
///   one task; tasks nest without a second thread;
/// - what a caller holds while it works on a volume (its lock) is taken and released inside the task, because
///   the task may go on after its caller has given up;
/// - a mount point is looked at in mountinfo first, never with `Files.exists`: only the kernel's own tables
///   answer for certain.
///
/// A [PoolClient] tells a dead client from bricks that do not answer. The attribute `security.capability` of
/// the mount's root is answered by the client itself ("no such attribute"), at once and also while no brick
/// answers (GlusterFS 10.3 and 11.1, without the mount option `capability`), so silence there means that the
/// client hangs. Then it is killed and mounted again. Statfs is answered by bricks: silence or an error there
/// leaves the client alone, since it reconnects by itself and a new one could do no better, while open files
/// survive only in the old one.
@NullMarked
package io.sagara.agent.mount;

import org.jspecify.annotations.NullMarked;
