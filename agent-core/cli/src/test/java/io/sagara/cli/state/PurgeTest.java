package io.sagara.cli.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PurgeTest {
    @TempDir
    private Path scratch;

    private StateDirectory ours() throws IOException {
        StateDirectory state = new StateDirectory(scratch.resolve("state"));
        Files.createDirectories(state.root().resolve("run/p1/gluster"));
        Files.createDirectories(state.root().resolve("log"));
        Files.writeString(state.root().resolve("run/p1/gluster/x.pid"), "1");
        Files.createFile(state.agentLock());
        Files.createFile(state.upLock());
        return state;
    }

    @Test
    void removesWhatAnAgentMade() throws IOException {
        StateDirectory state = ours();

        assertThat(Purge.remove(state)).isEmpty();
        assertThat(state.root()).doesNotExist();
        assertThat(Purge.remove(state)).isEmpty();
    }

    @Test
    void leavesWhatIsNotOursAndNamesIt() throws IOException {
        StateDirectory state = ours();
        Files.createFile(state.root().resolve("notes.txt"));

        assertThat(Purge.remove(state)).containsExactly("notes.txt");
        assertThat(state.root().resolve("notes.txt")).exists();
        assertThat(state.root().resolve("run")).doesNotExist();
        // still known as ours, so that a repetition works
        assertThat(state.kind()).isEqualTo(StateDirectory.Kind.OURS);
    }

    @Test
    void doesNotFollowLinks() throws IOException {
        StateDirectory state = ours();
        Path elsewhere = Files.createDirectory(scratch.resolve("elsewhere"));
        Files.createFile(elsewhere.resolve("precious"));
        Files.createSymbolicLink(state.root().resolve("run/link"), elsewhere);
        Files.createSymbolicLink(state.root().resolve("mounts"), elsewhere);

        Purge.remove(state);

        assertThat(elsewhere.resolve("precious")).exists();
        assertThat(state.root()).doesNotExist();
    }

    @Test
    void refusesADirectoryThatIsNotOurs() throws IOException {
        Files.createDirectories(scratch.resolve("home/log"));

        assertThatThrownBy(() -> Purge.remove(new StateDirectory(scratch.resolve("home"))))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("is no state directory");
        assertThat(scratch.resolve("home/log")).exists();
    }
}
