package io.sagara.backend.path;

import io.sagara.spi.Backend;
import io.sagara.spi.BackendHost;
import io.sagara.spi.BackendProvider;
import io.sagara.spi.Bricks;
import io.sagara.spi.Provisioning;
import io.sagara.spi.Volfiles;

/// The door: plays one role itself and passes on the agent's own for the other two.
public final class PathBackendProvider implements BackendProvider {
    /// Found by the service loader.
    public PathBackendProvider() {}

    @Override
    public String type() {
        return "path";
    }

    @Override
    public Backend create(BackendHost host) {
        return new PathBackend(host.volfiles(), new PathBricks(host.bricks()), host.provisioning());
    }

    private record PathBackend(Volfiles volfiles, Bricks bricks, Provisioning provisioning) implements Backend {}
}
