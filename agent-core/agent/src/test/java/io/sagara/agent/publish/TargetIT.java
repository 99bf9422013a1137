package io.sagara.agent.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagara.agent.posix.MountInfo;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import io.sagara.spi.VolumeName;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Where volumes may be published, how they are, and what two requests at the same time do.
@Timeout(120)
class TargetIT {
    @TempDir
    Path scratch;

    private TestNode node;
    private VolumeName volume;
    private Path target;

    @BeforeEach
    void start() throws IOException {
        node = new TestNode(scratch, "p1", TestNode.HASTY);
        volume = node.volume("v1");
        target = node.pod("t");
    }

    @AfterEach
    void clean() throws IOException {
        if (node != null) {
            node.close();
        }
    }

    private void nothingChanged() throws IOException {
        assertThat(node.mountsBelow(node.directory.resolve("pods"))).isEmpty();
        assertThat(node.directory.resolve("records")).isEmptyDirectory();
    }

    @Test
    void aSymbolicLinkAnywhereInThePathIsRefused() throws IOException {
        Path elsewhere = Files.createDirectory(node.directory.resolve("elsewhere"));
        Files.createSymbolicLink(node.pod("link"), elsewhere);
        Files.createDirectory(elsewhere.resolve("empty"));

        TestNode.refused(Problem.INVALID_ARGUMENT, "symbolic link", () -> node.publish(volume, node.pod("link/empty")));
        TestNode.refused(Problem.INVALID_ARGUMENT, "symbolic link", () -> node.publish(volume, node.pod("link/new")));
        TestNode.refused(Problem.INVALID_ARGUMENT, "symbolic link", () -> node.publish(volume, node.pod("link")));
        TestNode.refused(Problem.INVALID_ARGUMENT, "symbolic link", () -> node.stage(volume, node.pod("link")));
        TestNode.refused(
                Problem.INVALID_ARGUMENT, "symbolic link", () -> node.unpublish(volume, node.pod("link/empty")));
        TestNode.refused(Problem.IN_USE, "symbolic link", () -> node.unpublish(volume, node.pod("link")));
        assertThat(elsewhere.toFile().list()).containsExactly("empty");
        assertThat(node.mountsBelow(elsewhere)).isEmpty();
        nothingChanged();
    }

    @Test
    void whatIsInTheWayIsRefusedAndLeftAlone() throws IOException {
        Files.writeString(node.pod("file"), "mine");
        Path full = Files.createDirectory(node.pod("full"));
        Files.writeString(full.resolve("f"), "mine");

        TestNode.refused(Problem.INVALID_ARGUMENT, "a file is there", () -> node.publish(volume, node.pod("file")));
        TestNode.refused(Problem.INVALID_ARGUMENT, "file", () -> node.publish(volume, node.pod("file/t")));
        TestNode.refused(Problem.IN_USE, "with files", () -> node.publish(volume, full));
        TestNode.refused(Problem.INVALID_ARGUMENT, "does not exist", () -> node.publish(volume, node.pod("no/t")));
        TestNode.refused(Problem.IN_USE, "left alone", () -> node.unpublish(volume, node.pod("file")));
        TestNode.refused(Problem.IN_USE, "left alone", () -> node.unpublish(volume, full));
        node.unpublish(volume, node.pod("no/t"));
        assertThat(full.resolve("f")).hasContent("mine");
        assertThat(node.pod("file")).hasContent("mine");
        assertThat(node.pod("no")).doesNotExist();
        nothingChanged();
    }

    @Test
    void aMountOfSomeoneElseIsRefusedAndLeftAlone() throws IOException {
        Path other = Files.createDirectory(node.pod("other"));
        node.pool.posix.bind(Files.createDirectory(node.directory.resolve("source")), other, Set.of());

        TestNode.refused(Problem.IN_USE, "left alone", () -> node.publish(volume, other));
        TestNode.refused(Problem.IN_USE, "left alone", () -> node.unpublish(volume, other));
        TestNode.refused(Problem.IN_USE, "left alone", () -> node.unstage(volume, other));
        assertThat(node.mountsBelow(other)).hasSize(1);
        assertThat(node.directory.resolve("records")).isEmptyDirectory();
    }

