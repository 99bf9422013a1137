package io.sagara.agent.brick;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagara.spi.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryWatchTest {
    private static final UUID VOLUME = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
    private static final Duration LONG = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    private final FakePosix posix = new FakePosix();
    private DirectoryWatch watch;

    @BeforeEach
    void aBrick() throws IOException {
        VolumeId.write(posix, directory, VOLUME);
        watch = new DirectoryWatch(posix, directory, VOLUME);
    }

    @Test
    void aGoodDirectoryHasNoTroubleAndKnownSpace() throws Exception {
        DirectoryWatch.Finding finding = watch.look(LONG);
        assertThat(finding.trouble()).isEmpty();
        assertThat(finding.usage().total()).isEqualTo(Bytes.gib(4));
        assertThat(finding.usage().free()).isEqualTo(Bytes.gib(3));
    }

    @Test
    void aDirectoryWhoseFileSystemIsNotMountedIsRecognised() throws Exception {
        VolumeId.remove(posix, directory);
        assertThat(watch.look(LONG).trouble().orElseThrow()).contains("does not carry the volume id " + VOLUME);
        Files.delete(directory);
        assertThat(watch.look(LONG).trouble().orElseThrow()).contains("is gone");
        Files.createDirectory(directory);
    }

    @Test
    void anErrorOfTheFileSystemIsReported() throws Exception {
        posix.refuseAttributesBelow(directory);
        assertThat(watch.look(LONG).trouble().orElseThrow()).contains("cannot be read", "Operation not supported");
    }

    @Test
    void aDiskThatHangsHoldsUpOneThreadHoweverOftenOneLooks() throws Exception {
        CountDownLatch disk = posix.hang();
        for (int i = 0; i < 5; i++) {
            assertThat(watch.look(Duration.ofMillis(20)).trouble().orElseThrow())
                    .contains("does not answer");
        }
        String name = "look at " + directory;
        assertThat(Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> thread.getName().equals(name)))
                .hasSize(1);
        disk.countDown();
        assertThat(watch.look(LONG).trouble()).isEmpty();
    }
}
