package io.sagara.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sagara.spi.Brick;
import io.sagara.spi.Bricks;
import io.sagara.spi.Bytes;
import io.sagara.spi.Layout;
import io.sagara.spi.Pool;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import io.sagara.spi.StorageUnit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What role 2 promises, as tests. Whether they need root depends on the storage units the backend takes. Each
/// test gets the objects of its own run from the abstract methods. A test that fails may leave a unit attached;
/// the implementor cleans up after it.
public interface BricksContract {
    /// The bricks under test as a freshly started agent has them; each call is one more start of the agent on
    /// the same state.
    Bricks bricks();

    /// A blank unit that exists; equal names mean one unit, other names another one.
    StorageUnit unit(String name);

    /// A unit whose source does not exist.
    StorageUnit absentUnit();

    /// The directory below which a backend under test may leave anything at all.
    Path scratch();

    private static Pool pool(String name, StorageUnit... units) {
        return Pools.replica1(name, units);
    }

    private static Brick brick(Pool pool) {
        return pool.bricks().getFirst();
    }

    private void refuses(Problem expected, Pool pool) {
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> bricks().attach(pool, brick(pool)))
                .satisfies(e -> assertThat(e.problem()).as(e.getMessage()).isEqualTo(expected));
    }

    private List<Path> filesOfScratch() throws IOException {
        try (Stream<Path> tree = Files.walk(scratch())) {
            return tree.sorted().toList();
        }
    }

    /// The agent attaches again after each of its crashes.
    @Test
    default void attachingAgainGivesTheSameDirectoryWithItsData() throws IOException {
        Pool pool = pool("p1", unit("one"));
        Path directory = bricks().attach(pool, brick(pool));
        Files.writeString(directory.resolve("file"), "data");
        assertThat(directory).isAbsolute().isDirectory();
        assertThat(bricks().attach(pool, brick(pool))).isEqualTo(directory);
        assertThat(directory.resolve("file")).hasContent("data");
        bricks().detach(pool, brick(pool));
    }

    /// Detaching gives the unit back, with the data on it.
    @Test
    default void dataSurvivesDetachAndAttach() throws IOException {
        Pool pool = pool("p1", unit("one"));
        Path directory = bricks().attach(pool, brick(pool));
        Files.writeString(directory.resolve("file"), "data");
        bricks().detach(pool, brick(pool));
        assertThat(bricks().attach(pool, brick(pool))).isEqualTo(directory);
        assertThat(directory.resolve("file")).hasContent("data");
        bricks().detach(pool, brick(pool));
    }

    /// Giving back what is not held is no error.
    @Test
    default void detachingTwiceOrBeforeAttachingSucceeds() {
        Pool pool = pool("p1", unit("one"));
        bricks().detach(pool, brick(pool));
        bricks().attach(pool, brick(pool));
        bricks().detach(pool, brick(pool));
        bricks().detach(pool, brick(pool));
    }

    /// A started brick serves until it is stopped; both may be repeated.
    @Test
    default void startingAndStoppingMayBeRepeated() {
        Bricks bricks = bricks();
        Pool pool = pool("p1", unit("one"));
        Path directory = bricks.attach(pool, brick(pool));
        bricks.stop(pool, brick(pool));
        bricks.start(pool, brick(pool), directory);
        bricks.start(pool, brick(pool), directory);
        assertThat(bricks.check(pool, brick(pool), directory).serving()).isTrue();
        bricks.stop(pool, brick(pool));
        bricks.stop(pool, brick(pool));
        assertThat(bricks.check(pool, brick(pool), directory))
                .satisfies(health -> assertThat(health.serving()).isFalse())
                .satisfies(health -> assertThat(health.detail()).isNotBlank());
        bricks.detach(pool, brick(pool));
    }

    /// Data belongs to the pool that wrote it.
    @Test
    default void aUnitOfAnotherPoolIsRefusedAndKept() throws IOException {
        Pool owner = pool("p1", unit("one"));
        Path directory = bricks().attach(owner, brick(owner));
        Files.writeString(directory.resolve("file"), "data");
        refuses(Problem.IN_USE, pool("p2", unit("one")));
        bricks().detach(owner, brick(owner));
        refuses(Problem.IN_USE, pool("p2", unit("one")));
        assertThat(bricks().attach(owner, brick(owner))).isEqualTo(directory);
        assertThat(directory.resolve("file")).hasContent("data");
        bricks().detach(owner, brick(owner));
    }

    /// Two copies of a file on one unit are one copy.
    @Test
    default void oneUnitCannotBeTwoBricksOfAPool() {
        Pool pool = Pools.of(new Layout.Replica2(), "p1", unit("one"), unit("one"));
        bricks().attach(pool, brick(pool));
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> bricks().attach(pool, pool.bricks().getLast()))
                .satisfies(e -> assertThat(e.problem()).as(e.getMessage()).isEqualTo(Problem.IN_USE));
        bricks().detach(pool, brick(pool));
    }

    /// What the user mistyped is not created.
    @Test
    default void anAbsentUnitIsNamedAndNothingChanges() throws IOException {
        Pool pool = pool("p1", absentUnit());
        List<Path> before = filesOfScratch();
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> bricks().attach(pool, brick(pool)))
                .withMessageContaining(absentUnit().source())
                .satisfies(e -> assertThat(e.problem()).as(e.getMessage()).isEqualTo(Problem.NOT_FOUND));
        assertThat(filesOfScratch()).isEqualTo(before);
        bricks().detach(pool, brick(pool));
        bricks().erase(pool, brick(pool));
    }

    /// The agent asks often; an unchanged unit stays as it is.
    @Test
    default void growingAUnitThatDidNotGrowChangesNothing() throws IOException {
        Pool pool = pool("p1", unit("one"));
        Path directory = bricks().attach(pool, brick(pool));
        Files.writeString(directory.resolve("file"), "data");
        Bytes size = bricks().grow(pool, brick(pool), directory);
        assertThat(size).isGreaterThan(Bytes.ZERO);
        assertThat(bricks().grow(pool, brick(pool), directory)).isEqualTo(size);
        assertThat(directory.resolve("file")).hasContent("data");
        bricks().detach(pool, brick(pool));
    }

    /// After erasing, the unit is as blank as before.
    @Test
    default void anErasedUnitIsBlankAndErasingAgainSucceeds() throws IOException {
        Pool pool = pool("p1", unit("one"));
        Path directory = bricks().attach(pool, brick(pool));
        Files.writeString(directory.resolve("file"), "data");
        bricks().erase(pool, brick(pool));
        bricks().erase(pool, brick(pool));
        bricks().detach(pool, brick(pool));
        bricks().erase(pool, brick(pool));
        Pool next = pool("p2", unit("one"));
        assertThat(bricks().attach(next, brick(next)).resolve("file")).doesNotExist();
        bricks().detach(next, brick(next));
    }

    /// Only the owner's data goes.
    @Test
    default void erasingRefusesAUnitOfAnotherPool() throws IOException {
        Pool owner = pool("p1", unit("one"));
        Path directory = bricks().attach(owner, brick(owner));
        Files.writeString(directory.resolve("file"), "data");
        bricks().detach(owner, brick(owner));
        Pool other = pool("p2", unit("one"));
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> bricks().erase(other, brick(other)))
                .satisfies(e -> assertThat(e.problem()).as(e.getMessage()).isEqualTo(Problem.IN_USE));
        assertThat(bricks().attach(owner, brick(owner))).isEqualTo(directory);
        assertThat(directory.resolve("file")).hasContent("data");
        bricks().detach(owner, brick(owner));
    }
}
