/// Block volumes as this node uses them: a loop device over a file of the pool, as it is (rawblock) or with its
/// file system mounted (virtblock). [BlockVolumes] stages, publishes and takes away; [Holders] keeps a volume to one
/// node at a time; [NodeVolumes] gives each request to what the volume is.
@NullMarked
package io.sagara.agent.block;

import org.jspecify.annotations.NullMarked;
