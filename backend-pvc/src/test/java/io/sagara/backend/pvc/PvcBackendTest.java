package io.sagara.backend.pvc;

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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PvcBackendTest extends BackendContract {
    private final FakeHolders holders = new FakeHolders();

    @Override
    protected BackendProvider provider() {
        return new PvcBackendProvider(_ -> holders);
    }

    @Override
    public StorageUnit unit(String name) {
        return held(name, uid(name));
    }

    /// The claim of that name, held by a pod that runs here.
    private StorageUnit held(String name, String uid) {
        try {
            holders.running.put(uid, Files.createDirectories(scratch().resolve(name)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new StorageUnit(FakeHost.NODE, "pvc", name, Map.of(StorageUnit.HOLDER, uid));
    }

    @Override
    public StorageUnit absentUnit() {
        return new StorageUnit(FakeHost.NODE, "pvc", "absent", Map.of(StorageUnit.HOLDER, uid("absent")));
    }

    private static String uid(String name) {
        return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
    }

    private Path attach(Pool pool) {
        return bricks().attach(pool, pool.bricks().getFirst());
    }

    private void refuses(Problem problem, StorageUnit unit, String... words) {
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> attach(Pools.replica1("p1", unit)))
                .withMessageContaining("pool p1, unit 0")
                .withMessageContainingAll(words)
                .satisfies(e -> assertThat(e.problem()).isEqualTo(problem));
    }

    @Test
    void theBrickIsWhereKadaluPutsIt() {
        attach(pool());
        assertThat(scratch().resolve("one/data/brick")).isDirectory();
    }

    @Test
    void aClaimThatNobodyHoldsIsRefused() {
        refuses(Problem.INVALID_ARGUMENT, new StorageUnit(FakeHost.NODE, "pvc", "c", Map.of()), "on Kubernetes only");
        refuses(
                Problem.INVALID_ARGUMENT,
                new StorageUnit(FakeHost.NODE, "pvc", "c", Map.of(StorageUnit.HOLDER, "../../etc")),
                "../../etc");
    }

    @Test
    void aClaimWithOtherContentIsRefusedAndKept() throws IOException {
        StorageUnit unit = unit("one");
        Path file = Files.writeString(scratch().resolve("one/photos"), "data");
        refuses(Problem.INVALID_ARGUMENT, unit, "is not empty", "photos");
        assertThat(file).hasContent("data");
        assertThat(scratch().resolve("state/p1")).doesNotExist();
    }

    @Test
    void aNextHolderOfTheClaimServesTheSameBrick() throws IOException {
        Path before = attach(pool());
        Files.writeString(before.resolve("file"), "data");
        Path after = attach(Pools.replica1("p1", held("one", uid("next"))));
        assertThat(after.resolve("file")).hasContent("data");
        assertThat(after).startsWith(scratch().resolve("state/p1/0").resolve(uid("next")));
        // what the first one held is given back
        assertThat(scratch().resolve("state/p1/0").resolve(uid("one"))).doesNotExist();
    }

    @Test
    void aMountOfAnotherHolderThatIsBusyIsNotCovered() {
        attach(pool());
        holders.busy = Optional.of(scratch().resolve("state/p1/0").resolve(uid("one")));
        refuses(Problem.IN_USE, held("one", uid("next")), "busy");
        holders.busy = Optional.empty();
    }

    @Test
    void aContainerThatIsStartedAgainLeavesTheBrickAlone() {
        Path directory = attach(pool());
        holders.running.clear();
        assertThat(attach(pool())).isEqualTo(directory);
    }

    @Test
    void detachingGivesBackWhatAFormerHolderHad() {
        attach(pool());
        Pool next = Pools.replica1("p1", held("one", uid("next")));
        bricks().detach(next, next.bricks().getFirst());
        assertThat(scratch().resolve("state/p1")).doesNotExist();
    }

    @Test
    void theHolderMayEndWhenTheBrickIsGivenBackAndNotBefore() {
        attach(pool());
        holders.busy = Optional.of(scratch().resolve("state/p1/0").resolve(uid("one")));
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> bricks().detach(pool(), pool().bricks().getFirst()));
        assertThat(holders.ended).isEmpty();
        holders.busy = Optional.empty();
        bricks().detach(pool(), pool().bricks().getFirst());
        assertThat(holders.ended).containsExactly(uid("one"));
    }

    @Test
    void anAttachThatFailsLeavesTheHolderAlone() throws IOException {
        StorageUnit unit = unit("one");
        Files.writeString(scratch().resolve("one/photos"), "data");
        refuses(Problem.INVALID_ARGUMENT, unit, "is not empty");
        assertThat(holders.ended).isEmpty();
    }

    /// Another volume under the name of the claim must not begin as an empty brick.
    @Test
    void aClaimThatHasLostItsBrickIsRefused() {
        StorageUnit unit = unit("one");
        StorageUnit moved = new StorageUnit(
                FakeHost.NODE,
                "pvc",
                "one",
                Map.of(StorageUnit.HOLDER, unit.options().get(StorageUnit.HOLDER), StorageUnit.MADE, "true"));
        refuses(Problem.UNAVAILABLE, moved, "holds no brick");
        assertThat(scratch().resolve("one")).isEmptyDirectory();
        attach(Pools.replica1("p1", unit));
        bricks().detach(pool(), pool().bricks().getFirst());
        assertThat(attach(Pools.replica1("p1", moved))).isDirectory();
    }

    @Test
    void aMountThatIsGoneIsSaid() throws IOException {
        Path directory = attach(pool());
        bricks().start(pool(), pool().bricks().getFirst(), directory);
        Files.delete(scratch().resolve("state/p1/0").resolve(uid("one")));
        assertThat(bricks().check(pool(), pool().bricks().getFirst(), directory))
                .satisfies(health -> assertThat(health.serving()).isFalse())
                .satisfies(health -> assertThat(health.detail()).contains("not mounted any more"));
    }
}
