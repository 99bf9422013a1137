package io.sagara.agent.volume.disk;

import io.sagara.spi.Bytes;
import io.sagara.spi.Provisioning;
import io.sagara.spi.StorageUnit;
import io.sagara.testkit.FakePoolMount;
import io.sagara.testkit.Pools;
import io.sagara.testkit.ProvisioningContract;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// The agent's own provisioning keeps the contract it lends to backends.
class SubdirContractTest implements ProvisioningContract {
    private final SubdirProvisioning provisioning = new SubdirProvisioning();
    private FakePoolMount mount;

    @BeforeEach
    void mount(@TempDir Path root) {
        mount = new FakePoolMount(
                Pools.replica1("p", new StorageUnit("n1", "path", "/p", Map.of())), root, Bytes.gib(1));
    }

    @Override
    public Provisioning provisioning() {
        return provisioning;
    }

    @Override
    public FakePoolMount mount() {
        return mount;
    }
}
