/// Bricks on block devices, and on files that stand in for one: `- device: /dev/disk/by-id/…`.
///
/// A unit is attached in three steps: `Survey` gathers facts, [io.sagara.backend.device.plan] decides without
/// touching anything, `Attachment` does what was decided. What a brick's file system is, by UUID, is remembered
/// in the state directory before anything is done to the device, so that neither a crash nor a changed device
/// name can lead to formatting twice.
///
/// The state directory holds, for brick 0 of pool p1: `p1/0.record` (which file system), `p1/0.loop` (which
/// loop device, for a file), `p1/0` (where it is mounted) and, for a moment, `p1/0.look` (a read-only look).
@NullMarked
package io.sagara.backend.device;

import org.jspecify.annotations.NullMarked;
