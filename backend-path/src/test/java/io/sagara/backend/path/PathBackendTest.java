package io.sagara.backend.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sagara.spi.BackendProvider;
import io.sagara.spi.Bytes;
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

class PathBackendTest extends BackendContract {
    @Override
    protected BackendProvider provider() {
        return new PathBackendProvider();
    }

    @Override
    public StorageUnit unit(String name) {
        try {
            return at(Files.createDirectories(scratch().resolve(name)).toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public StorageUnit absentUnit() {
        return at(scratch().resolve("absent").toString());
    }

    private static StorageUnit at(String source) {
        return new StorageUnit(FakeHost.NODE, "path", source, Map.of());
    }

    private Path attach(Pool pool) {
        return bricks().attach(pool, pool.bricks().getFirst());
    }

    private void refuses(Problem problem, String source, String words) {
        Pool pool = Pools.replica1("p1", at(source));
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> attach(pool))
                .withMessageContainingAll("pool p1, unit 0", words)
                .satisfies(e -> assertThat(e.problem()).isEqualTo(problem));
    }

    @Test
    void theBrickIsWhereKadaluPutsIt() {
        assertThat(attach(pool())).isEqualTo(scratch().resolve("one/data/brick"));
    }

    @Test
    void aRelativePathIsRefused() {
        refuses(Problem.INVALID_ARGUMENT, "data/disk1", "relative");
    }

    @Test
    void aFileIsRefused() throws IOException {
        Path file = Files.writeString(scratch().resolve("file"), "data");
        refuses(Problem.INVALID_ARGUMENT, file.toString(), "no directory");
        assertThat(file).hasContent("data");
    }

    @Test
    void aPathBelowAFileIsUnavailable() throws IOException {
        Path file = Files.writeString(scratch().resolve("file"), "data");
        refuses(Problem.UNAVAILABLE, file.resolve("below").toString(), "cannot be used");
    }

    @Test
    void aSymbolicLinkIsTheDirectoryItNames() throws IOException {
        Path directory = attach(pool());
        Path link =
                Files.createSymbolicLink(scratch().resolve("link"), scratch().resolve("one"));
        assertThat(attach(Pools.replica1("p1", at(link.toString())))).isEqualTo(directory);
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> attach(Pools.replica1("p2", at(link.toString()))))
                .satisfies(e -> assertThat(e.problem()).isEqualTo(Problem.IN_USE));
    }

    @Test
    void erasingLeavesWhatOthersPutBesideTheBrick() throws IOException {
        Path directory = attach(pool());
        Path beside = Files.writeString(directory.resolveSibling("notes"), "mine");
        bricks().erase(pool(), pool().bricks().getFirst());
        assertThat(directory).doesNotExist();
        assertThat(beside).hasContent("mine");
    }

    @Test
    void erasingLeavesTheUsersDirectoryEmpty() {
        attach(pool());
        bricks().erase(pool(), pool().bricks().getFirst());
        assertThat(scratch().resolve("one")).isEmptyDirectory();
    }

    @Test
    void theSizeIsThatOfTheFileSystem() {
        Path directory = attach(pool());
        assertThat(bricks().grow(pool(), pool().bricks().getFirst(), directory))
                .isEqualTo(new Bytes(scratch().toFile().getTotalSpace()));
    }

    @Test
    void aFileSystemThatDoesNotAnswerIsUnavailable() {
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> bricks().grow(
                                pool(), pool().bricks().getFirst(), scratch().resolve("gone")))
                .withMessageContainingAll("does not answer", "dmesg")
                .satisfies(e -> assertThat(e.problem()).isEqualTo(Problem.UNAVAILABLE));
    }
}
