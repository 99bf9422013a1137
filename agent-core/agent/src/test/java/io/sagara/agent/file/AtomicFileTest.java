package io.sagara.agent.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
    private static final String OLD = "the old content, which is longer than the new one";
    private static final String NEW = "the new content";

    @TempDir
    private Path directory;

    @Test
    void aFileIsWrittenAndReplacedAndNothingElseIsLeft() throws IOException {
        Path file = directory.resolve("f");
        AtomicFile.write(file, OLD);
        AtomicFile.write(file, NEW);
        assertThat(file).hasContent(NEW);
        assertThat(directory.toFile().list()).containsExactly("f");
    }

    @Test
    void aCrashBetweenAnyTwoStepsLeavesTheOldOrTheNewContent() throws IOException {
        int step = 1;
        for (boolean dying = true; dying; step++) {
            Path file = Files.createDirectory(directory.resolve("crash" + step)).resolve("f");
            AtomicFile.write(file, OLD);
            CrashingChanges changes = CrashingChanges.dyingAt(step);
            dying = dies(changes, file);
            assertThat(Files.readString(file)).isIn(dying ? new String[] {OLD, NEW} : new String[] {NEW});
            AtomicFile.write(file, NEW);
            assertThat(file.resolveSibling("").toFile().list()).containsExactly("f");
        }
        assertThat(step).as("steps, one of which was no crash").isGreaterThan(6);
    }

    @Test
    void aCrashWhileANewFileIsWrittenLeavesNoneOrAWholeOne() throws IOException {
        int step = 1;
        for (boolean dying = true; dying; step++) {
            Path file = Files.createDirectory(directory.resolve("crash" + step)).resolve("f");
            dying = dies(CrashingChanges.dyingAt(step), file);
            if (Files.exists(file)) {
                assertThat(file).hasContent(NEW);
            } else {
                assertThat(dying).isTrue();
            }
        }
    }

    @Test
    void aFailureRemovesTheTemporaryFile() throws IOException {
        for (int step = 1; step <= 4; step++) {
            Path file =
                    Files.createDirectory(directory.resolve("failure" + step)).resolve("f");
            Files.writeString(file, OLD);
            assertThat(dies(CrashingChanges.failingAt(step), file)).isTrue();
            assertThat(file.resolveSibling("").toFile().list()).containsExactly("f");
            assertThat(file).hasContent(OLD);
        }
    }

    @Test
    void aMissingDirectoryIsNotMade() {
        assertThatThrownBy(() -> AtomicFile.write(directory.resolve("no/f"), NEW))
                .isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void deletingAnAbsentFileSucceeds() throws IOException {
        Path file = directory.resolve("f");
        AtomicFile.write(file, NEW);
        AtomicFile.delete(file);
        AtomicFile.delete(file);
        assertThat(file).doesNotExist();
    }

    @Test
    void directoriesHaveTheirModeWhateverTheUmask() throws IOException {
        FileChanges.direct().makeDirectory(directory.resolve("d"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("d"))))
                .isEqualTo("rwxr-xr-x");
    }

    private static boolean dies(FileChanges changes, Path file) throws IOException {
        try {
            AtomicFile.write(changes, file, NEW.getBytes(StandardCharsets.UTF_8));
            return false;
        } catch (CrashingChanges.Crash e) {
            return true;
        }
    }
}
