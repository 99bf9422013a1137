/// Bricks on PersistentVolumeClaims: `- pvc: claim` becomes the brick `data/brick` on the claim's volume, where
/// Kadalu puts it too. A pod that does nothing holds the claim; its mount is taken over from its container.
@NullMarked
package io.sagara.backend.pvc;

import org.jspecify.annotations.NullMarked;
