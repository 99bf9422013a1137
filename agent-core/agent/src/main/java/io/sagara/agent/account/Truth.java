package io.sagara.agent.account;

import io.sagara.spi.Bytes;
import io.sagara.spi.VolumeName;
import java.util.Map;

/// What the account is rebuilt from: the volumes a pool really has.
@FunctionalInterface
public interface Truth {
    /// Every volume of the pool that takes space, archived ones too, by the name its row has. Throws
    /// UNAVAILABLE rather than answer with a part of them. Called on the thread of the ledger, which waits.
    Map<VolumeName, Bytes> volumes();
}
