package io.sagara.agent.brick;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sagara.spi.Pool;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrickDirectoryTest {
    private static final String ID = "trusted.glusterfs.volume-id";

    @TempDir
    Path temporary;

    private final FakePosix posix = new FakePosix();
    private final Pool p1 = TestPools.replica1("p1", 2, 24100);
    private final Pool p2 = TestPools.replica1("p2", 1, 24100);
    private Occupied occupied = new Occupied();
    private Path root;

    @BeforeEach
    void root() throws IOException {
        root = Files.createDirectory(temporary.resolve("root")).toRealPath();
    }

    @Test
    void anAbsentDirectoryIsMadeReadableWithTheVolumeId() throws IOException {
        Path brick = prepare(p1, 0, "data/brick");
        assertThat(brick).isEqualTo(root.resolve("data/brick"));
        for (Path made : List.of(brick, brick.getParent())) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made)))
                    .isEqualTo("rwxr-xr-x");
        }
        assertThat(VolumeId.of(posix, brick)).contains(p1.id());
        assertThat(posix.attribute(brick, ID).orElseThrow()).hasSize(16);
        assertThat(posix.names(brick)).containsExactly(ID);
        assertThat(posix.names(root)).isEmpty();
        assertThat(brick.resolve(".glusterfs")).isDirectory();
    }

    @Test
    void preparingAgainAlsoByANewAgentChangesNothing() throws IOException {
        Path brick = prepare(p1, 0, "data/brick");
        Files.writeString(brick.resolve("user-file"), "data");
        prepare(p1, 0, "data/brick");
        occupied = new Occupied();
        prepare(p1, 0, "data/brick");
        assertThat(brick.resolve("user-file")).hasContent("data");
    }

    @Test
    void aBrickMadeByOthersForThisVolumeIsTakenOverWithItsData() throws IOException {
        Path brick = Files.createDirectories(root.resolve("data/brick"));
        Files.createDirectories(brick.resolve(".glusterfs/00"));
        Files.writeString(brick.resolve("user-file"), "data");
        VolumeId.write(posix, brick, p1.id());
        prepare(p1, 0, "data/brick");
        assertThat(brick.resolve("user-file")).hasContent("data");
    }

    @Test
    void aPreparationThatWasCutShortIsFinished() throws IOException {
        Path brick = prepare(p1, 0, "brick");
        VolumeId.remove(posix, brick);
        prepare(p1, 0, "brick");
        assertThat(VolumeId.of(posix, brick)).contains(p1.id());
    }

    @Test
    void aBrickOfAnotherVolumeIsRefusedNamingBoth() {
        prepare(p2, 0, "brick");
        occupied = new Occupied();
        refused(p1, 0, "brick", Problem.IN_USE, p1.id().toString(), p2.id().toString());
    }

    @Test
    void anotherBrickOfTheSameVolumeIsRefused() {
        prepare(p1, 0, "brick");
        occupied = new Occupied();
        refused(p1, 1, "brick", Problem.IN_USE, "is brick 0 of volume", "old order");
    }

    @Test
    void anAttributeThatIsNoIdIsRefused() throws IOException {
        posix.setAttribute(root, ID, new byte[3]);
        refused(p1, 0, "", Problem.IN_USE, "3 bytes");
    }

    @Test
    void foreignFilesAreRefusedAndNamed() throws IOException {
        for (String name : List.of("a", "b", "c", "d")) {
            Files.createFile(root.resolve(name));
        }
        refused(p1, 0, "", Problem.INVALID_ARGUMENT, "is not empty", ", …");
        assertThat(posix.names(root)).isEmpty();
    }

    @Test
    void whatOnlyLooksLikeABrickIsRefused() throws IOException {
        Files.createDirectories(root.resolve(".glusterfs/00"));
        refused(p1, 0, "", Problem.INVALID_ARGUMENT, "is not empty (.glusterfs)");
    }

    @Test
    void aRootThatDoesNotExistOrIsAFileIsRefused() throws IOException {
        Path absent = temporary.resolve("absent");
        assertRefused(
                () -> directory(p1, 0).prepare(absent, absent.resolve("brick")), Problem.NOT_FOUND, "does not exist");
        assertThat(absent).doesNotExist();
        Path file = Files.createFile(temporary.resolve("file"));
        assertRefused(() -> directory(p1, 0).prepare(file, file), Problem.INVALID_ARGUMENT, "is no directory");
    }

    @Test
    void aFileInPlaceOfTheDirectoryIsRefused() throws IOException {
        Files.createFile(root.resolve("brick"));
        refused(p1, 0, "brick", Problem.INVALID_ARGUMENT, "is no directory");
    }

    @Test
    void withoutTrustedAttributesNothingIsMade() throws IOException {
        posix.refuseAttributesBelow(root);
        refused(p1, 0, "data/brick", Problem.UNSUPPORTED, "cannot hold trusted.* attributes", "XFS or ext4");
        try (Stream<Path> left = Files.list(root)) {
            assertThat(left).isEmpty();
        }
        // and the refused one occupies nothing
        occupied.take(new BrickId(p2.name(), 0), root.resolve("data/brick"));
    }

    @Test
    void aLinkThatLeadsOutOfTheRootIsRefused() throws IOException {
        Path elsewhere = Files.createDirectory(temporary.resolve("elsewhere"));
        Files.createSymbolicLink(root.resolve("data"), elsewhere);
        refused(p1, 0, "data/brick", Problem.INVALID_ARGUMENT, "not below");
        refused(p1, 0, "../elsewhere", Problem.INVALID_ARGUMENT, "not below");
        assertThat(elsewhere).isEmptyDirectory();
    }

    @Test
    void twoBricksOnOneDirectoryAreRefusedAlsoThroughALink() throws IOException {
        Path other = temporary.resolve("other");
        Files.createSymbolicLink(other, root);
        prepare(p1, 0, "brick");
        assertRefused(
                () -> directory(p2, 0).prepare(other, other.resolve("brick")),
                Problem.IN_USE,
                p1.id().toString());
    }

    @Test
    void aBrickInsideAnotherIsRefusedAlsoByANewAgentAndThroughALink() throws IOException {
        Path outer = prepare(p1, 0, "outer");
        Files.createDirectories(outer.resolve("dir"));
        refused(
                p2,
                0,
                "outer/dir/brick",
                Problem.IN_USE,
                outer.toString(),
                p1.id().toString());
        occupied = new Occupied();
        refused(p2, 0, "outer/dir/brick", Problem.IN_USE, outer.toString());
        Path link = temporary.resolve("link");
        Files.createSymbolicLink(link, outer.resolve("dir"));
        assertRefused(() -> directory(p2, 0).prepare(link, link.resolve("brick")), Problem.IN_USE, outer.toString());
    }

    @Test
    void aBrickAroundAnotherIsRefused() {
        prepare(p1, 0, "outer/inner");
        refused(p2, 0, "outer", Problem.INVALID_ARGUMENT, "is not empty (inner)");
        assertRefused(
                () -> occupied.take(new BrickId(p2.name(), 0), root.resolve("outer")),
                Problem.IN_USE,
                "used by brick 0 of pool p1",
                "outer/inner");
    }

    @Test
    void aStoppedBrickLeavesItsDirectoryToOthers() throws IOException {
        Path brick = prepare(p1, 0, "brick");
        occupied.release(new BrickId(p1.name(), 0));
        new BrickErasure(posix, p1, new BrickId(p1.name(), 0)).erase(brick);
        assertThat(VolumeId.of(posix, prepare(p2, 0, "brick"))).contains(p2.id());
    }

    @Test
    void idsAreTheSixteenBytesThatGlusterExpects() throws IOException {
        VolumeId.write(posix, root, UUID.fromString("00112233-4455-6677-8899-aabbccddeeff"));
        assertThat(posix.attribute(root, ID).orElseThrow()).asHexString().isEqualTo("00112233445566778899AABBCCDDEEFF");
        assertThat(VolumeId.of(posix, root))
                .isEqualTo(Optional.of(UUID.fromString("00112233-4455-6677-8899-aabbccddeeff")));
    }

    private Path prepare(Pool pool, int brick, String below) {
        return directory(pool, brick).prepare(root, root.resolve(below));
    }

    private BrickDirectory directory(Pool pool, int brick) {
        return new BrickDirectory(posix, occupied, pool, pool.bricks().get(brick));
    }

    private void refused(Pool pool, int brick, String below, Problem problem, String... parts) {
        assertRefused(() -> prepare(pool, brick, below), problem, parts);
    }

    private static void assertRefused(Runnable action, Problem problem, String... parts) {
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(action::run)
                .satisfies(e -> {
                    assertThat(e.problem()).as(e.getMessage()).isEqualTo(problem);
                    assertThat(e.getMessage()).contains(parts);
                });
    }
}
