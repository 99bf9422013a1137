/// Pools in a volume of a GlusterFS cluster that someone else runs. There are no bricks here: the graph of
/// the volume is asked of the cluster's glusterd, watched for changes, and handed to the agent, whose own
/// clients mount it.
@NullMarked
package io.sagara.backend.external;

import org.jspecify.annotations.NullMarked;
