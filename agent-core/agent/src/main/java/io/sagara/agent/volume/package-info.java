/// Volumes in pools. [VolumeService] answers requests, [PoolVolumeSet] keeps one pool's volumes and their
/// account together, `disk` makes them in Kadalu's layout.
@NullMarked
package io.sagara.agent.volume;

import org.jspecify.annotations.NullMarked;
