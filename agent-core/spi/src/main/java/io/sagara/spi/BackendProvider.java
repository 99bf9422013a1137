package io.sagara.spi;

import java.util.Set;

/// What a backend jar provides: `provides io.sagara.spi.BackendProvider with …` in its module declaration. It
/// has a public constructor without parameters, which does nothing else.
public interface BackendProvider {
    /// The version of this SPI, as bundles import the package `io.sagara.spi`.
    String SPI_VERSION = "1.0.0";

    /// The key under which users list units of this backend (`- path: /data`), and its identity: two backends
    /// of one type are not loaded together. Lower-case letters and digits.
    String type();

    /// The names of the options a unit of this backend may have besides its source. Any other is refused before
    /// the backend is asked.
    default Set<String> unitOptions() {
        return Set.of();
    }

    /// Makes the backend. Called once each time the jar is loaded; nothing is started yet.
    Backend create(BackendHost host);
}
