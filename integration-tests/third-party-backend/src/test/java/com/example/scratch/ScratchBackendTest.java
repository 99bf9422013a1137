package com.example.scratch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sagara.spi.BackendProvider;
import io.sagara.spi.Pool;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import io.sagara.spi.StorageUnit;
import io.sagara.testkit.BackendContract;
import io.sagara.testkit.FakeHost;
import io.sagara.testkit.Pools;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The contract, which is Sagara's, and what is special here.
class ScratchBackendTest extends BackendContract {
    @Override
    protected BackendProvider provider() {
        return new ScratchProvider();
    }

    @Override
    protected FakeHost host(Path stateDirectory) {
        try {
            Path disk = Files.createDirectory(stateDirectory.resolveSibling("nvme"));
            Files.writeString(stateDirectory.resolve("disks.json"), "{\"disks\": {\"fast\": \"" + disk + "\"}}");
            return new FakeHost(stateDirectory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public StorageUnit unit(String name) {
        return source("fast/" + name);
    }

    @Override
    public StorageUnit absentUnit() {
        return source("nowhere/one");
    }

    private static StorageUnit source(String source) {
        return new StorageUnit(FakeHost.NODE, "scratch", source, Map.of());
    }

    private void refuses(Problem problem, String source, String words) {
        Pool pool = Pools.replica1("p1", source(source));
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> bricks().attach(pool, pool.bricks().getFirst()))
                .withMessageContainingAll("pool p1, unit 0", words)
                .satisfies(e -> assertThat(e.problem()).isEqualTo(problem));
    }

    @Test
    void theBrickIsADirectoryOfTheDisk() {
        assertThat(bricks().attach(pool(), pool().bricks().getFirst())).isEqualTo(scratch().resolve("nvme/one"));
    }

    @Test
    void aNameThatLeavesTheDiskIsRefused() {
        refuses(Problem.INVALID_ARGUMENT, "fast/../etc", "is no scratch unit");
        refuses(Problem.INVALID_ARGUMENT, "/etc", "is no scratch unit");
    }

    @Test
    void aDiskThatIsNotMountedIsNotFound() throws IOException {
        Files.delete(scratch().resolve("nvme"));
        refuses(Problem.NOT_FOUND, "fast/one", "disks.json");
    }

    @Test
    void aSettingsFileThatCannotBeReadIsNamed() throws IOException {
        Path file = Files.writeString(scratch().resolve("state/disks.json"), "{\"disks\": [}");
        refuses(Problem.INVALID_ARGUMENT, "fast/one", file.toString());
        Files.writeString(file, "{}");
        refuses(Problem.INVALID_ARGUMENT, "fast/one", "no \"disks\"");
    }
}
