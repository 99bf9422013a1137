package com.example.scratch;

import io.sagara.spi.Backend;
import io.sagara.spi.BackendHost;
import io.sagara.spi.BackendProvider;
import io.sagara.spi.Bricks;
import io.sagara.spi.Provisioning;
import io.sagara.spi.Volfiles;

/// Plays role 2 itself, and passes on what the agent lends for the other two.
public final class ScratchProvider implements BackendProvider {
    /// The agent calls it.
    public ScratchProvider() {}

    @Override
    public String type() {
        return "scratch";
    }

    @Override
    public Backend create(BackendHost host) {
        return new ScratchBackend(host.volfiles(), new ScratchBricks(host), host.provisioning());
    }

    private record ScratchBackend(Volfiles volfiles, Bricks bricks, Provisioning provisioning) implements Backend {}
}
