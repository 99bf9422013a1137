package io.sagara.backend.external;

import io.sagara.spi.Backend;
import io.sagara.spi.BackendHost;
import io.sagara.spi.BackendProvider;
import io.sagara.spi.Bricks;
import io.sagara.spi.Cluster;
import io.sagara.spi.Layout;
import io.sagara.spi.Provisioning;
import io.sagara.spi.Volfiles;
import java.time.InstantSource;

/// The door.
public final class ExternalBackendProvider implements BackendProvider {
    /// Found by the service loader.
    public ExternalBackendProvider() {}

    @Override
    public String type() {
        return Layout.External.BACKEND;
    }

    @Override
    public Backend create(BackendHost host) {
        InstantSource clock = InstantSource.system();
        ExternalCluster cluster = new ExternalCluster(host, clock);
        return new ExternalBackend(
                cluster,
                new NoBricks(),
                new LimitedVolumes(host.provisioning(), cluster, new UsageCount(clock), host.commands()),
                cluster);
    }

    private record ExternalBackend(Volfiles volfiles, Bricks bricks, Provisioning provisioning, Cluster cluster)
            implements Backend {}
}
