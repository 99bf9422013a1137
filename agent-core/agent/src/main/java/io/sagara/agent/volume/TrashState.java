package io.sagara.agent.volume;

import io.sagara.spi.Bytes;

/// Deleted volumes that are not purged, when they were last looked at.
///
/// `volumes`, `size`: those that can come back, and what they may hold. `files`: how many files and directories the
/// purge that runs has to remove yet, as far as the quota counts them. `purging`: whether one runs.
public record TrashState(int volumes, Bytes size, long files, boolean purging) {
    static final TrashState NOTHING = new TrashState(0, Bytes.ZERO, 0, false);
}
