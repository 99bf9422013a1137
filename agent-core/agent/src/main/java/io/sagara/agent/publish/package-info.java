/// Volumes as pods of this node see them. [PublishedVolumes] binds them from the pool's client and takes them
/// away; [Healing] binds them anew, on the node and in running containers, when the client was replaced; and
/// [PublicationRecords] remembers which they are, also over a restart of the agent.
///
/// Where a volume is published comes from outside. [TargetRules] judges the text, and
/// [io.sagara.agent.posix.Place] reaches the place without following a symbolic link, so that what was judged is
/// what is used.
@NullMarked
package io.sagara.agent.publish;

import org.jspecify.annotations.NullMarked;
