package io.sagara.agent.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagara.agent.posix.Place.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlaceTest {
    private static final int ENOENT = 2;
    private static final int ENOTDIR = 20;

    @TempDir
    Path scratch;

    private Path directory;

    @BeforeEach
    void resolve() throws IOException {
        directory = scratch.toRealPath();
    }

    @Test
    void whatIsThereIsTold() throws IOException {
        Files.createDirectory(directory.resolve("d"));
        Files.writeString(directory.resolve("f"), "");
        Files.createSymbolicLink(directory.resolve("l"), directory.resolve("d"));

        assertThat(kind("d")).isEqualTo(Kind.DIRECTORY);
        assertThat(kind("f")).isEqualTo(Kind.OTHER);
        assertThat(kind("l")).isEqualTo(Kind.LINK);
        try (Place absent = Place.of(directory.resolve("absent"))) {
            assertThat(absent.look()).isEmpty();
        }
    }

    private Kind kind(String name) throws IOException {
        try (Place place = Place.of(directory.resolve(name))) {
            Place.Entry entry = place.look().orElseThrow();
            assertThat(entry.mounted()).isFalse();
            return entry.kind();
        }
    }

    @Test
    void aLinkAFileOrNothingOnTheWayIsNamed() throws IOException {
        Files.createDirectory(directory.resolve("d"));
        Files.writeString(directory.resolve("f"), "");
        Files.createSymbolicLink(directory.resolve("l"), directory.resolve("d"));

        refused(ENOTDIR, directory.resolve("l"), "symbolic link");
        refused(ENOTDIR, directory.resolve("f"), "no directory");
        refused(ENOENT, directory.resolve("absent"), "does not exist");
    }

    private static void refused(int errno, Path on, String why) {
        assertThatThrownBy(() -> Place.of(on.resolve("t")).close())
                .isInstanceOfSatisfying(
                        PosixException.class, e -> assertThat(e.errno()).isEqualTo(errno))
                .hasMessageContaining(on + ": ")
                .hasMessageContaining(why);
    }

    @Test
    void whoMovesTheDirectoryAndPutsALinkInItsPlaceLeadsNobodyAstray() throws IOException {
        Path parent = Files.createDirectory(directory.resolve("parent"));
        Path trap = Files.createDirectory(directory.resolve("trap"));
        try (Place place = Place.of(parent.resolve("t"))) {
            Files.move(parent, directory.resolve("moved"));
            Files.createSymbolicLink(parent, trap);
            place.makeDirectory();

            assertThat(trap).isEmptyDirectory();
            assertThat(directory.resolve("moved/t")).isEmptyDirectory();
            assertThat(place.isEmpty()).isTrue();
            Files.writeString(directory.resolve("moved/t/f"), "");
            assertThat(place.isEmpty()).isFalse();
        }
    }

    @Test
    void onlyAnEmptyDirectoryIsRemoved() throws IOException {
        Path target = Files.createDirectory(directory.resolve("t"));
        Files.writeString(target.resolve("f"), "");
        try (Place place = Place.of(target)) {
            assertThatThrownBy(place::removeDirectory).isInstanceOf(PosixException.class);
            Files.delete(target.resolve("f"));
            place.removeDirectory();

            assertThat(place.look()).isEmpty();
        }
    }
}
