package io.sagara.agent.brick;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sagara.agent.brick.BrickContents.Left;
import io.sagara.agent.posix.JnrPosix;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrickContentsTest {
    private static final int POINTER = 01000;

    @TempDir
    Path root;

    private final JnrPosix posix = new JnrPosix();
    private final BrickContents contents = new BrickContents(posix);
    private Path brick = Path.of("");
    private Path other = Path.of("");

    @BeforeEach
    void twoBricks() throws IOException {
        assumeTrue(posix.userId() == 0, "SKIPPED: only root may set trusted.* attributes");
        brick = Files.createDirectories(root.resolve("d1"));
        other = Files.createDirectories(root.resolve("d2"));
        Files.createDirectories(brick.resolve(".glusterfs/unlink"));
        for (Path each : new Path[] {brick, other}) {
            Files.createDirectories(each.resolve("a/b"));
        }
    }

    private Path pointer(String name) throws IOException {
        Path file = Files.writeString(brick.resolve(name), "written after it had moved");
        Files.setAttribute(file, "unix:mode", POINTER);
        posix.setAttribute(file, "trusted.glusterfs.dht.linkto", "p1-client-2".getBytes(StandardCharsets.UTF_8));
        return file;
    }

    private Left left() throws IOException {
        return contents.of(brick, other);
    }

    @Test
    void directoriesPointersAndWhatGlusterfsKeepsForItselfAreNothing() throws IOException {
        Path _ = pointer("a/b/moved");
        Path _ = pointer(".glusterfs/unlink/moved-while-open");
        Files.writeString(brick.resolve(".glusterfs/health_check"), "now");
        assertThat(left()).isEqualTo(Left.NOTHING);
    }

    @Test
    void everyFileCountsAlsoOneThatLooksLikeAPointerOrIsNoFile() throws IOException {
        Files.writeString(brick.resolve("a/file"), "12345");
        Path sticky = Files.writeString(brick.resolve("a/sticky"), "1");
        Files.setAttribute(sticky, "unix:mode", POINTER);
        Path readable = pointer("a/readable");
        Files.setAttribute(readable, "unix:mode", POINTER | 0400);
        Files.createSymbolicLink(brick.resolve("a/b/link"), Path.of("../file"));
        assertThat(left().files()).isEqualTo(4);
        assertThat(left().bytes()).isGreaterThan(6);
        assertThat(left().example()).startsWith("/a/");
    }

    @Test
    void aRemovedFileThatIsOpenAndADirectoryThatNobodyElseHasCount() throws IOException {
        Files.writeString(brick.resolve(".glusterfs/unlink/1234"), "open still");
        assertThat(left()).isEqualTo(new Left(1, 0, "a removed file that is open still (1234)"));
        Files.delete(other.resolve("a/b"));
        assertThat(left().files()).isEqualTo(2);
    }
}
