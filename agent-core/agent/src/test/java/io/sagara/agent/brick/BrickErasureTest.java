package io.sagara.agent.brick;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sagara.spi.Pool;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrickErasureTest {
    @TempDir
    Path temporary;

    private final FakePosix posix = new FakePosix();
    private final Pool pool = TestPools.replica1("p1", 1, 24100);
    private final BrickId id = new BrickId(pool.name(), 0);
    private Path brick;

    @BeforeEach
    void aBrick() throws IOException {
        brick = Files.createDirectory(temporary.resolve("brick")).toRealPath();
        VolumeId.write(posix, brick, pool.id());
    }

    @Test
    void everythingGoesAndErasingAgainSucceeds() throws IOException {
        Path files = Files.createDirectories(brick.resolve("a/b/c"));
        for (int i = 0; i < 100; i++) {
            Files.writeString(files.resolve("f" + i), "data");
        }
        erase();
        assertThat(brick).doesNotExist();
        erase();
    }

    @Test
    void linksAreRemovedAndNotFollowed() throws IOException {
        Path outside = Files.createDirectory(temporary.resolve("outside"));
        Files.writeString(outside.resolve("precious"), "data");
        Path hidden = Files.createDirectories(brick.resolve(".glusterfs/ab/cd"));
        Files.createSymbolicLink(hidden.resolve("gfid"), outside);
        Files.createSymbolicLink(brick.resolve("link"), outside.resolve("precious"));
        erase();
        assertThat(brick).doesNotExist();
        assertThat(outside.resolve("precious")).hasContent("data");
    }

    @Test
    void aTreeDeeperThanAnyPathMayBeLongGoesToo() throws Exception {
        // 600 levels of 20 characters, which only relative steps can make
        Process make = new ProcessBuilder(
                        "sh",
                        "-c",
                        "n=0; while [ $n -lt 600 ]; do mkdir 12345678901234567890 && cd -P"
                                + " 12345678901234567890 && echo x > file || exit 1; n=$((n+1)); done")
                .directory(brick.toFile())
                .inheritIO()
                .start();
        assertThat(make.waitFor()).isZero();
        erase();
        assertThat(brick).doesNotExist();
    }

    @Test
    void anErasureThatWasCutShortGoesOn() throws IOException {
        Files.createDirectories(brick.resolve("a"));
        Thread.currentThread().interrupt();
        refused(Problem.UNAVAILABLE, "repeat it");
        assertThat(Thread.interrupted()).isTrue();
        assertThat(VolumeId.of(posix, brick)).contains(pool.id());
        erase();
        assertThat(brick).doesNotExist();
    }

    @Test
    void anErasureThatWasCutShortAtTheVeryEndGoesOn() throws IOException {
        VolumeId.remove(posix, brick);
        erase();
        assertThat(brick).doesNotExist();
    }

    @Test
    void aBrickOfAnotherVolumeStays() throws IOException {
        Pool other = TestPools.replica1("p2", 1, 24100);
        VolumeId.write(posix, brick, other.id());
        refused(Problem.IN_USE, other.id().toString());
        assertThat(brick).exists();
    }

    @Test
    void filesWithoutAVolumeIdStay() throws IOException {
        VolumeId.remove(posix, brick);
        Files.writeString(brick.resolve("precious"), "data");
        refused(Problem.IN_USE, "no volume id");
        assertThat(brick.resolve("precious")).exists();
    }

    private void erase() {
        new BrickErasure(posix, pool, id).erase(brick);
    }

    private void refused(Problem problem, String part) {
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(this::erase)
                .withMessageContaining(part)
                .matches(e -> e.problem() == problem);
    }
}
