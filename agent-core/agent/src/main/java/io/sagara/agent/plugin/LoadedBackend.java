package io.sagara.agent.plugin;

import io.sagara.spi.Backend;
import java.nio.file.Path;
import java.util.Set;

/// A backend that is ready to be called.
///
/// `type`, `unitOptions`: as its provider declares them. `backend`: guarded, so that whatever goes wrong in it
/// arrives as a [io.sagara.spi.StorageException]; it stays the same object over updates, and calls the newest
/// version. `jar`, `version`: where it came from.
public record LoadedBackend(String type, Set<String> unitOptions, Backend backend, Path jar, String version) {
    /// Copies the options.
    public LoadedBackend {
        unitOptions = Set.copyOf(unitOptions);
    }
}
