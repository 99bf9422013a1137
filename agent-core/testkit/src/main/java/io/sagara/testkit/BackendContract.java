package io.sagara.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagara.spi.Backend;
import io.sagara.spi.BackendProvider;
import io.sagara.spi.Bricks;
import io.sagara.spi.Bytes;
import io.sagara.spi.Pool;
import io.sagara.spi.Provisioning;
import io.sagara.spi.StorageUnit;
import io.sagara.spi.Volfiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What every backend promises: extend it in a test class, say how to make the provider and its storage units,
/// and all three roles are tested.
///
/// Each test runs on a new scratch directory. Nothing needs root unless the backend's own units do; then the
/// class skips itself with an assumption where it cannot run. A backend without bricks of its own implements
/// [VolfilesContract] and [ProvisioningContract] instead.
public abstract class BackendContract implements VolfilesContract, BricksContract, ProvisioningContract {
    private Path scratch;
    private FakeHost host;
    private Backend backend;
    private FakePoolMount mount;

    /// For subclasses.
    protected BackendContract() {}

    /// A new provider, as the agent makes it.
    protected abstract BackendProvider provider();

    /// What the agent lends: by default fakes, with this state directory.
    protected FakeHost host(Path stateDirectory) {
        return new FakeHost(stateDirectory);
    }

    /// A new directory for the test, removed after it. The backend's state is in `state` below it.
    @Override
    public final Path scratch() {
        return scratch;
    }

    @BeforeEach
    final void makeBackend(@TempDir Path directory) throws IOException {
        scratch = directory.toRealPath();
        host = host(Files.createDirectories(scratch.resolve("state")));
        backend = provider().create(host);
        mount = new FakePoolMount(pool(), Files.createDirectories(scratch.resolve("mount")), Bytes.gib(1));
    }

    @Override
    public final Volfiles volfiles() {
        return backend.volfiles();
    }

    @Override
    public final Bricks bricks() {
        return provider().create(host).bricks();
    }

    @Override
    public final Provisioning provisioning() {
        return backend.provisioning();
    }

    @Override
    public final FakePoolMount mount() {
        return mount;
    }

    @Override
    public Pool pool() {
        return Pools.replica1("p1", unit("one"));
    }

    /// Users write the type as a key of their YAML.
    @Test
    void theTypeIsAPlainWordAndSoAreTheOptions() {
        assertThat(provider().type()).matches("[a-z0-9]+");
        assertThat(provider().unitOptions()).allMatch(option -> option.matches("[a-z][a-zA-Z0-9_]*"));
        assertThat(unit("one").type()).isEqualTo(provider().type());
    }

    /// The agent finds a backend in no other way.
    @Test
    void theModuleProvidesTheBackend() {
        List<String> types = new ArrayList<>();
        ServiceLoader.load(BackendProvider.class, provider().getClass().getClassLoader())
                .forEach(found -> types.add(found.type()));
        assertThat(types).contains(provider().type());
    }

    /// One look at a backend is enough.
    @Test
    void theRolesArePlayedByTheSameObjectsAtEachCall() {
        assertThat(backend.volfiles()).isSameAs(backend.volfiles());
        assertThat(backend.bricks()).isSameAs(backend.bricks());
        assertThat(backend.provisioning()).isSameAs(backend.provisioning());
    }

    /// A unit that exists must not be what [#absentUnit] is.
    @Test
    void theUnitsOfTheTestDiffer() {
        List<StorageUnit> units = List.of(unit("one"), unit("two"), absentUnit());
        assertThat(units).extracting(StorageUnit::source).doesNotHaveDuplicates();
        assertThat(unit("one")).isEqualTo(unit("one"));
    }
}
