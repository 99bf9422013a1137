package io.sagara.backend.pvc;

import io.sagara.spi.Backend;
import io.sagara.spi.BackendHost;
import io.sagara.spi.BackendProvider;
import io.sagara.spi.Bricks;
import io.sagara.spi.Provisioning;
import io.sagara.spi.StorageUnit;
import io.sagara.spi.Volfiles;
import java.util.Set;
import java.util.function.Function;

/// The door: plays one role itself and passes on the agent's own for the other two.
public final class PvcBackendProvider implements BackendProvider {
    private final Function<BackendHost, Holders> holders;

    /// Found by the service loader.
    public PvcBackendProvider() {
        this(LinuxHolders::new);
    }

    PvcBackendProvider(Function<BackendHost, Holders> holders) {
        this.holders = holders;
    }

    @Override
    public String type() {
        return "pvc";
    }

    @Override
    public Set<String> unitOptions() {
        return Set.of(StorageUnit.HOLDER, StorageUnit.MADE, StorageUnit.LEFT);
    }

    @Override
    public Backend create(BackendHost host) {
        Bricks bricks = new PvcBricks(host, holders.apply(host));
        return new PvcBackend(host.volfiles(), bricks, host.provisioning());
    }

    private record PvcBackend(Volfiles volfiles, Bricks bricks, Provisioning provisioning) implements Backend {}
}
