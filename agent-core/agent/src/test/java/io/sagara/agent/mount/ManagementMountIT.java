package io.sagara.agent.mount;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagara.agent.mount.ClientSpec.Kind;
import io.sagara.spi.Bytes;
import io.sagara.spi.Pool;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ManagementMountIT {
    private static final Bytes LIMIT = Bytes.mib(8);
    private static final long SLACK = Bytes.mib(4).value();

    @TempDir
    Path scratch;

    private TestPool pool;
    private PoolClient volumes;
    private PoolClient management;
    private ManagementMount mount;
    private Path directory;

    @BeforeEach
    void start() throws IOException {
        pool = new TestPool(scratch, "p1");
        pool.startBrick();
        pool.startQuotad();
        volumes = pool.mounted(Kind.VOLUMES);
        management = pool.mounted(Kind.MANAGEMENT);
        mount = new ManagementMount(pool.pool, management, pool.posix, Duration.ofSeconds(10));
        directory = Files.createDirectory(mount.root().resolve("v1"));
    }

    @AfterEach
    void clean() throws IOException {
        if (pool != null) {
            pool.close();
        }
    }

    @Test
    void aLimitHoldsIsShownByDfAndCanBeRaised() throws IOException {
        mount.limit(directory, LIMIT);
        Path seen = volumes.root().resolve("v1");

        assertThat(mount.limit(directory)).contains(LIMIT);
        assertThat(pool.posix.usage(seen).total()).isEqualTo(LIMIT);
        long written = fill(seen.resolve("f"));
        assertThat(written).isBetween(LIMIT.value() - SLACK, LIMIT.value() + SLACK);
        assertThat(mount.usage(directory).used().value()).isBetween(written - SLACK, written + SLACK);
        mount.limit(directory, Bytes.mib(32));
        assertThat(pool.posix.usage(seen).total()).isEqualTo(Bytes.mib(32));
        Files.write(seen.resolve("g"), new byte[(int) Bytes.mib(8).value()]);
    }

    @Test
    void aLimitThatIsRemovedIsGone() throws IOException {
        mount.limit(directory, LIMIT);
        mount.unlimit(directory);
        mount.unlimit(directory);

        assertThat(mount.limit(directory)).isEmpty();
        assertThat(pool.posix.usage(volumes.root().resolve("v1")).total()).isGreaterThan(LIMIT);
        assertThatThrownBy(() -> mount.usage(directory)).hasMessageContaining("has no limit");
    }

    @Test
    void usageCountsBytesFilesAndDirectories() throws IOException {
        mount.limit(directory, LIMIT);
        Files.createDirectory(directory.resolve("sub"));
        Files.write(directory.resolve("sub/f"), new byte[1 << 20]);

        TestPool.await("counted", TestPool.LONG, () -> mount.usage(directory).usedInodes() == 3);
        assertThat(mount.usage(directory).used()).isEqualTo(Bytes.mib(1));
        assertThat(mount.usage(directory).total()).isEqualTo(LIMIT);
    }

    @Test
    void theSpaceOfThePoolIsThatOfItsBricks() throws IOException {
        assertThat(mount.usage().total()).isEqualTo(pool.posix.usage(scratch).total());
    }

    @Test
    void relativeDirectoriesAreBelowTheRootAndOthersRefused() {
        mount.limit(Path.of("v1"), LIMIT);

        assertThat(mount.limit(directory)).contains(LIMIT);
        for (Path wrong : new Path[] {Path.of("../x"), Path.of("/etc"), Path.of("v1/.."), mount.root()}) {
            assertThatThrownBy(() -> mount.limit(wrong, LIMIT))
                    .isInstanceOfSatisfying(
                            StorageException.class, e -> assertThat(e.problem()).isEqualTo(Problem.INVALID_ARGUMENT));
        }
    }

    @Test
    void anAbsentDirectoryIsNotFound() {
        assertThatThrownBy(() -> mount.limit(Path.of("absent"), LIMIT))
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.problem()).isEqualTo(Problem.NOT_FOUND))
                .hasMessageContaining("pool p1");
    }

    @Test
    void throughAnOrdinaryMountNoLimitCanBeSet() {
        var wrong = new ManagementMount(pool.pool, volumes, pool.posix, Duration.ofSeconds(10));

        assertThatThrownBy(() -> wrong.limit(Path.of("v1"), LIMIT)).hasMessageContaining("management mount only");
        assertThat(mount.limit(directory)).isEmpty();
    }

    @Test
    void aPoolWithoutQuotaTakesNoLimits() {
        Pool plain =
                new Pool(pool.pool.name(), pool.pool.id(), pool.pool.layout(), pool.pool.bricks(), Map.of(), false);
        var without = new ManagementMount(plain, management, pool.posix, Duration.ofSeconds(10));

        assertThatThrownBy(() -> without.limit(Path.of("v1"), LIMIT))
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.problem()).isEqualTo(Problem.UNSUPPORTED));
        assertThatThrownBy(() -> without.usage(Path.of("v1"))).isInstanceOf(StorageException.class);
    }

    @Test
    void aPoolThatIsNotMountedIsUnavailableAtOnce() {
        management.close();

        assertThatThrownBy(mount::usage)
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.problem()).isEqualTo(Problem.UNAVAILABLE));
        assertThatThrownBy(() -> mount.limit(Path.of("v1"), LIMIT)).isInstanceOf(StorageException.class);
    }

    /// Writes until the quota says no, and returns how much the file has then.
    private static long fill(Path file) throws IOException {
        var block = new byte[1 << 16];
        assertThatThrownBy(() -> {
                    try (OutputStream out = Files.newOutputStream(file)) {
                        for (long i = 0; i < 10 * LIMIT.value(); i += block.length) {
                            out.write(block);
                        }
                    }
                })
                .isInstanceOfAny(FileSystemException.class, IOException.class)
                .hasMessageContaining("quota");
        return Files.size(file);
    }
}
