package io.sagara.cli.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagara.cli.state.StateDirectory.Kind;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StateDirectoryTest {
    @TempDir
    private Path scratch;

    private StateDirectory state() {
        return new StateDirectory(scratch.resolve("state"));
    }

    @Test
    void knowsItsOwnFromNewAndForeignOnes() throws IOException {
        assertThat(state().kind()).isEqualTo(Kind.NEW);
        Files.createDirectories(state().root().resolve("lost+found"));
        assertThat(state().kind()).isEqualTo(Kind.NEW);
        Files.createFile(state().root().resolve("photo.jpg"));
        assertThat(state().kind()).isEqualTo(Kind.FOREIGN);
        Files.createFile(state().agentLock());
        assertThat(state().kind()).isEqualTo(Kind.OURS);
    }

    @Test
    void isMadeForItsOwnerOnly() throws IOException {
        state().prepare();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(state().root())))
                .isEqualTo("rwx------");
    }

    @Test
    void linksAreResolvedBecauseTheKernelShowsRealPaths() throws IOException {
        Path real = Files.createDirectory(scratch.resolve("real"));
        Path link = Files.createSymbolicLink(scratch.resolve("link"), real);

        assertThat(new StateDirectory(link.resolve("a/b")).root()).isEqualTo(real.resolve("a/b"));
    }

    @Test
    void aPathTooLongForSocketsIsRefused() {
        assertThatThrownBy(() -> new StateDirectory(Path.of("/" + "x".repeat(100))))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("at most 93 characters");
    }

    @Test
    void aFileIsNoStateDirectory() throws IOException {
        Files.createFile(state().root());

        assertThatThrownBy(() -> state().kind()).hasMessageContaining("is not a directory");
    }

    @Test
    void hasPoolsOnceOneIsDescribed() throws IOException {
        assertThat(state().hasPools()).isFalse();
        Files.createDirectories(state().root().resolve("pools"));
        Files.createFile(state().root().resolve("pools/p1.json.tmp"));
        assertThat(state().hasPools()).isFalse();
        Files.createFile(state().root().resolve("pools/p1.json"));
        assertThat(state().hasPools()).isTrue();
    }
}
