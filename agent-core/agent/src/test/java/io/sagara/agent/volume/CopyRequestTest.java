package io.sagara.agent.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sagara.agent.posix.MountTree;
import io.sagara.spi.Bytes;
import io.sagara.spi.PoolName;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import io.sagara.spi.Volume;
import io.sagara.spi.VolumeName;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What requests for copies are answered where there is something of that name.
class CopyRequestTest {
    private static final VolumeName SOURCE = new VolumeName("source");
    private static final VolumeName OTHER = new VolumeName("other");
    private static final Bytes SIZE = Bytes.mib(8);

    @TempDir
    private Path directory;

    private final VolumeService service = new VolumeService(name -> false);
    private Optional<PoolVolumeSet> set = Optional.empty();

    private void serve(boolean alone) throws IOException {
        try (MountTree tree = MountTree.of(directory)) {
            assertThat(tree.path()).exists();
        } catch (IOException e) {
            assumeTrue(false, "SKIPPED: this user may not copy mounts: " + e.getMessage());
        }
        PoolVolumeSet opened = new PoolVolumeSet(
                new PlainAccess(directory, PoolAccess.Reclaim.DELETE, alone), "agent", InstantSource.system());
        opened.open();
        set = Optional.of(opened);
        service.add(opened);
        service.create(request("source", SIZE, Optional.empty(), false));
        service.create(request("other", SIZE, Optional.empty(), false));
    }

    @AfterEach
    void close() {
        set.ifPresent(PoolVolumeSet::close);
    }

    private static VolumeRequest request(String name, Bytes atLeast, Optional<Bytes> atMost, boolean named) {
        return new VolumeRequest(
                new VolumeName(name),
                Volume.Kind.SUBVOL,
                atLeast,
                atMost,
                named ? Optional.of(new PoolName("p")) : Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private static void assertProblem(Problem problem, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.problem()).isEqualTo(problem));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCopyIsTheSameOnlyAsACopyOfTheSameSource(boolean alone) throws IOException {
        serve(alone);
        for (boolean named : new boolean[] {true, false}) {
            VolumeRequest wanted = request("copy", SIZE, Optional.empty(), named);
            VolumeService.Placed made = service.copy(wanted, SOURCE);
            assertThat(service.copy(wanted, SOURCE)).isEqualTo(made);
            assertProblem(Problem.ALREADY_EXISTS, () -> service.copy(wanted, OTHER));
            assertProblem(Problem.ALREADY_EXISTS, () -> service.create(wanted));
            VolumeRequest plain = request("other", SIZE, Optional.empty(), named);
            assertProblem(Problem.ALREADY_EXISTS, () -> service.copy(plain, SOURCE));
            assertThat(service.create(plain).volume().name()).isEqualTo(OTHER);
        }
        service.delete(SOURCE);
        assertThat(service.copy(request("copy", SIZE, Optional.empty(), true), SOURCE)
                        .volume()
                        .size())
                .isEqualTo(SIZE);
    }

    @Test
    void theRangeOfSizesHoldsForACopyAsForAnyVolume() throws IOException {
        serve(true);
        Bytes copied = Bytes.mib(16);
        VolumeService.Placed made = service.copy(request("copy", copied, Optional.of(copied), true), SOURCE);
        assertThat(service.copy(request("copy", SIZE, Optional.of(copied), true), SOURCE))
                .isEqualTo(made);
        assertProblem(
                Problem.ALREADY_EXISTS,
                () -> service.copy(request("copy", SIZE, Optional.of(Bytes.mib(15)), true), SOURCE));
        assertProblem(
                Problem.ALREADY_EXISTS, () -> service.copy(request("copy", SIZE, Optional.empty(), true), SOURCE));
        assertProblem(
                Problem.ALREADY_EXISTS,
                () -> service.copy(request("copy", Bytes.mib(32), Optional.empty(), true), SOURCE));
    }

    @Test
    void aCopyThatTheRangeLeavesNoRoomForIsNotMade() throws IOException {
        serve(true);
        Bytes small = Bytes.mib(4);
        assertProblem(
                Problem.OUT_OF_RANGE, () -> service.copy(request("copy", small, Optional.of(small), true), SOURCE));
        assertThat(service.find(new VolumeName("copy"))).isEmpty();
        assertThat(set.orElseThrow().promised()).isEqualTo(SIZE.plus(SIZE));
    }
}
