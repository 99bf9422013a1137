package io.sagara.agent.account;

import io.sagara.spi.Bytes;
import io.sagara.spi.VolumeName;
import java.time.Instant;

/// One row of the account. `createdAt`: to the second; [Instant#EPOCH] where the row does not tell.
public record LedgerEntry(VolumeName name, Bytes size, Instant createdAt) {}
