package io.sagara.agent.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A mount that only another process sees.
class ForeignMountIT {
    private final Posix posix = new JnrPosix();

    @TempDir
    Path directory;

    private Path source;
    private Path target;
    private Process other;

    @BeforeEach
    void mountInANamespaceOfItsOwn() throws IOException {
        assumeTrue(posix.userId() == 0, "SKIPPED: root is needed to mount");
        source = Files.createDirectory(directory.resolve("source"));
        target = Files.createDirectory(directory.resolve("target"));
        String script =
                "mount -t tmpfs sagara-test \"$1\" && echo data >\"$1/file\" && echo ready && exec sleep infinity";
        other = new ProcessBuilder(
                        "unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh", source.toString())
                .redirectErrorStream(true)
                .start();
        assertThat(other.inputReader().readLine()).isEqualTo("ready");
    }

    @AfterEach
    void endIt() throws IOException, InterruptedException {
        if (other != null) {
            other.destroyForcibly();
            var _ = other.waitFor();
        }
        while (target != null && MountInfo.read().at(target).isPresent()) {
            posix.unmount(target, true);
        }
    }

    @Test
    void itIsTheSameFileSystemAndOutlivesTheProcess() throws IOException, InterruptedException {
        assertThat(source.resolve("file")).doesNotExist();
        ForeignMount.bind(other.pid(), source, target);
        assertThat(target.resolve("file")).hasContent("data");
        Files.writeString(target.resolve("more"), "more");
        assertThat(Path.of("/proc/" + other.pid() + "/root" + source.resolve("more")))
                .hasContent("more");
        var _ = other.destroyForcibly();
        var _ = other.waitFor();
        assertThat(target.resolve("file")).hasContent("data");
    }

    @Test
    void aProcessThatIsGoneAndAPathThatIsNotThereAreNotFound() throws InterruptedException {
        refuses(other.pid(), directory.resolve("absent"));
        var _ = other.destroyForcibly();
        var _ = other.waitFor();
        refuses(other.pid(), source);
    }

    private void refuses(long pid, Path path) {
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> ForeignMount.bind(pid, path, target))
                .withMessageContainingAll(path.toString(), "cannot be taken over")
                .satisfies(e -> assertThat(e.problem()).isEqualTo(Problem.NOT_FOUND));
    }
}
