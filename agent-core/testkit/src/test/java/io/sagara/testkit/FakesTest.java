package io.sagara.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sagara.spi.Brick;
import io.sagara.spi.Bytes;
import io.sagara.spi.Layout;
import io.sagara.spi.Pool;
import io.sagara.spi.PoolMount;
import io.sagara.spi.Problem;
import io.sagara.spi.Provisioning;
import io.sagara.spi.StorageException;
import io.sagara.spi.StorageUnit;
import io.sagara.spi.Volfiles;
import io.sagara.spi.Volume;
import io.sagara.spi.VolumeName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The fakes keep the contracts themselves, and do wrong what they are told to do wrong.
class FakesTest implements VolfilesContract, ProvisioningContract {
    private static final StorageUnit UNIT = new StorageUnit(FakeHost.NODE, "path", "/data", Map.of());

    private FakeHost host;
    private FakePoolMount mount;

    @BeforeEach
    void makeHost(@TempDir Path directory) throws IOException {
        host = new FakeHost(directory);
        mount = new FakePoolMount(pool(), Files.createDirectories(directory.resolve("mount")), Bytes.gib(1));
    }

    @Override
    public Volfiles volfiles() {
        return host.volfiles();
    }

    @Override
    public Provisioning provisioning() {
        return host.provisioning();
    }

    @Override
    public FakePoolMount mount() {
        return mount;
    }

    @Override
    public Pool pool() {
        return Pools.of(new Layout.Replica2(), "p1", UNIT, UNIT);
    }

    private static void fails(Problem problem, Runnable work) {
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(work::run)
                .satisfies(e -> assertThat(e.problem()).isEqualTo(problem));
    }

    @Test
    void nativeBricksRefuseWhatIsNotTheirs() throws IOException {
        Brick brick = pool().bricks().getFirst();
        Path root = host.stateDirectory();
        Path full = Files.createDirectories(root.resolve("full"));
        Files.writeString(full.resolve("file"), "data");
        fails(Problem.INVALID_ARGUMENT, () -> host.bricks().prepare(pool(), brick, root, full));
        fails(Problem.INVALID_ARGUMENT, () -> host.bricks().prepare(pool(), brick, root, full.resolve("file")));
        fails(Problem.INVALID_ARGUMENT, () -> host.bricks().prepare(pool(), brick, full, root));
        fails(Problem.NOT_FOUND, () -> host.bricks().prepare(pool(), brick, root.resolve("no"), root.resolve("no/b")));
        fails(Problem.IN_USE, () -> host.bricks().erase(pool(), brick, full));
        assertThat(full.resolve("file")).hasContent("data");
    }

    @Test
    void aBrokenVolumeIsReportedAndTheOthersListed() throws IOException {
        Volume good = provisioning().create(mount, new VolumeName("good"), Volume.Kind.SUBVOL, Bytes.mib(1));
        provisioning().create(mount, new VolumeName("bad"), Volume.Kind.SUBVOL, Bytes.mib(1));
        Files.writeString(mount.root().resolve("sizes/subvol/bad"), "");
        List<Volume> volumes = new ArrayList<>();
        List<String> broken = new ArrayList<>();
        provisioning().list(mount, volumes::add, broken::add);
        assertThat(volumes).containsExactly(good);
        assertThat(broken).singleElement().asString().contains("bad");
    }

    @Test
    void aLimitFollowsItsDirectoryAndEndsWithIt() throws IOException {
        Path directory = Files.createDirectories(mount.root().resolve("a"));
        mount.limit(directory, Bytes.mib(1));
        Files.writeString(directory.resolve("file"), "data");
        Path renamed = Files.move(directory, mount.root().resolve("b"));
        assertThat(mount.limit(renamed)).contains(Bytes.mib(1));
        assertThat(mount.usage(renamed).used()).isEqualTo(new Bytes(4));
        Files.createDirectories(directory);
        assertThat(mount.limit(directory)).isEmpty();
        mount.unlimit(renamed);
        mount.unlimit(renamed);
        assertThat(mount.limit(renamed)).isEmpty();
    }

    @Test
    void aMountAnswersAsItsPoolAllows() {
        PoolMount free = new FakePoolMount(Pools.withoutQuota(pool()), mount.root(), Bytes.gib(1));
        fails(Problem.UNSUPPORTED, () -> free.limit(mount.root(), Bytes.mib(1)));
        fails(Problem.UNSUPPORTED, () -> mount.usage(mount.root()));
        fails(Problem.INVALID_ARGUMENT, () -> mount.limit(Path.of("/elsewhere"), Bytes.mib(1)));
        mount.die();
        fails(Problem.UNAVAILABLE, mount::usage);
        fails(Problem.UNAVAILABLE, () -> mount.limit(mount.root()));
    }

    @Test
    void progressIsKept() {
        host.lending(new FakeCommands()).progress("unit 0: making an XFS file system");
        assertThat(host.progressLines()).containsExactly("unit 0: making an XFS file system");
    }
}
