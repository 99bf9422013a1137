package io.sagara.agent.brick;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sagara.agent.posix.JnrPosix;
import io.sagara.agent.posix.Posix;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// On a directory with the attributes that a brick has.
class BrickAuditTest {
    private static final Path TOP = Path.of("");
    private static final Path A = Path.of("a");
    private static final Path FILE = Path.of("a/file");

    @TempDir
    private Path brick;

    private final Posix posix = new JnrPosix();
    private BrickAudit audit;

    @BeforeEach
    void aBrickWithOneFile() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "SKIPPED: trusted attributes need root");
        Files.createDirectories(brick.resolve(".glusterfs/indices"));
        Files.createDirectory(brick.resolve(A));
        Files.write(brick.resolve(FILE), new byte[1000]);
        identify(TOP, 1);
        identify(A, 2);
        holds(TOP, 1024);
        holds(A, 1024);
        adds(A, 1, 1024);
        adds(FILE, 2, 1024);
        audit = new BrickAudit(posix, brick);
    }

    private void identify(Path path, int gfid) throws IOException {
        posix.setAttribute(brick.resolve(path), CountedDirectory.GFID, gfid(gfid));
    }

    private static byte[] gfid(int number) {
        return ByteBuffer.allocate(16).putInt(12, number).array();
    }

    private void holds(Path path, long bytes) throws IOException {
        posix.setAttribute(brick.resolve(path), CountedDirectory.SIZE, numbers(bytes));
    }

    private void adds(Path path, int parent, long bytes) throws IOException {
        posix.setAttribute(
                brick.resolve(path),
                "trusted.glusterfs.quota.00000000-0000-0000-0000-00000000000" + parent + ".contri.1",
                numbers(bytes));
    }

    private static byte[] numbers(long bytes) {
        return ByteBuffer.allocate(24).putLong(bytes).putLong(1).putLong(1).array();
    }

    @Test
    void aBrickThatIsRightHasNoFindings() throws IOException {
        assertThat(audit.all()).isEqualTo(BrickAudit.Findings.none());
        assertThat(audit.markWrong(A)).isFalse();
        assertThat(posix.attribute(brick.resolve(A), CountedDirectory.DIRTY)).isEmpty();
    }

    @Test
    void aDirectoryThatCountsAnotherSumIsFoundAndMarked() throws IOException {
        holds(A, 77);
        BrickAudit.Findings found = audit.all();
        assertThat(found.directories()).containsOnlyKeys(A).containsValue(new CountedDirectory(77, 1024, false));
        assertThat(audit.still(found)).isEqualTo(found);
        assertThat(audit.markWrong(A)).isTrue();
        assertThat(posix.attribute(brick.resolve(A), CountedDirectory.DIRTY)).contains(new byte[] {'1', 0});
    }

    @Test
    void aDirectoryThatChangesIsNotTakenForWrong() throws IOException {
        holds(A, 77);
        BrickAudit.Findings found = audit.all();
        holds(A, 78);
        assertThat(audit.still(found).directories()).isEmpty();
    }

    @Test
    void aDirectoryWhoseChangeWasCutShortIsFound() throws IOException {
        posix.setAttribute(brick.resolve(A), CountedDirectory.DIRTY, CountedDirectory.dirtyMark());
        assertThat(audit.all().directories()).containsOnlyKeys(A);
    }

    @Test
    void aFileThatCountsForAnotherLengthIsFound() throws IOException {
        Files.write(brick.resolve(FILE), new byte[5000]);
        assertThat(audit.all().files()).isEqualTo(Set.of(FILE));
    }

    @Test
    void whatIsGoneMeanwhileIsNoFinding() throws IOException {
        holds(A, 77);
        BrickAudit.Findings found = audit.all();
        Files.delete(brick.resolve(FILE));
        Files.delete(brick.resolve(A));
        assertThat(audit.still(found).directories()).isEmpty();
        assertThat(audit.markWrong(A)).isFalse();
    }
}
