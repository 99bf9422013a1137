package io.sagara.agent.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagara.agent.brick.FakePosix;
import io.sagara.agent.posix.Posix;
import io.sagara.agent.volume.disk.WholePoolProvisioning;
import io.sagara.spi.Bytes;
import io.sagara.spi.PoolName;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import io.sagara.spi.Volume;
import io.sagara.spi.VolumeName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two agents serve a pool that is one volume.
class WholePoolTest {
    private static final PoolName POOL = new PoolName("p");
    private static final VolumeName ONE = new VolumeName("pvc-1");
    private static final VolumeName OTHER = new VolumeName("pvc-2");
    private static final Bytes SIZE = Bytes.mib(100);

    @TempDir
    private Path directory;

    private final Posix posix = new FakePosix();
    private final List<PoolVolumeSet> open = new ArrayList<>();
    private VolumeService here;
    private VolumeService there;

    @BeforeEach
    void begin() throws IOException {
        here = agent("here", PoolAccess.Reclaim.DELETE);
        there = agent("there", PoolAccess.Reclaim.ARCHIVE);
        Files.writeString(root().resolve("file"), "data of the owner");
    }

    @AfterEach
    void end() {
        open.forEach(PoolVolumeSet::close);
    }

    /// As [PlainAccess] has it.
    private Path root() {
        return directory.resolve("p");
    }

    private VolumeService agent(String name, PoolAccess.Reclaim reclaim) throws IOException {
        Path account = Files.createDirectories(directory.resolve(name));
        PlainAccess access = new PlainAccess(directory, reclaim, false, new WholePoolProvisioning(posix)) {
            @Override
            public boolean whole() {
                return true;
            }

            @Override
            public Path account() {
                return account;
            }
        };
        PoolVolumeSet set = new PoolVolumeSet(access, name, InstantSource.system());
        set.open();
        open.add(set);
        VolumeService service = new VolumeService(_ -> false);
        service.add(set);
        return service;
    }

    private static VolumeRequest request(VolumeName name, Volume.Kind kind, Bytes size) {
        return new VolumeRequest(
                name, kind, size, Optional.empty(), Optional.of(POOL), Optional.empty(), Optional.empty());
    }

    private static VolumeRequest request(VolumeName name) {
        return request(name, Volume.Kind.SUBVOL, SIZE);
    }

    private static List<VolumeName> names(VolumeService agent) {
        return agent.list(Optional.empty(), Optional.empty(), 0).volumes().stream()
                .map(placed -> placed.volume().name())
                .toList();
    }

    private static void refused(Problem problem, String says, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StorageException.class,
                        e -> assertThat(e.problem()).as(e.getMessage()).isEqualTo(problem))
                .hasMessageContaining(says);
    }

    private void onlyTheOwnersFileIsThere() throws IOException {
        try (Stream<Path> entries = Files.list(root())) {
            assertThat(entries.map(entry -> entry.getFileName().toString())).containsExactly("file");
        }
    }

    @Test
    void theVolumeIsTheRootWithWhatIsInItAndNothingElse() throws IOException {
        Volume made = here.create(request(ONE)).volume();
        assertThat(made.path()).isEqualTo(Path.of(""));
        assertThat(made.size()).isEqualTo(SIZE);
        assertThat(here.create(request(ONE)).volume()).isEqualTo(made);
        assertThat(names(here)).containsExactly(ONE);
        onlyTheOwnersFileIsThere();
    }

    @Test
    void whatOneAgentDoesTheOtherKnows() throws IOException {
        here.create(request(ONE));
        assertThat(there.require(ONE).volume().size()).isEqualTo(SIZE);
        assertThat(names(there)).containsExactly(ONE);
        assertThat(there.expand(ONE, Bytes.mib(200), Optional.empty()).volume().size())
                .isEqualTo(Bytes.mib(200));
        assertThat(names(here)).containsExactly(ONE);
        assertThat(here.require(ONE).volume().size()).isEqualTo(Bytes.mib(200));
        there.delete(ONE);
        assertThat(names(here)).isEmpty();
        onlyTheOwnersFileIsThere();
    }

    @Test
    void thereIsRoomForOneVolumeOnly() {
        here.create(request(ONE));
        refused(Problem.NO_SPACE, "pvc-1", () -> here.create(request(OTHER)));
        refused(Problem.NO_SPACE, "pvc-1", () -> there.create(request(OTHER)));
        refused(Problem.ALREADY_EXISTS, "100 MiB", () -> here.create(request(ONE, Volume.Kind.SUBVOL, Bytes.mib(7))));
        here.delete(ONE);
        assertThat(there.create(request(OTHER)).volume().name()).isEqualTo(OTHER);
        assertThat(names(here)).containsExactly(OTHER);
    }

    @Test
    void aBlockVolumeIsRefused() {
        refused(
                Problem.INVALID_ARGUMENT,
                "single_pv_per_pool",
                () -> here.create(request(ONE, Volume.Kind.VIRTBLOCK, SIZE)));
        assertThat(names(here)).isEmpty();
    }

    @Test
    void aVolumeThatNobodyWroteDownIsTakenAsItIs() throws IOException {
        here.adopt(ONE, POOL);
        here.adopt(ONE, POOL);
        assertThat(there.require(ONE).volume().path()).isEqualTo(Path.of(""));
        refused(Problem.NO_SPACE, "pvc-1", () -> there.adopt(OTHER, POOL));
        there.adopt(OTHER, new PoolName("unknown"));
        onlyTheOwnersFileIsThere();
    }

    @Test
    void itIsTheSameAfterARestart() throws IOException {
        here.create(request(ONE));
        open.forEach(PoolVolumeSet::close);
        VolumeService again = agent("here", PoolAccess.Reclaim.DELETE);
        assertThat(names(again)).containsExactly(ONE);
        again.delete(ONE);
        again.delete(ONE);
        assertThat(names(again)).isEmpty();
    }

    @Test
    void anAttributeThatMakesNoSenseIsNamedAndLeftAlone() throws IOException {
        posix.setAttribute(root(), "trusted.sagara.volume", "nonsense".getBytes(StandardCharsets.UTF_8));
        refused(Problem.INTERNAL, "'nonsense'", () -> here.create(request(ONE)));
        assertThat(posix.attribute(root(), "trusted.sagara.volume"))
                .contains("nonsense".getBytes(StandardCharsets.UTF_8));
    }
}
