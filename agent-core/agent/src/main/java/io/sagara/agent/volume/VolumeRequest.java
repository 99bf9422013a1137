package io.sagara.agent.volume;

import io.sagara.spi.Bytes;
import io.sagara.spi.Layout;
import io.sagara.spi.PoolName;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import io.sagara.spi.Volume;
import io.sagara.spi.VolumeName;
import java.util.Optional;

/// A volume to be made.
///
/// `atLeast`, `atMost`: how large; the volume gets `atLeast`. `pool`: where, if the caller chose; otherwise the
/// first pool in the order of names that fits. `layout`: of the pool, if the caller cares. `node`: that must
/// hold all its bricks, if the caller cares.
public record VolumeRequest(
        VolumeName name,
        Volume.Kind kind,
        Bytes atLeast,
        Optional<Bytes> atMost,
        Optional<PoolName> pool,
        Optional<Class<? extends Layout>> layout,
        Optional<String> node) {
    /// Refuses sizes no volume can have.
    public VolumeRequest {
        if (atLeast.equals(Bytes.ZERO)) {
            throw new StorageException(
                    Problem.INVALID_ARGUMENT, "volume " + name + " needs a size above 0; ask for at least 1 byte");
        }
        if (atMost.isPresent() && atMost.get().compareTo(atLeast) < 0) {
            throw new StorageException(
                    Problem.INVALID_ARGUMENT,
                    "volume " + name + " shall have at least " + atLeast + " and at most " + atMost.get()
                            + ", which no size is; raise the limit or lower the size");
        }
    }
}
