package io.sagara.backend.device;

import io.sagara.spi.BackendProvider;
import io.sagara.spi.StorageUnit;
import io.sagara.testkit.BackendContract;
import io.sagara.testkit.FakeHost;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/// The contract on real files, loop devices and file systems.
class DeviceContractIT extends BackendContract {
    @BeforeAll
    static void canRun() throws IOException {
        DeviceRig.assumeItCanRun();
    }

    @Override
    protected BackendProvider provider() {
        return new DeviceBackendProvider();
    }

    @Override
    protected FakeHost host(Path stateDirectory) {
        return rig(stateDirectory.resolve("..")).host;
    }

    private static DeviceRig rig(Path directory) {
        try {
            return new DeviceRig(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public StorageUnit unit(String name) {
        try {
            return DeviceRig.unit(rig(scratch()).file(name + ".img", DeviceRig.XFS_SIZE));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public StorageUnit absentUnit() {
        return DeviceRig.unit(scratch().resolve("absent.img"));
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        try (DeviceRig rig = rig(scratch())) {
            rig.assertNothingIsLeft();
        }
    }
}
