package io.sagara.agent.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JnrPosixTest {
    private static final int ENOENT = 2;
    private static final int EINVAL = 22;
    private static final long TMPFS = 0x01021994;
    private static final long PROC = 0x9fa0;

    private final Posix posix = new JnrPosix();

    @TempDir
    Path directory;

    @Test
    void anErrorNamesTheCallTheFileAndTheReason() {
        var absent = directory.resolve("absent");

        assertThatThrownBy(() -> posix.attribute(absent, "user.a"))
                .isInstanceOfSatisfying(
                        PosixException.class, e -> assertThat(e.errno()).isEqualTo(ENOENT))
                .hasMessageContaining("getxattr")
                .hasMessageContaining(absent + " user.a")
                .hasMessageContaining("No such file or directory (errno 2)");
        assertThatThrownBy(() -> posix.setAttribute(absent, "user.a", new byte[1]))
                .hasMessageContaining("setxattr");
        assertThatThrownBy(() -> posix.removeAttribute(absent, "user.a")).hasMessageContaining("removexattr");
        assertThatThrownBy(() -> posix.usage(absent)).hasMessageContaining("statfs");
        assertThatThrownBy(() -> posix.device(absent)).hasMessageContaining("statx");
    }

    @Test
    void unmountingWhatIsNotMountedIsAnError() {
        assertThatThrownBy(() -> posix.unmount(directory, true))
                .isInstanceOfSatisfying(
                        PosixException.class, e -> assertThat(e.errno()).isIn(EINVAL, 1));
    }

    @Test
    void fileNamesMayHaveSpacesAndLettersOfOtherLanguages() throws IOException {
        var file = Files.createFile(directory.resolve("a b"));

        assertThat(posix.device(file)).isEqualTo(Files.getAttribute(file, "unix:dev"));
    }

    @Test
    void theTypeOfAFileSystemIsKnown() throws IOException {
        assertThat(posix.fileSystem(Path.of("/proc")).type()).isEqualTo(PROC);
        assertThat(posix.fileSystem(Path.of("/dev/shm")).type()).isEqualTo(TMPFS);
    }

    @Test
    void usageAgreesWithTheJdk() throws IOException {
        var store = Files.getFileStore(Path.of("/dev/shm"));
        var usage = posix.usage(Path.of("/dev/shm"));

        assertThat(usage.total().value()).isEqualTo(store.getTotalSpace());
        assertThat(usage.free().value()).isEqualTo(store.getUsableSpace());
        assertThat(usage.inodes()).isPositive();
        assertThat(usage.usedInodes()).isBetween(1L, usage.inodes());
    }

    @Test
    void theUserIsTheOwnerOfItsProcess() throws IOException {
        assertThat(posix.userId()).isEqualTo(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
    }

    @Test
    void attributesOfAnyLengthComeBackAsTheyWereSet() throws IOException {
        var file = Files.createFile(directory.resolve("f"));
        for (String value : new String[] {"", "short", "x".repeat(256), "y".repeat(3000)}) {
            byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
            posix.setAttribute(file, "user.sagara", bytes);

            assertThat(posix.attribute(file, "user.sagara"))
                    .hasValueSatisfying(read -> assertThat(read).isEqualTo(bytes));
        }
        posix.removeAttribute(file, "user.sagara");
        posix.removeAttribute(file, "user.sagara");

        assertThat(posix.attribute(file, "user.sagara")).isEmpty();
    }

    @Test
    void aSymbolicLinkIsNotFollowed() throws IOException {
        var file = Files.createFile(directory.resolve("f"));
        posix.setAttribute(file, "user.sagara", new byte[] {1});
        var link = Files.createSymbolicLink(directory.resolve("link"), file);

        assertThat(posix.attribute(link, "user.sagara")).isEmpty();
    }

    @Test
    void aBindToAnAbsentTargetIsAnError() {
        assertThatThrownBy(() -> posix.bind(directory, directory.resolve("absent"), Set.of()))
                .isInstanceOf(PosixException.class);
    }
}