    @Test
    void theAgentsOwnDirectoriesPoolsAndVolumesAreRefused() throws IOException {
        node.publish(volume, target);

        TestNode.refused(
                Problem.INVALID_ARGUMENT,
                "agent's own",
                () -> node.publish(volume, node.directory.resolve("records/t")));
        TestNode.refused(
                Problem.INVALID_ARGUMENT, "pool's data", () -> node.publish(volume, node.directory.resolve("brick/t")));
        TestNode.refused(
                Problem.INVALID_ARGUMENT, "inside of a mounted", () -> node.publish(volume, target.resolve("t")));
        TestNode.refused(
                Problem.INVALID_ARGUMENT,
                "inside of a mounted",
                () -> node.publish(volume, node.client().root().resolve("t")));
        assertThat(target.resolve("t")).doesNotExist();
    }

    @Test
    void aVolumeWithoutADirectoryIsNotPublishedAndNothingIsMade() throws IOException {
        TestNode.refused(Problem.NOT_FOUND, "no directory", () -> node.publish(new VolumeName("absent"), target));
        assertThat(target).doesNotExist();
        nothingChanged();
    }

    @Test
    void flagsAreOnTheMountAndOnlyThere() throws IOException {
        node.publish(volume, target, "ro", "nosuid", "nodev", "noexec", "noatime");
        Path writable = node.publish(volume, node.pod("rw"));

        assertThat(MountInfo.read().at(target).orElseThrow().options())
                .contains("ro", "nosuid", "nodev", "noexec", "noatime");
        assertThatThrownBy(() -> Files.writeString(target.resolve("g"), "x"))
                .isInstanceOf(FileSystemException.class)
                .hasMessageContaining("Read-only");
        Files.writeString(writable.resolve("g"), "x");
        assertThat(target.resolve("g")).hasContent("x");
        TestNode.refused(Problem.INVALID_ARGUMENT, "mount flag 'suid?'", () -> node.publish(volume, target, "suid\n"));
    }

    @Test
    void modeAndOwnerOfAVolumeAreLeftAsTheyAre() throws IOException {
        Path inPool = node.client().root().resolve("subvol/v1");
        Object before = Files.getAttribute(inPool, "unix:mode");
        node.publish(volume, target);

        assertThat(Files.getAttribute(target, "unix:mode")).isEqualTo(before);
        assertThat(Files.getAttribute(inPool, "unix:mode")).isEqualTo(before);
    }

    @Test
    void repeatingSucceedsAndAnythingElseAtTheTargetIsRefused() throws IOException {
        VolumeName other = node.volume("v2");
        node.publish(volume, target);
        node.publish(volume, target);

        assertThat(node.mountsBelow(target)).hasSize(1);
        TestNode.refused(Problem.ALREADY_EXISTS, "differently", () -> node.publish(volume, target, "ro"));
        TestNode.refused(Problem.ALREADY_EXISTS, "differently", () -> node.publish(volume, target, "nosuid"));
        TestNode.refused(Problem.ALREADY_EXISTS, "another volume", () -> node.publish(other, target));
        node.unpublish(other, target);
        assertThat(target.resolve("f")).hasContent("data of v1");
        node.unpublish(volume, target);
        node.unpublish(volume, target);
        assertThat(target).doesNotExist();
        nothingChanged();
    }

    @Test
    void whoMayBeTheOnlyOneIs() throws Exception {
        List<Callable<String>> rivals = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Path mine = node.pod("t" + i);
            rivals.add(() -> attempt(() -> node.publishAlone(volume, mine)));
        }

        assertThat(all(rivals)).containsOnlyOnce("OK").allMatch(end -> end.equals("OK") || end.equals("IN_USE"));
        assertThat(node.mountsBelow(node.directory.resolve("pods"))).hasSize(1);
    }

    @Test
    void requestsAtTheSameTimeNeverStackMounts() throws Exception {
        for (int round = 0; round < 20; round++) {
            List<Callable<String>> requests = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                boolean publish = round % 2 == 0 || i % 2 == 0;
                requests.add(() ->
                        attempt(publish ? () -> node.publish(volume, target) : () -> node.unpublish(volume, target)));
            }
            assertThat(all(requests)).contains("OK").allMatch(end -> end.equals("OK") || end.equals("BUSY"));
            assertThat(node.mountsBelow(target).size()).isLessThanOrEqualTo(1);
        }
        node.publish(volume, target);
        assertThat(node.mountsBelow(target)).hasSize(1);
        node.unpublish(volume, target);
        assertThat(target).doesNotExist();
        nothingChanged();
    }

    private static String attempt(Runnable request) {
        try {
            request.run();
            return "OK";
        } catch (StorageException e) {
            return e.problem().name();
        }
    }

    private static List<String> all(List<Callable<String>> requests) throws Exception {
        List<String> ends = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(requests.size())) {
            for (Future<String> end : threads.invokeAll(requests)) {
                ends.add(end.get());
            }
        }
        return ends;
    }
}
