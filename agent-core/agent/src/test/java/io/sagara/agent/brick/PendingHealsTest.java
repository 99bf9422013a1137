package io.sagara.agent.brick;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PendingHealsTest {
    @TempDir
    Path brick;

    @Test
    void aBrickWithoutAnIndexHasNothingToGiveAway() throws IOException {
        assertThat(PendingHeals.of(brick)).isZero();
    }

    @Test
    void theFileThatAllEntriesAreLinksOfDoesNotCount() throws IOException {
        Path index = Files.createDirectories(brick.resolve(".glusterfs/indices/xattrop"));
        Path base = Files.createFile(index.resolve("xattrop-761bb485-c0ff-434d-8428-f9e718f485cf"));
        assertThat(PendingHeals.of(brick)).isZero();
        Files.createLink(index.resolve("c80a4584-a47d-41ba-8b33-4665bb05ac03"), base);
        Files.createLink(index.resolve("00000000-0000-0000-0000-000000000001"), base);
        assertThat(PendingHeals.of(brick)).isEqualTo(2);
    }
}
