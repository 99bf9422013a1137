package io.sagara.agent.pool;

import io.sagara.spi.Backend;
import io.sagara.spi.StorageUnit;
import java.util.List;

/// The storage backends that are loaded. Any number of threads may ask.
public interface Backends {
    /// The backend of this type; INVALID_ARGUMENT, naming those there are, where none is.
    Backend of(String type);

    /// Refuses, with INVALID_ARGUMENT, a unit whose backend is unknown or does not know one of its options.
    void check(StorageUnit unit);

    /// Types, sorted.
    List<String> types();

    /// Jars that were refused: which and why.
    List<String> refused();
}
