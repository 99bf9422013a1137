/// Volumes as they lie on disk: Kadalu's directories and info files, byte for byte, so that a pool may change
/// hands in both directions.
///
/// Begin with [io.sagara.agent.volume.disk.VolumeLayout] (where things are) and
/// [io.sagara.agent.volume.disk.SubdirProvisioning] (in which order they come and go, and why a crash between
/// two steps leaks nothing).
@NullMarked
package io.sagara.agent.volume.disk;

import org.jspecify.annotations.NullMarked;
