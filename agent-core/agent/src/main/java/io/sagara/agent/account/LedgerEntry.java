package io.sagara.agent.account;

import io.sagara.spi.Bytes;
import io.sagara.spi.VolumeName;
import java.time.Instant;

/// One row of the account. `createdAt`: to the second; [Instant#EPOCH] where the row does not tell. `writer`:
/// the mark of the agent that began the last call that counted for it; empty where that was another program.
public record LedgerEntry(VolumeName name, Bytes size, Instant createdAt, String writer) {
    /// A row without a mark.
    public LedgerEntry(VolumeName name, Bytes size, Instant createdAt) {
        this(name, size, createdAt, "");
    }
}
