package io.sagara.backend.device;

import io.sagara.backend.device.plan.UnitOptions;
import io.sagara.backend.device.system.LinuxKernel;
import io.sagara.spi.Backend;
import io.sagara.spi.BackendHost;
import io.sagara.spi.BackendProvider;
import io.sagara.spi.Bricks;
import io.sagara.spi.Provisioning;
import io.sagara.spi.Volfiles;
import java.util.Set;
import java.util.UUID;

/// The door: plays one role itself and passes on the agent's own for the other two.
public final class DeviceBackendProvider implements BackendProvider {
    /// Found by the service loader.
    public DeviceBackendProvider() {}

    @Override
    public String type() {
        return "device";
    }

    @Override
    public Set<String> unitOptions() {
        return UnitOptions.KEYS;
    }

    @Override
    public Backend create(BackendHost host) {
        Bricks bricks = new DeviceBricks(host, new LinuxKernel(), UUID::randomUUID);
        return new DeviceBackend(host.volfiles(), bricks, host.provisioning());
    }

    private record DeviceBackend(Volfiles volfiles, Bricks bricks, Provisioning provisioning) implements Backend {}
}
