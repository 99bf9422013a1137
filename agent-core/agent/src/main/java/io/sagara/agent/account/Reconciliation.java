package io.sagara.agent.account;

import io.sagara.spi.Bytes;
import java.util.Optional;

/// Compares what the account counts for a name with what the volume of that name has. Pure.
public enum Reconciliation {
    /// They agree.
    AGREED,
    /// They do not, and it is not for this agent, or not yet time, to say so: another may be between two steps
    /// of a call.
    OPEN,
    /// The account is wrong and shall count what the volume has: nothing where there is none.
    CORRECT;

    /// `volume`: the size in the info file; empty where there is none. `row`: what is counted. `mayCountMore`:
    /// whether what was seen of the disk is no memory. `mayCountLess`: whether no call for the name can be
    /// under way. Every call counts before it makes and makes away before it counts, so between its steps the
    /// account says too much, never too little.
    public static Reconciliation of(
            Optional<Bytes> volume, Optional<Bytes> row, boolean mayCountMore, boolean mayCountLess) {
        if (volume.equals(row)) {
            return AGREED;
        }
        boolean more = volume.isPresent()
                && row.map(counted -> counted.compareTo(volume.get()) < 0).orElse(true);
        return (more ? mayCountMore : mayCountLess) ? CORRECT : OPEN;
    }
}
